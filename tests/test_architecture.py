"""Imports run one way, faces only re-export, files stay small, and importing the package is cheap.

The rules are functions from sources to sentences, so that each is also tested on small made-up
sources that break it: a rule that cannot fail keeps nothing.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGE = "mentormatch"
SOURCE = Path(__file__).resolve().parents[1] / "src" / PACKAGE
LONGEST_FILE = 450

# Who may import whom: these rooms and everything below them. A room is a file or folder directly
# in the package.
IMPORTS: dict[str, tuple[str, ...]] = {
    "conflicts": (),
    "errors": ("conflicts",),
    "threads": (),
    "progress": (),
    "logger": (),
    "sums": (),
    "handed_out": (),
    "displayed": (),
    "passes": ("errors", "logger", "progress", "threads"),
    "shortlists": ("passes",),
    "versions": (),
    "safe_files": ("errors",),
    "proofs": ("errors",),
    "cohort": ("safe_files", "handed_out", "displayed"),
    "compatibility": ("cohort",),
    "criteria": ("compatibility", "threads"),
    "problem": ("compatibility",),
    "matching": ("problem", "proofs", "safe_files", "progress", "logger", "sums"),
    "certificates": ("matching", "shortlists"),
    "audits": ("certificates",),
    "explanations": ("certificates", "criteria"),
    "records": ("certificates", "criteria", "versions"),
    "solvers": ("errors", "proofs", "shortlists"),
    "strategies": ("solvers", "certificates"),
    "rematching": ("strategies", "explanations", "audits"),
    "whatif": ("rematching",),
    "comparison": ("strategies", "audits", "datasets"),
    "planning": ("strategies", "explanations", "audits"),
    "feedback": ("strategies", "explanations", "audits"),
    "reports": ("comparison", "planning", "feedback", "whatif", "records"),
    "datasets": ("problem", "criteria"),
    "programme": ("reports",),
    "testing": ("audits", "criteria", "strategies"),
    "cli": ("programme", "datasets"),
    "__main__": ("cli",),
}

# The same inside rooms that have sub-rooms; what stands directly in a room and not here may import
# every sub-room, and no sub-room may import it.
SUBROOMS: dict[str, dict[str, tuple[str, ...]]] = {
    "reports": {
        "charts": (),
        "html": ("charts",),
        "displays": (),
        "workbook": ("displays",),
        "letters": ("displays",),
    },
    "cohort": {
        "cells": (),
        "person_columns": ("cells",),
        "identity": ("person_columns",),
        "files": ("cells",),
        "columns": ("identity", "files"),
    },
    "criteria": {
        "interface": (),
        "cells": ("interface",),
        "kinds": ("cells",),
        "words": ("cells",),
        "availability": ("words",),
        "recognition": ("availability",),
        "suggest": ("recognition",),
        "scoring": ("interface", "words"),
    },
    "certificates": {"bounds": (), "kinds": ("bounds",)},
    "comparison": {"frontiers": ()},
    "audits": {"fairness": (), "stability": (), "optimality": ()},
    "solvers": {
        "flows": (),
        "assignment": ("flows",),
        "programs": ("flows",),
        "markets": ("flows", "programs"),
    },
    "strategies": {
        "staged": (),
        "flows": ("staged",),
        "programs": ("flows",),
        "infeasible": (),
        "total": ("staged", "infeasible"),
        "fair": ("flows", "programs", "total"),
        "by_preference": ("fair",),
        "by_lot": ("programs",),
    },
    "feedback": {"answers": (), "weights": ("answers",), "policies": ()},
    "explanations": {"chains": (), "answered": ("chains",)},
    "programme": {
        "file": (),
        "questions": ("file",),
        "draft": ("questions",),
        "screen": ("draft",),
    },
    "planning": {"meetings": (), "calendars": ("meetings",), "figures": (), "training": ()},
}
# Files that the sub-rooms of their room build on.
FOUNDATIONS = {
    "cohort": {"names", "readings", "frames"},
    "solvers": {"arrays", "deadline"},
    "strategies": {"base"},
    "feedback": {"overrides", "scored"},
    "certificates": {"claims"},
    "planning": {"milestones", "objectives"},
    "programme": {"cycle", "demo"},
    "reports": {"answers", "audited", "next_best", "words"},
}

# What each of these may never reach, however the map above is edited.
NEVER = {
    "audits": {"solvers", "strategies"},
    "explanations": {"solvers", "strategies"},
    "certificates": {"solvers", "strategies"},
    "solvers": set(IMPORTS)
    - {"conflicts", "errors", "proofs", "passes", "shortlists", "threads", "progress", "logger"}
    - {"solvers"},
}
SOLVER_PACKAGES = {"numpy", "scipy", "ortools"}
MOST_FILES = 12

# Methods that show an object with what lies above it, and so import upwards inside the function:
# (module, function, unit imported). Each is named here, and none is named in vain.
FACADES: set[tuple[str, str, str]] = {
    ("mentormatch.displayed", "Displayed._repr_html_", "reports"),
    ("mentormatch.errors", "InfeasibleError.repairs", "strategies"),
    ("mentormatch.errors", "InfeasibleError.smallest", "strategies"),
    ("mentormatch.explanations.explanation", "Explanation.weights_for", "whatif"),
    ("mentormatch.comparison.frontiers.frontier", "Frontier.plot", "reports"),
    ("mentormatch.proofs.certificate", "Certificate._repr_html_", "reports"),
    ("mentormatch.matching.matching", "Matching.letters", "reports"),
    ("mentormatch.comparison.compare", "Comparison.plot", "reports"),
    ("mentormatch.comparison.instances", "InstanceMap.plot", "reports"),
    ("mentormatch.feedback.weights.learning", "Learned.plot", "reports"),
    ("mentormatch.matching.matching", "Matching.reasons", "explanations"),
    ("mentormatch.matching.matching", "Matching.to_html", "reports"),
    ("mentormatch.matching.matching", "Matching.save", "records"),
    ("mentormatch.matching.matching", "Matching.to_excel", "reports"),
    ("mentormatch.matching.matching", "Matching.letters", "reports"),
}

HEAVY = (
    "sklearn",
    "altair",
    "typer",
    "rich",
    "pydantic",
    "ortools",
    "openpyxl",
    "python_calamine",
    "pyarrow",
    "sentence_transformers",
)


class Import(NamedTuple):
    """One imported name: ``name`` is None for ``import module``, ``function`` None at the top."""

    line: int
    module: str
    name: str | None
    function: str | None


def below(unit: str, order: Mapping[str, tuple[str, ...]] = IMPORTS) -> set[str]:
    """All rooms that a room may import, itself included."""
    reachable = {unit}
    for one in order.get(unit, ()):
        reachable |= below(one, order)
    return reachable


@cache
def imports_of(module: str, source: str, *, is_face: bool = False) -> tuple[Import, ...]:
    """Every import of a module, also those inside functions and for type checking."""

    def visit(node: ast.AST, scope: str, in_function: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            # No expression holds an import, and most of a file is expressions.
            if isinstance(child, ast.expr):
                continue
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

    return tuple(visit(ast.parse(source), "", in_function=False))


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
    offered = names_offered_by(source)
    return offered is not None and found.name not in offered


@cache
def names_offered_by(source: str) -> frozenset[str] | None:
    """The names in ``__all__``; None where there is none."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return None


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


def broken_subroom_rules(sources: Mapping[str, str]) -> list[str]:
    """Say every import inside a room that runs against the order of its sub-rooms."""
    problems = []
    for name, source in sources.items():
        _, room, *inside = name.split(".")
        order = SUBROOMS.get(room)
        if order is None or inside in ([], ["__init__"]):
            continue
        home = inside[0] if len(inside) > 1 else None
        if home is not None and home not in order:
            problems.append(f"{name}: {home!r} has no place in the map of {room}")
            continue
        module = name.removesuffix(".__init__")
        for found in imports_of(module, source, is_face=module != name):
            target = found.module.split(".")[2:]
            if not found.module.startswith(f"{PACKAGE}.{room}.") or home is None:
                if found.module == f"{PACKAGE}.{room}":
                    problems.append(f"{name}:{found.line}: imports the face of its own room")
                continue
            if target[0] in order and target[0] not in below(home, order):
                problems.append(f"{name}:{found.line}: {home} may not import {target[0]}")
            if target[0] not in order and target[0] not in FOUNDATIONS.get(room, set()):
                problems.append(f"{name}:{found.line}: {home} may not import the file {target[0]}")
    return list(dict.fromkeys(problems))


def file_circles(sources: Mapping[str, str]) -> list[str]:
    """Say every circle of imports between files, those for type checking included."""
    graph: dict[str, set[str]] = {}
    for name, source in sources.items():
        module = name.removesuffix(".__init__")
        reached = set()
        for found in imports_of(module, source, is_face=module != name):
            if (
                found.function is not None
                and (module, found.function, unit_imported(found)) in FACADES
            ):
                continue
            for target in (f"{found.module}.{found.name}", found.module):
                hit = next((t for t in (target, f"{target}.__init__") if t in sources), None)
                if hit is not None:
                    # A file inside a folder runs the folder's face first, and may not need it.
                    reached |= {hit} if not hit.endswith("__init__") or found.name else set()
                    break
        graph[name] = reached - {name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        return [" -> ".join(reversed(circle.args[1]))]
    return []


def crowded_folders(sources: Mapping[str, str]) -> dict[str, int]:
    """Count the files of each folder, faces apart, where there are more than a reader can hold."""
    counts = Counter(
        name.rsplit(".", 1)[0] for name in sources if name.rsplit(".", 1)[1] != "__init__"
    )
    return {folder: n for folder, n in counts.items() if n > MOST_FILES}


def map_of_the_house() -> str:
    """Draw the rooms, top floor first, each with the rooms that it imports directly."""
    floors = dict.fromkeys(IMPORTS, 0)
    for unit in TopologicalSorter(IMPORTS).static_order():
        floors[unit] = 1 + max((floors[one] for one in IMPORTS[unit]), default=-1)
    written = {name.split(".")[1] for name in sources_of_the_package()}
    lines = []
    for unit in sorted(IMPORTS, key=lambda u: (-floors[u], u)):
        if unit in written:
            lines.append(f"{unit:<14} -> {', '.join(IMPORTS[unit]) or 'nothing of the package'}")
            lines += [
                f"    {sub:<14} -> {', '.join(inner) or 'no other sub-room'}"
                for sub, inner in reversed(SUBROOMS.get(unit, {}).items())
            ]
    return "\n".join(lines)


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


def modules_added(before: str, statement: str) -> set[str]:
    """Top-level packages that a statement loads in a fresh interpreter after another one."""
    loaded = "{name.split('.')[0] for name in sys.modules}"
    script = f"import sys; {before}; there = {loaded}; {statement}; print(*{loaded} - there)"
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


def test_sub_rooms_keep_their_order_and_files_import_each_other_in_no_circle() -> None:
    sources = sources_of_the_package()
    assert broken_subroom_rules(sources) == []
    assert file_circles(sources) == []
    for order in SUBROOMS.values():
        TopologicalSorter(order).prepare()


def test_no_folder_holds_more_files_than_a_reader_can_keep_in_mind() -> None:
    assert crowded_folders(sources_of_the_package()) == {}


def test_the_map_in_contributing_is_the_one_that_is_kept() -> None:
    text = (SOURCE.parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    assert map_of_the_house() in text, (
        "run python tests/test_architecture.py, which writes today's map into CONTRIBUTING.md"
    )


def test_the_face_of_the_package_only_re_exports() -> None:
    assert face_problems((SOURCE / "__init__.py").read_text("utf-8")) == []


def test_no_file_is_too_long_to_read_in_one_sitting() -> None:
    lengths = {name: text.count("\n") for name, text in sources_of_the_package().items()}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_importing_the_package_loads_nothing_heavy() -> None:
    # pandas itself takes pyarrow along where it is installed; only what comes on top counts.
    baseline = "import numpy, pandas, scipy.optimize, scipy.sparse"
    heavy = modules_added(baseline, f"import {PACKAGE}") & set(HEAVY)
    assert not heavy, f"import inside the functions that use them: {', '.join(sorted(heavy))}"


def test_no_room_loads_the_whole_of_statistics_before_it_is_used() -> None:
    """Where scipy.stats is not asked for, it is a third of the time in which reports load."""
    rooms = "mentormatch.reports, mentormatch.feedback, mentormatch.programme, mentormatch.audits"
    script = f"import sys, {rooms}; print('scipy.stats' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_every_file_can_be_imported_also_those_that_only_types_name() -> None:
    """A file that is imported for types alone is never run: a mistake in it stood unseen."""
    package = importlib.import_module(PACKAGE)
    found = [one.name for one in pkgutil.walk_packages(package.__path__, f"{PACKAGE}.")]
    assert len(found) == len(list(SOURCE.rglob("*.py"))) - 1
    for name in found:
        importlib.import_module(name)


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
    ("name", "source", "said"),
    [
        (
            "criteria.cells.tokens",
            "from mentormatch.criteria.kinds.skills import SkillCoverage",
            "cells may not import kinds",
        ),
        (
            "criteria.kinds.skills",
            "from mentormatch.criteria.registry import KINDS",
            "kinds may not import the file registry",
        ),
        ("criteria.kinds.skills", "from mentormatch.criteria import Same", "face of its own room"),
        ("solvers.clouds.rain", "", "'clouds' has no place in the map of solvers"),
    ],
)
def test_a_broken_rule_inside_a_room_is_said(name: str, source: str, said: str) -> None:
    (problem,) = broken_subroom_rules({f"{PACKAGE}.{name}": source})
    assert said in problem


def test_what_sub_rooms_may_do_is_not_complained_about() -> None:
    good = (
        "from mentormatch.criteria.cells.tokens import Sets\nfrom mentormatch.errors import Finding"
    )
    assert broken_subroom_rules({f"{PACKAGE}.criteria.kinds.skills": good}) == []
    engine = "from mentormatch.solvers.deadline import Deadline"
    assert broken_subroom_rules({f"{PACKAGE}.solvers.flows.arcs": engine}) == []


def test_a_circle_of_files_is_said_even_when_it_is_only_for_types() -> None:
    one = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .b import B"
    sources = {f"{PACKAGE}.cohort.a": one, f"{PACKAGE}.cohort.b": "from .a import A"}
    (circle,) = file_circles(sources)
    assert f"{PACKAGE}.cohort.a" in circle
    assert file_circles({**sources, f"{PACKAGE}.cohort.b": "import os"}) == []


def test_a_crowded_folder_is_said() -> None:
    many = {f"{PACKAGE}.cohort.file{k}": "" for k in range(MOST_FILES + 1)}
    assert crowded_folders(many) == {f"{PACKAGE}.cohort": MOST_FILES + 1}
    many.popitem()
    assert crowded_folders(many) == {}


@pytest.mark.parametrize(
    "source",
    ["import os", "print('hello')", "LIMIT = 3", "__all__ = sorted(globals())", "def f(): ..."],
)
def test_a_face_that_does_more_than_re_export_is_said(source: str) -> None:
    assert len(face_problems(f'"""Face."""\nfrom .cohort import Cohort\n{source}')) == 1


def test_heavy_imports_are_seen() -> None:
    assert "json" in modules_added("pass", "import json")


def write_map() -> None:
    """Put today's map between the fences of CONTRIBUTING.md."""
    path = SOURCE.parents[1] / "CONTRIBUTING.md"
    before, rest = path.read_text("utf-8").split("```text\n", 1)
    after = rest.split("\n```", 1)[1]
    path.write_text(f"{before}```text\n{map_of_the_house()}\n```{after}", "utf-8")


if __name__ == "__main__":
    write_map()
