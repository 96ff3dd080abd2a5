"""Laws of markets and the reading of PrefLib files, against packages that others wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

import mentormatch as mm
from mentormatch.datasets.rankings import mallows_places, plackett_luce_places, urn_places

if TYPE_CHECKING:
    from pathlib import Path

FIVE, VOTERS = 5, 4000


def codes_of(places: np.ndarray) -> np.ndarray:
    """A number for each list of places."""
    return places @ (FIVE ** np.arange(FIVE))


def same_law(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The p-value of the chi-square test that two samples of numbers have one law."""
    values = np.unique(np.concatenate([ours, theirs]))
    counts = np.array([[(one == value).sum() for value in values] for one in (ours, theirs)])
    # Cells in which little is expected are one cell.
    rare = counts.sum(axis=0) < 10
    kept = np.column_stack([counts[:, ~rare], counts[:, rare].sum(axis=1)])
    return float(stats.chi2_contingency(kept[:, kept.sum(axis=0) > 0]).pvalue)


def places_from(votes: list[list[int]]) -> np.ndarray:
    """Places from lists of candidates, best first."""
    return np.argsort(np.array(votes), axis=1)


@pytest.mark.parametrize("agreement", [0.0, 0.3, 0.7])
def test_mallows_on_five_candidates_has_the_law_of_prefsampling(agreement: float) -> None:
    ordinal = pytest.importorskip("prefsampling").ordinal
    ours = mallows_places(VOTERS, FIVE, agreement, np.random.default_rng(0))
    theirs = places_from(ordinal.norm_mallows(VOTERS, FIVE, 1 - agreement, seed=1))
    assert same_law(codes_of(ours), codes_of(theirs)) > 1e-3
    other = mallows_places(VOTERS, FIVE, agreement + 0.1, np.random.default_rng(2))
    assert same_law(codes_of(other), codes_of(theirs)) < 1e-3


def test_plackett_luce_on_five_candidates_has_the_law_of_prefsampling() -> None:
    ordinal = pytest.importorskip("prefsampling").ordinal
    weights = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
    ours = plackett_luce_places(VOTERS, np.log(weights), np.random.default_rng(0))
    theirs = places_from(ordinal.plackett_luce(VOTERS, FIVE, weights.tolist(), seed=1))
    assert same_law(codes_of(ours), codes_of(theirs)) > 1e-3
    other = plackett_luce_places(VOTERS, np.log(weights[::-1]), np.random.default_rng(2))
    assert same_law(codes_of(other), codes_of(theirs)) < 1e-3


@pytest.mark.parametrize("agreement", [0.2, 0.5])
def test_an_urn_repeats_lists_as_often_as_that_of_prefsampling(agreement: float) -> None:
    """Lists of one urn depend on each other: what is compared is how many of six are different."""
    ordinal = pytest.importorskip("prefsampling").ordinal
    rng = np.random.default_rng(0)

    def different(places: np.ndarray) -> int:
        return len(np.unique(codes_of(places)))

    ours = [different(urn_places(6, FIVE, agreement, rng)) for _ in range(1500)]
    copies = agreement / (1 - agreement)
    theirs = [
        different(places_from(ordinal.urn(6, FIVE, copies, seed=seed))) for seed in range(1500)
    ]
    assert same_law(np.array(ours), np.array(theirs)) > 1e-3
    other = [different(urn_places(6, FIVE, agreement + 0.15, rng)) for _ in range(1500)]
    assert same_law(np.array(other), np.array(theirs)) < 1e-3


# ---------------------------------------------------------------- PrefLib


def head(name: str, kind: str, voters: int, lists: int, categories: tuple[str, ...] = ()) -> str:
    """The first lines of a file as PrefLib writes them."""
    lines = [
        f"# FILE NAME: {name}",
        "# TITLE: made up",
        "# DESCRIPTION: ",
        f"# DATA TYPE: {kind}",
        "# MODIFICATION TYPE: synthetic",
        "# RELATES TO: ",
        "# RELATED FILES: ",
        "# PUBLICATION DATE: 2026-01-01",
        "# MODIFICATION DATE: 2026-01-01",
        "# NUMBER ALTERNATIVES: 4",
        f"# NUMBER VOTERS: {voters}",
    ]
    if categories:
        lines += [
            f"# NUMBER UNIQUE PREFERENCES: {lists}",
            f"# NUMBER CATEGORIES: {len(categories)}",
        ]
        lines += [f"# CATEGORY NAME {k}: {name}" for k, name in enumerate(categories, start=1)]
    else:
        lines.append(f"# NUMBER UNIQUE ORDERS: {lists}")
    lines += [f"# ALTERNATIVE NAME {k}: project {k}" for k in range(1, 5)]
    return "\n".join(lines) + "\n"


def classes_read(problem: mm.Problem) -> list[tuple[tuple[int, ...], ...]]:
    """Each mentee's classes of mentors, best first."""
    scores = problem.block(slice(None)).mentee_scores
    ids = problem.mentor_ids.to_numpy()
    return [
        tuple(
            tuple(ids[line == value].tolist()) for value in np.unique(line[~np.isnan(line)])[::-1]
        )
        for line in scores
    ]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("made.soi", "3: 2,1\n2: 4\n1: 1,3,2,4\n"),
        ("made.soc", "2: 2,1,4,3\n1: 4,3,2,1\n"),
        ("made.toi", "2: {1,3},2\n1: 4,{2,3}\n3: 3\n"),
        ("made.toc", "4: {1,2},{3,4}\n1: 4,3,2,1\n"),
    ],
)
def test_orders_are_those_that_preflibtools_reads(name: str, lines: str, tmp_path: Path) -> None:
    instances = pytest.importorskip("preflibtools.instances")
    path = tmp_path / name
    voters = sum(int(line.split(":")[0]) for line in lines.splitlines())
    path.write_text(head(name, name[-3:], voters, lines.count("\n")) + lines, "utf-8")
    theirs = instances.OrdinalInstance()
    theirs.parse_file(str(path))
    expected = sorted(
        tuple(tuple(sorted(tie)) for tie in order)
        for order, times in theirs.vote_map().items()
        for _ in range(times)
    )
    ours = mm.datasets.read_preflib(path)
    assert sorted(classes_read(ours)) == expected
    assert ours.shape == (theirs.num_voters, theirs.num_alternatives)


def test_categories_are_those_that_preflibtools_reads(tmp_path: Path) -> None:
    instances = pytest.importorskip("preflibtools.instances")
    path = tmp_path / "made.cat"
    lines = "2: {1,2},{3},{4}\n1: 4,{1,3},2\n"
    names = ("yes", "maybe", "no")
    path.write_text(head(path.name, "cat", 3, 2, names) + lines, "utf-8")
    theirs = instances.CategoricalInstance()
    theirs.parse_file(str(path))
    expected = sorted(
        tuple(tuple(sorted(category)) for category in preference)
        for preference, times in zip(theirs.preferences, theirs.multiplicity.values(), strict=True)
        for _ in range(times)
    )
    assert sorted(classes_read(mm.datasets.read_preflib(path))) == expected
