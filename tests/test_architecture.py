"""Imports run one way, faces only re-export, files stay small, and importing the package is cheap.

The rules are functions from sources to sentences, so that each is also tested on small made-up
sources that break it: a rule that cannot fail keeps nothing.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGE = "mentormatch"
SOURCE = Path(__file__).resolve().parents[1] / "src" / PACKAGE
LONGEST_FILE = 450

# Who may import whom: these units and everything below them. A unit is a file or a folder directly
# in the package; some are not written yet, and have their place already.
IMPORTS: dict[str, tuple[str, ...]] = {
    "errors": (),
    "workers": (),
    "tables": ("errors",),
    "stages": (),
    "bounded_stages": ("stages",),
    "cohort": ("errors",),
    "ids": ("cohort",),
    "blocks": ("errors",),
    "dense": ("blocks",),
    "compatibility": ("ids", "dense"),
    "criteria": ("compatibility", "workers"),
    "preferences": ("compatibility",),
    "per_person": ("compatibility",),
    "pair_rules": ("cohort",),
    "hours": ("per_person",),
    "quotas": ("compatibility", "pair_rules"),
    "side_rules": ("quotas", "hours"),
    "pins": ("compatibility", "pair_rules"),
    "problem": ("preferences", "per_person", "side_rules", "pins"),
    "unmatched": ("problem",),
    "matching": ("unmatched", "tables", "bounded_stages"),
    "groups": ("problem",),
    "certificates": ("matching", "groups", "workers"),
    "audits": ("certificates",),
    "explanations": ("certificates",),
    "solvers": ("errors", "workers"),
    "strategies": ("solvers", "certificates"),
    "whatif": ("strategies", "explanations"),
    "rematching": ("strategies",),
    "comparison": ("strategies", "audits"),
    "feedback": ("criteria", "matching"),
    "reports": ("comparison", "whatif", "rematching", "explanations", "audits"),
    "program": ("reports", "feedback"),
    "datasets": ("cohort",),
    "cli": ("program", "datasets"),
}

# What each of these may never reach, however the map above is edited.
NEVER = {
    "audits": {"solvers", "strategies"},
    "explanations": {"solvers", "strategies"},
    "certificates": {"solvers", "strategies"},
    "solvers": set(IMPORTS) - {"errors", "workers", "solvers"},
}
SOLVER_PACKAGES = {"numpy", "scipy", "ortools"}

# Methods that show an object with what lies above it, and so import upwards inside the function:
# (module, function, unit imported). Each is named here, and none is named in vain.
FACADES: set[tuple[str, str, str]] = set()

HEAVY = (
    "sklearn",
    "altair",
    "typer",
    "rich",
    "pydantic",
    "ortools",
    "openpyxl",
    "pyarrow",
    "sentence_transformers",
)


class Import(NamedTuple):
    """One imported name: ``name`` is None for ``import module``, ``function`` None at the top."""

    line: int
    module: str
    name: str | None
    function: str | None


def below(unit: str) -> set[str]:
    """All units that a unit may import, itself included."""
    reachable = {unit}
    for one in IMPORTS.get(unit, ()):
        reachable |= below(one)
    return reachable


def imports_of(module: str, source: str, *, is_face: bool = False) -> Iterator[Import]:
    """Every import of a module, also those inside functions and for type checking."""

    def visit(node: ast.AST, scope: str, in_function: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            function = scope if in_function else None
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(child.lineno, alias.name, None, function)
            elif isinstance(child, ast.ImportFrom):
                home = module.split(".")
                # One dot is the folder of the file; a face is its own folder.
                folder = home[: len(home) - child.level + is_face] if child.level else []
                target = ".".join([*folder, *filter(None, [child.module])])
                for alias in child.names:
                    yield Import(child.lineno, target, alias.name, function)
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                # The body of a class runs at import, that of a function does not.
                runs_later = in_function or not isinstance(child, ast.ClassDef)
                inner = f"{scope}.{child.name}" if scope else child.name
                yield from visit(child, inner, runs_later)
            else:
                yield from visit(child, scope, in_function)

    yield from visit(ast.parse(source), "", in_function=False)


def unit_of(module: str) -> str:
    """The file or folder directly in the package; empty for the package's own face."""
    return ".".join(module.split(".")[1:2])


def unit_imported(found: Import) -> str:
    """The unit an import of this package reaches; ``from mentormatch import cohort`` is cohort."""
    if found.module == PACKAGE and found.name in IMPORTS:
        return found.name
    return unit_of(found.module)


def is_private(found: Import, sources: Mapping[str, str]) -> bool:
    """Whether an import takes what a file keeps: with an underscore, or not in ``__all__``."""
    parts = [*found.module.split("."), *filter(None, [found.name])]
    if any(part.startswith("_") and not part.startswith("__") for part in parts):
        return True
    source = sources.get(found.module, sources.get(f"{found.module}.__init__"))
    is_file = {".".join(parts), ".".join([*parts, "__init__"])} & set(sources)
    if found.name is None or source is None or is_file:
        return False
    offered = [
        ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return bool(offered) and found.name not in offered[0]


def broken_rules(
    sources: Mapping[str, str], facades: set[tuple[str, str, str]] = FACADES
) -> list[str]:
    """Say every broken import rule; ``sources`` maps "package.folder.file" to its text.

    A name that ends in ``.__init__`` is the face of its folder.
    """
    problems: list[str] = []
    used: set[tuple[str, str, str]] = set()
    for name, source in sources.items():
        is_face = name.endswith(".__init__")
        module = name.removesuffix(".__init__")
        unit = unit_of(module)
        if not unit:
            continue
        if unit not in IMPORTS:
            problems.append(f"{name}: {unit!r} has no place in the map of imports")
            continue
        for found in imports_of(module, source, is_face=is_face):
            place = f"{name}:{found.line}"
            root = found.module.split(".")[0]
            if root != PACKAGE:
                third_party = root not in sys.stdlib_module_names
                if unit == "solvers" and third_party and root not in SOLVER_PACKAGES:
                    problems.append(f"{place}: solvers know arrays only, not {root}")
                continue
            target = unit_imported(found)
            if not target:
                if found.name != "__version__":
                    problems.append(f"{place}: imports the face of the package")
                continue
            edge = (module, found.function or "", target)
            if edge in facades:
                used.add(edge)
            elif target not in below(unit):
                problems.append(f"{place}: {unit} may not import {target}")
            if target != unit and is_private(found, sources):
                kept = found.name or found.module.split(".")[-1]
                problems.append(f"{place}: takes a private name of {target}: {kept}")
    problems.extend(f"façade that does not exist: {facade}" for facade in sorted(facades - used))
    # A statement that imports several names breaks a rule once.
    return list(dict.fromkeys(problems))


def face_problems(source: str) -> list[str]:
    """Say what a face does besides re-exporting: docstring, imports, names in ``__dunders__``."""
    problems = []
    for node in ast.parse(source).body:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                continue
            case ast.Import(names=names) if all(n.name.split(".")[0] == PACKAGE for n in names):
                continue
            case ast.ImportFrom(module="__future__" | "typing"):
                continue
            case ast.ImportFrom(module=module, level=level) if (
                level or (module or "").split(".")[0] == PACKAGE
            ):
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.startswith(
                "__"
            ) and _is_literal(value):
                continue
            # Re-exports that load on first use (PEP 562), and their types.
            case ast.FunctionDef(name="__getattr__" | "__dir__"):
                continue
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
        problems.append(f"line {node.lineno}: {ast.unparse(node).splitlines()[0]}")
    return problems


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except ValueError:
        return False
    return True


def sources_of_the_package() -> dict[str, str]:
    return {
        ".".join([PACKAGE, *path.relative_to(SOURCE).with_suffix("").parts]): path.read_text(
            "utf-8"
        )
        for path in sorted(SOURCE.rglob("*.py"))
    }


def modules_after(statement: str) -> set[str]:
    """Top-level packages in a fresh interpreter after a statement."""
    script = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


# ---------------------------------------------------------------- the package keeps the rules


def test_imports_run_one_way_and_stay_out_of_private_rooms() -> None:
    assert broken_rules(sources_of_the_package()) == []


def test_the_map_of_imports_has_no_cycle_and_keeps_auditors_away_from_solvers() -> None:
    TopologicalSorter(IMPORTS).prepare()
    for unit, forbidden in NEVER.items():
        assert not below(unit) & forbidden, unit


def test_the_face_of_the_package_only_re_exports() -> None:
    assert face_problems((SOURCE / "__init__.py").read_text("utf-8")) == []


def test_no_file_is_too_long_to_read_in_one_sitting() -> None:
    lengths = {name: text.count("\n") for name, text in sources_of_the_package().items()}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_importing_the_package_loads_nothing_heavy() -> None:
    # pandas itself takes pyarrow along where it is installed; only what comes on top counts.
    baseline = modules_after("import numpy, pandas, scipy.optimize, scipy.sparse")
    heavy = (modules_after(f"import {PACKAGE}") - baseline) & set(HEAVY)
    assert not heavy, f"import inside the functions that use them: {', '.join(sorted(heavy))}"


# ---------------------------------------------------------------- the rules themselves can fail


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("audits.stability", "from mentormatch.strategies import Stable", "may not import strat"),
        ("audits.stability", "import mentormatch.solvers.flow", "audits may not import solvers"),
        ("certificates.bound", "from ..solvers import flow", "may not import solvers"),
        ("explanations.__init__", "from mentormatch import solvers", "may not import solvers"),
        ("cohort.table", "from mentormatch.criteria import Same", "cohort may not import criteria"),
        ("problem", "def f():\n    from .matching import Matching", "may not import matching"),
        (
            "matching",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .audits import Audit",
            "matching:3: matching may not import audits",
        ),
        ("solvers.flow", "import pandas as pd", "solvers know arrays only, not pandas"),
        ("solvers.flow", "from mentormatch.problem import Problem", "may not import problem"),
        ("strategies.optimal", "from mentormatch.solvers._flow import run", "private name of solv"),
        ("strategies.optimal", "from mentormatch.solvers import _run", "solvers: _run"),
        ("strategies.optimal", "import mentormatch.solvers._flow", "private name of solvers"),
        ("criteria.skills", "from mentormatch import Cohort", "imports the face of the package"),
        ("criteria.skills", "import mentormatch as mm", "imports the face of the package"),
        ("cohort.table", "from mentormatch.matching import a, b", "cohort may not import matching"),
        ("helpers", "import os", "'helpers' has no place in the map of imports"),
    ],
)
def test_a_broken_rule_is_said_with_its_place(name: str, source: str, said: str) -> None:
    problems = broken_rules({f"{PACKAGE}.{name}": source}, facades=set())
    assert len(problems) == 1
    assert said in problems[0]
    assert problems[0].startswith(f"{PACKAGE}.{name}:")


def test_a_name_outside_all_is_private_and_a_file_of_a_folder_is_not() -> None:
    offering = {
        f"{PACKAGE}.solvers.__init__": "from .flow import solve\n__all__ = ['solve']",
        f"{PACKAGE}.solvers.flow": "__all__ = ['solve']\nLIMIT = 3",
    }
    good = "from mentormatch.solvers import solve, flow\nfrom mentormatch.solvers.flow import solve"
    assert broken_rules({**offering, f"{PACKAGE}.strategies.optimal": good}, facades=set()) == []
    for bad in ("from mentormatch.solvers.flow import LIMIT", "from ..solvers import arcs"):
        (problem,) = broken_rules({**offering, f"{PACKAGE}.strategies.optimal": bad}, facades=set())
        assert "takes a private name of solvers" in problem


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("strategies.optimal", "from mentormatch.certificates import Certificate"),
        ("strategies.optimal", "from ._order import first"),
        ("strategies.__init__", "from .optimal import Optimal"),
        ("cohort.table", "from . import _reader"),
        ("solvers.flow", "import time\nimport numpy as np\nfrom ortools.graph import python"),
        ("solvers.flow", "from mentormatch.errors import SolverError"),
        ("cli", "from mentormatch import __version__, datasets"),
    ],
)
def test_what_the_rules_allow_is_not_complained_about(name: str, source: str) -> None:
    assert broken_rules({f"{PACKAGE}.{name}": source}, facades=set()) == []


def test_a_facade_may_import_upwards_only_where_it_is_named_and_only_inside_its_function() -> None:
    inside = "class Matching:\n    def to_html(self):\n        from .reports import page"
    outside = "from .reports import page"
    named = {(f"{PACKAGE}.matching", "Matching.to_html", "reports")}
    assert broken_rules({f"{PACKAGE}.matching": inside}, facades=named) == []
    assert len(broken_rules({f"{PACKAGE}.matching": inside}, facades=set())) == 1
    at_the_top, in_vain = broken_rules({f"{PACKAGE}.matching": outside}, facades=named)
    assert at_the_top == "mentormatch.matching:1: matching may not import reports"
    assert "façade that does not exist" in in_vain


@pytest.mark.parametrize(
    "source",
    ["import os", "print('hello')", "LIMIT = 3", "__all__ = sorted(globals())", "def f(): ..."],
)
def test_a_face_that_does_more_than_re_export_is_said(source: str) -> None:
    assert len(face_problems(f'"""Face."""\nfrom .cohort import Cohort\n{source}')) == 1


def test_heavy_imports_are_seen() -> None:
    assert "json" in modules_after("import json") - modules_after("pass")
