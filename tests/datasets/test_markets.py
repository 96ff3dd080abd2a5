"""Markets have the laws that they are named after, and PrefLib files are read as they say."""

from __future__ import annotations

import time
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

import mentormatch as mm
from mentormatch.datasets import preflib
from mentormatch.datasets.rankings import (
    expected_swaps,
    mallows_places,
    phi_of_agreement,
    places_of,
    plackett_luce_places,
    urn_places,
)

if TYPE_CHECKING:
    from pathlib import Path

KINDS = [*mm.datasets.MARKETS, "it_program"]


def swaps(places: np.ndarray) -> int:
    """Pairs of candidates that a ranking has the other way round than 0, 1, 2, …."""
    return sum(places[i] > places[j] for i, j in combinations(range(len(places)), 2))


@pytest.mark.parametrize("agreement", [0.0, 0.4, 0.8])
def test_mallows_rankings_have_their_probabilities(agreement: float) -> None:
    drawn = mallows_places(20_000, 4, agreement, np.random.default_rng(0))
    phi = phi_of_agreement(4, agreement)
    lists = [np.array(one) for one in permutations(range(4))]
    chances = np.array([phi ** swaps(one) for one in lists])
    chances /= chances.sum()
    codes = drawn @ [64, 16, 4, 1]
    counts = np.array([(codes == one @ [64, 16, 4, 1]).sum() for one in lists])
    assert counts.sum() == len(drawn)
    assert stats.chisquare(counts, 20_000 * chances).pvalue > 1e-4


@pytest.mark.parametrize("agreement", [0.0, 0.3, 0.7, 0.95, 1.0])
@pytest.mark.parametrize("length", [2, 10, 60])
def test_the_expected_distance_is_the_share_that_was_asked_for(
    agreement: float, length: int
) -> None:
    wanted = (1 - agreement) * length * (length - 1) / 4
    assert expected_swaps(length, phi_of_agreement(length, agreement)) == pytest.approx(
        wanted, abs=2e-3 * length**2
    )
    drawn = mallows_places(400, length, agreement, np.random.default_rng(1))
    seen = np.array([swaps(one) for one in drawn])
    assert abs(seen.mean() - wanted) <= 5 * seen.std() / 20 + 1e-9


def test_plackett_luce_picks_the_first_in_proportion_to_the_weights() -> None:
    weights = np.array([1.0, 2.0, 5.0])
    drawn = plackett_luce_places(20_000, np.log(weights), np.random.default_rng(0))
    firsts = (drawn == 0).sum(axis=0)
    assert stats.chisquare(firsts, 20_000 * weights / weights.sum()).pvalue > 1e-4


def test_an_urn_without_copies_is_uniform_and_one_full_of_them_is_one_list() -> None:
    rng = np.random.default_rng(0)
    same = urn_places(50, 6, 1.0, rng)
    assert (same == same[0]).all()
    free = urn_places(20_000, 3, 0.0, rng)
    counts = np.unique(free @ [9, 3, 1], return_counts=True)[1]
    assert stats.chisquare(counts).pvalue > 1e-4
    copied = urn_places(200, 8, 0.5, rng)
    assert len(np.unique(copied, axis=0)) < 100


@pytest.mark.parametrize("kind", KINDS)
def test_every_market_repeats_by_its_seed_and_can_be_matched(kind: str) -> None:
    one, two = (mm.datasets.market(kind, 12, 6, seats=2, seed=3) for _ in range(2))
    assert one.shape == (12, 6)
    np.testing.assert_array_equal(one.scores(slice(None)), two.scores(slice(None)))
    other = mm.datasets.market(kind, 12, 6, seats=2, seed=4)
    assert not np.array_equal(one.scores(slice(None)), other.scores(slice(None)))
    matching = mm.match(one)
    assert matching.certificate.proven


@pytest.mark.parametrize("kind", ["mallows", "urn", "plackett_luce"])
def test_where_all_agree_the_stable_matching_is_greedy_and_optimal(kind: str) -> None:
    problem = mm.datasets.market(kind, 9, 9, correlation=1.0, seed=1)
    stable, other = (
        mm.match(problem, mm.strategies.Stable(proposing=side)) for side in ("mentees", "mentors")
    )
    assert stable.pairs.equals(other.pairs)
    assert stable.pairs.equals(mm.match(problem, "greedy").pairs)
    assert stable.total == pytest.approx(mm.match(problem).total)


def test_without_agreement_mean_ranks_are_those_of_random_markets() -> None:
    # Proposers get their ln n-th choice in the mean, those who are asked their n / ln n-th
    # (B. Pittel 1989, The average number of stable matchings).
    n, mine, theirs = 1000, [], []
    # One draw differs from the mean by 14 %: six are within a tenth.
    for seed in range(6):
        problem = mm.datasets.market("mallows", n, n, correlation=0.0, seed=seed)
        matching = mm.match(problem, "stable")
        mine.append(1 + n * (1 - matching.mentee_scores).mean())
        theirs.append(1 + n * (1 - matching.mentor_scores).mean())
    assert np.mean(mine) == pytest.approx(np.log(n), rel=0.1)
    assert np.mean(theirs) == pytest.approx(n / np.log(n), rel=0.1)


def test_ties_and_groups_do_what_they_say() -> None:
    tied = mm.datasets.market("euclidean", 30, 10, ties=4, correlation=0.2)
    assert set(np.unique(tied.block(slice(None)).mentee_scores)) <= {0.25, 0.5, 0.75, 1.0}
    biased = mm.datasets.market("group_biased", 60, 30, groups=3, correlation=0.9)
    share = np.isnan(biased.scores(slice(None), np.nan)).mean()
    assert share == pytest.approx(0.6, abs=0.1)
    assert not np.isnan(
        mm.datasets.market("arrivals", 9, 9, correlation=0.0).scores(slice(None))
    ).any()


def test_a_large_market_is_drawn_in_moments() -> None:
    mm.datasets.market("mallows", 10, 10)
    started = time.process_time()
    mallows_places(1000, 300, 0.5, np.random.default_rng(0))
    # A tenth of a second is the aim; a busy machine takes longer.
    assert time.process_time() - started < 1.0


def test_wrong_numbers_are_said_all_at_once() -> None:
    with pytest.raises(mm.MentorMatchError, match=r"no market 'malows'.*Did you mean 'mallows'"):
        mm.datasets.market("malows", 3, 3)
    with pytest.raises(mm.MentorMatchError) as error:
        mm.datasets.market("mallows", 0, 3, correlation=2, ties=0)
    for said in ("n_mentees must be", "correlation must lie", "ties must be"):
        assert said in str(error.value)


def test_places_are_the_inverse_of_an_order() -> None:
    values = np.random.default_rng(0).random((5, 7))
    np.testing.assert_array_equal(
        places_of(values), np.argsort(np.argsort(-values, axis=1), axis=1)
    )


# ---------------------------------------------------------------- PrefLib


def test_orders_with_ties_counts_and_comments_are_read(tmp_path: Path) -> None:
    path = tmp_path / "votes.toi"
    path.write_text("# FILE NAME: votes.toi\n2: 3,{1,2}\n1: 2\n", "utf-8")
    problem = mm.datasets.read_preflib(path)
    assert problem.mentor_ids.tolist() == [1, 2, 3]
    scores = problem.block(slice(None)).mentee_scores
    np.testing.assert_allclose(scores, [[0.5, 0.5, 1.0], [0.5, 0.5, 1.0], [np.nan, 1.0, np.nan]])
    assert mm.match(problem).n_matched == 3


def test_categories_are_classes_best_first(tmp_path: Path) -> None:
    path = tmp_path / "votes.cat"
    path.write_text("1: {2},{},{1,3}\n", "utf-8")
    scores = mm.datasets.read_preflib(path).block(slice(None)).mentee_scores
    np.testing.assert_allclose(scores, [[0.5, 1.0, 0.5]])


def test_supervisors_are_quotas_over_projects(tmp_path: Path) -> None:
    votes, staff = tmp_path / "votes.soi", tmp_path / "staff.dat"
    votes.write_text("1: 0,1\n1: 1,0\n1: 0\n", "utf-8")
    staff.write_text("Supervisor,Capacity,Projects\nLin,1,0 1\nMax,1,2\n", "utf-8")
    problem = mm.datasets.read_preflib(votes, supervisors=staff)
    assert problem.mentor_ids.tolist() == [0, 1, 2]
    matching = mm.match(problem)
    # Lin takes one of all, whatever the project; nobody wants Max's.
    assert matching.n_matched == 1
    assert matching.certificate.proven


def test_projects_counted_from_0_are_those_of_orders_counted_from_1(tmp_path: Path) -> None:
    votes, staff = tmp_path / "votes.soi", tmp_path / "staff.dat"
    votes.write_text("# a comment\n2: 1,2\n1: 3,{1,2}\n", "utf-8")
    staff.write_text("Supervisor,Capacity,Projects\nLin,1,0 1\nMax,1,2\n", "utf-8")
    problem = mm.datasets.read_preflib(votes, supervisors=staff)
    assert problem.mentor_ids.tolist() == [1, 2, 3]
    assert [quota.mentors for quota in problem.quotas] == [(1, 2), (3,)]
    (note,) = problem.compatibility.notes
    assert note.startswith("staff.dat counts projects from 0, the orders from 1")


@pytest.mark.parametrize(
    ("votes", "staff", "said"),
    [
        (
            "# nothing\n",
            None,
            'votes.soi: there is not one list of preferences. Expected lines such as "3: 1,2"',
        ),
        ("1: {1,x}\n", None, "votes.soi, row 1: found '1: {1,x}'"),
        ("1: 1\n", "Supervisor,Capacity,Projects\nLin,one,0\n", "staff.dat, row 2"),
        ("1: 1\n", "Who,Capacity,Projects\nLin,1,0\n", "expected the columns Supervisor, Cap"),
    ],
)
def test_what_is_no_list_and_no_supervisor_is_named(votes, staff, said, tmp_path: Path) -> None:
    path, other = tmp_path / "votes.soi", None
    path.write_text(votes, "utf-8")
    if staff is not None:
        other = tmp_path / "staff.dat"
        other.write_text(staff, "utf-8")
    with pytest.raises(mm.ProblemError) as error:
        mm.datasets.read_preflib(path, supervisors=other)
    assert said in str(error.value)


def test_a_file_of_orders_that_is_too_large_is_not_read(monkeypatch, tmp_path: Path) -> None:
    path = tmp_path / "votes.soi"
    path.write_text("1: 1,2\n", "utf-8")
    monkeypatch.setattr(preflib, "MOST_BYTES", 7)
    mm.datasets.read_preflib(path)
    monkeypatch.setattr(preflib, "MOST_BYTES", 6)
    with pytest.raises(mm.ProblemError, match=r"votes\.soi: 0.0 MiB; expected at most 0 MiB"):
        mm.datasets.read_preflib(path)


def test_lines_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "votes.soi"
    path.write_text("1: 1,2\n1: one\nhello\n", "utf-8")
    with pytest.raises(mm.ProblemError, match=r"votes.soi, row 2.*\n.*votes.soi, row 3"):
        mm.datasets.read_preflib(path)
    with pytest.raises(mm.ProblemError, match=r"none.soi: there is no such file in the folder '"):
        mm.datasets.read_preflib(tmp_path / "none.soi")
    with pytest.raises(mm.ProblemError, match=r"not \.xlsx"):
        mm.datasets.read_preflib(tmp_path / "none.xlsx")
