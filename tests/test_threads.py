"""Tasks are done once each, errors come out, and products get their threads back."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch import threads as workers
from mentormatch.criteria.scoring import blocks as reading
from mentormatch.threads import run_parallel, run_serial

WINTER = ("2027-01-04", "2027-02-28")


@given(count=st.integers(0, 40), threads=st.integers(1, 4))
def test_every_task_is_done_once_however_many_threads_there_are(count: int, threads: int) -> None:
    done = np.zeros(count, dtype=int)

    def work(k: int) -> None:
        done[k] += 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "WORKERS", threads)
        run_parallel(work, range(count))
    assert (done == 1).all()


def test_two_threads_work_at_once_and_the_caller_is_one_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "WORKERS", 2)
    both = threading.Barrier(2, timeout=60)
    names = []

    def work(_: int) -> None:
        # Passes only when two tasks are at it together.
        both.wait()
        names.append(threading.current_thread().name)

    run_parallel(work, range(2))
    assert threading.current_thread().name in names
    assert len(set(names)) == 2


def test_a_task_within_a_task_is_done_by_the_thread_that_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "WORKERS", 3)
    threads: dict[tuple[int, int], tuple[int, int]] = {}

    def outer(k: int) -> None:
        def inner(j: int) -> None:
            threads[k, j] = (here, threading.get_ident())

        here = threading.get_ident()
        run_parallel(inner, range(3))

    run_parallel(outer, range(4))
    assert len(threads) == 12
    assert all(asking == doing for asking, doing in threads.values())
    # The caller is free again: it may share its next tasks.
    assert not workers._state.at_work


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_an_error_in_a_task_comes_out_and_no_task_runs_afterwards(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "WORKERS", threads)
    begun: list[int] = []

    def work(k: int) -> None:
        begun.append(k)
        if k == 3:
            raise ValueError("the third task cannot be done")
        time.sleep(0.001)

    with pytest.raises(ValueError, match="the third task cannot be done"):
        run_parallel(work, range(1000))
    count = len(begun)
    assert count < 1000
    time.sleep(0.02)
    assert len(begun) == count
    assert not workers._state.at_work


@pytest.mark.parametrize("fails", [False, True])
def test_products_have_one_thread_in_a_task_and_all_of_them_afterwards(
    *, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("threadpoolctl")
    monkeypatch.setattr(workers, "WORKERS", 2)
    libraries = workers._blas_libraries()
    before = [library.num_threads for library in libraries]
    within: list[int] = []

    def work(_: int) -> None:
        within.extend(library.num_threads for library in libraries)
        if fails:
            raise ValueError("not today")

    if fails:
        with pytest.raises(ValueError, match="not today"):
            run_parallel(work, range(5))
    else:
        run_parallel(work, range(5))
    assert within
    assert set(within) == {1}
    assert [library.num_threads for library in libraries] == before


def test_two_callers_at_once_leave_products_their_threads() -> None:
    libraries = workers._blas_libraries()
    before = [library.num_threads for library in libraries]
    both, first = threading.Barrier(2, timeout=60), threading.Event()

    def early(_: int) -> None:
        both.wait()

    def late(_: int) -> None:
        both.wait()
        # The other has gone by now.
        assert first.wait(60)

    other = threading.Thread(target=run_serial, args=(late, [0]))
    other.start()
    run_serial(early, [0])
    first.set()
    other.join()
    assert [library.num_threads for library in libraries] == before
    assert workers._single_threaded.present == 0


def test_one_worker_and_several_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = mm.datasets.it_program(900, 700, seed=4)
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage("wants_to_learn", "can_teach", weight=4),
        mm.criteria.TagOverlap("interests", side="mentor"),
        mm.criteria.TextSimilarity(mentee="goals", mentor="bio", embed=words_counted),
        mm.criteria.Availability(
            "availability",
            timezone="Europe/Berlin",
            dates=WINTER,
            minimum_hours=1,
        ),
        mm.criteria.Different("team"),
    )
    scorer = criteria.score(cohort, precision="float32").scorer
    blocks = []
    for count in (1, 2, 3):
        monkeypatch.setattr(workers, "WORKERS", count)
        blocks.append(scorer.joined(slice(0, 900), -np.inf))
    assert blocks[0].size > reading.WORTH_THREADS
    assert np.array_equal(blocks[0], blocks[1])
    assert np.array_equal(blocks[0], blocks[2])
    i, j = np.random.default_rng(0).integers(0, [[900], [700]], (2, 5000))
    exact = scorer.pairs(i, j)
    assert np.array_equal(exact.eligible, blocks[0][i, j] > -np.inf)
    assert np.nanmax(np.abs(exact.scores - blocks[0][i, j])) <= scorer.error < 1e-5


def words_counted(texts: list[str]) -> np.ndarray:
    letters = "abcdefghijklmnopqrstuvwxyz .,"
    return np.array([[text.lower().count(letter) for letter in letters] for text in texts])
