"""Other packages as rows of the benchmark: each in an environment of its own, made when absent.

Two of them install a top-level package of the same name, so they cannot share one. A peer gets the
scores of both sides and the seats, in a file, and gives back pairs; it is timed from these arrays
to its pairs, with whatever it takes to write them in its own form, as ours are. What it promises is
checked here: an optimum by the prices of ours, which bound every matching, and stability by the
audit of blocking pairs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

import mentormatch as mm

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".venv-peers"
Promise = Literal["optimal", "weak", "strong", "super"]

HEAD = """
import json, sys, time, types
import numpy as np
given = dict(np.load(sys.argv[1]))
scores, seats = given["scores"], given["seats"]
n, m = scores.shape
"""
START = """
started = time.perf_counter()
"""
TAIL = """
taken = time.perf_counter() - started
print(json.dumps({"time": taken, "pairs": [[int(i), int(j)] for i, j in pairs]}))
"""
# Seats become columns; an ineligible pair has no cost that a plain assignment could pay.
WIDE = """
seat = np.repeat(np.arange(m), seats)
cost = np.where(np.isnan(scores), np.inf, 1 - scores)[:, seat]
"""
# Ranked lists of both sides; equal scores are one class, best first.
LISTS = """
def classes(values):
    order = [int(k) for k in np.argsort(-values, kind="stable") if not np.isnan(values[k])]
    found, last = [], None
    for k in order:
        if found and values[k] == last:
            found[-1].append(k + 1)
        else:
            found.append([k + 1])
        last = values[k]
    return found

mine = {i + 1: classes(given["mentee_scores"][i]) for i in range(n)}
theirs = {j + 1: classes(given["mentor_scores"][:, j]) for j in range(m)}
def flat(lists):
    return {k: [one for level in value for one in level] for k, value in lists.items()}
"""
ALGMATCH = """
def run_algmatch(problem):
    found = problem.get_stable_matching()
    if found is None:
        sys.exit("it says that there is none")
    return [(int(i[1:]) - 1, int(j[1:]) - 1) for i, j in found["resident_sided"].items() if j]
def with_lists(mine, theirs):
    return {
        "residents": mine,
        "hospitals": {
            j: {"capacity": int(seats[j - 1]), "preferences": lists} for j, lists in theirs.items()
        },
    }
"""


class PeerError(Exception):
    """Why a peer gave no pairs."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another package that matches.

    Parameters
    ----------
    packages
        What pip installs for it; none: it runs in the environment of the benchmark.
    imports
        The line that imports it; not timed.
    script
        Python that makes ``pairs`` of positions from ``scores``, ``seats`` and ``given``.
    promise
        What it says its pairs are: of the largest total, or stable in a notion.
    """

    packages: tuple[str, ...]
    imports: str
    script: str
    promise: Promise

    @property
    def home(self) -> Path:
        """Where its environment is, once it was made."""
        return HOME / self.packages[0].replace("=", "-").replace("*", "x")

    @property
    def python(self) -> Path:
        """The interpreter of its environment, made when absent."""
        if not self.packages:
            return Path(sys.executable)
        python = self.home / "bin" / "python"
        done = self.home / "installed"
        if not done.exists():
            venv.create(self.home, with_pip=True, clear=True)
            command = [str(python), "-m", "pip", "install", "-q", "numpy", *self.packages]
            _run(command, None)
            done.touch()
        return python

    @property
    def program(self) -> str:
        """The whole of what its interpreter runs."""
        return f"{HEAD}{self.imports}\n{START}{self.script}{TAIL}"

    def solve(self, problem: mm.Problem, limit: float) -> tuple[mm.Matching, float]:
        """Return its pairs, checked against the problem, and the seconds it took."""
        block = problem.block(slice(None))
        sides = [
            np.where(block.eligible, np.asarray(side, dtype=np.float64), np.nan)
            for side in (block.scores, block.mentee_scores, block.mentor_scores)
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "problem.npz"
            np.savez(
                path,
                scores=sides[0],
                mentee_scores=sides[1],
                mentor_scores=sides[2],
                seats=problem.capacities,
            )
            command = [str(self.python), "-c", self.program, str(path)]
            said = json.loads(_run(command, limit).splitlines()[-1])
        ids = problem.mentee_ids, problem.mentor_ids
        pairs = [(ids[0][i], ids[1][j]) for i, j in said["pairs"]]
        return mm.Matching.from_pairs(problem, pairs), said["time"]

    def check(self, matching: mm.Matching, best: mm.Matching) -> tuple[bool, str]:
        """Return whether what it promises holds, and what shows that."""
        if self.promise != "optimal":
            found = mm.audits.blocking_pairs(matching, notion=self.promise, limit=1)
            return not len(found), "feasibility, and the audit of blocking pairs"
        assert best.certificate is not None
        certificate = mm.certify(matching.problem, matching, best.certificate.prices)
        gap = max(certificate.gap, 0.0)
        by = f"feasibility, its total recomputed, and our prices: {gap:.3g} below their bound"
        return certificate.proven, by


def _run(command: list[str], limit: float | None) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit)
    except subprocess.TimeoutExpired:
        raise PeerError(f"no answer within {limit:g} s") from None
    if done.returncode:
        raise PeerError((done.stderr.strip() or f"exit {done.returncode}").splitlines()[-1][:300])
    return done.stdout


PEERS = {
    "SciPy": Peer(
        (),
        "from scipy.optimize import linear_sum_assignment",
        WIDE
        + """
rows, columns = linear_sum_assignment(cost)
pairs = zip(rows, seat[columns])
""",
        "optimal",
    ),
    "mentor-match": Peer(
        ("mentor-match==7.*",),
        "from matching.process import calculate_matches, prepare_matrix",
        WIDE
        + """
cells = [
    [
        types.SimpleNamespace(score=0 if np.isnan(s) else round(1e6 * s), disallowed=np.isnan(s))
        for s in row
    ]
    for row in scores[:, seat].tolist()
]
pairs = [(i, seat[k]) for i, k in calculate_matches(prepare_matrix(cells))]
""",
        "optimal",
    ),
    "kwok": Peer(
        ("kwok==1.*",),
        "from kwok import kwok",
        WIDE
        + """
# The larger side is on the right; a bonus makes every pair worth more than none at all.
worth = np.where(np.isinf(cost), 0, 1e3 - cost)
turned = n > len(seat)
found = kwok(
    [[(k, w) for k, w in enumerate(row) if w] for row in (worth.T if turned else worth).tolist()],
    False,
).left_pairs
ends = [(k, i) if turned else (i, k) for i, k in enumerate(found) if k >= 0]
pairs = [(i, seat[k]) for i, k in ends]
""",
        "optimal",
    ),
    "lapx": Peer(
        ("lapx",),
        "import lap",
        WIDE
        + """
columns = lap.lapjv(cost, extend_cost=True)[1]
pairs = [(i, seat[k]) for i, k in enumerate(columns) if k >= 0]
""",
        "optimal",
    ),
    "fastlap": Peer(
        ("fastlap",),
        "import fastlap",
        WIDE
        + """
columns = fastlap.lapjv(cost)[1]
pairs = [(i, seat[k]) for i, k in enumerate(columns) if k >= 0]
""",
        "optimal",
    ),
    "lapcpp": Peer(
        ("lapcpp",),
        "import lapcpp",
        WIDE
        + """
_, rows, columns = lapcpp.lapjv(cost, extend_cost=True)
pairs = zip(rows, seat[columns])
""",
        "optimal",
    ),
    "matching": Peer(
        ("matching==1.4.3",),
        "from matching.games import HospitalResident",
        LISTS
        + """
sys.setrecursionlimit(10**6)
game = HospitalResident.create_from_dictionaries(
    flat(mine), flat(theirs), {j + 1: int(seats[j]) for j in range(m)}
)
found = game.solve(optimal="resident")
pairs = [(i.name - 1, j.name - 1) for j, people in found.items() for i in people]
""",
        "weak",
    ),
    "algmatch": Peer(
        ("algmatch==1.5.*",),
        "from algmatch import HR",
        LISTS
        + ALGMATCH
        + """
pairs = run_algmatch(HR(dictionary=with_lists(flat(mine), flat(theirs))))
""",
        "weak",
    ),
    **{
        f"algmatch, {notion}": Peer(
            ("algmatch==1.5.*",),
            "from algmatch import HRT",
            LISTS
            + ALGMATCH
            + f"""
pairs = run_algmatch(HRT(dictionary=with_lists(mine, theirs), stability_type="{notion}"))
""",
            notion,
        )
        for notion in ("strong", "super")
    },
}
