"""Passes on an executor: the same pairs and the same bits, whoever computes the blocks."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch import passes
from mentormatch.passes import passes_on, run_pass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mentormatch.progress import ProgressEvent

LEVELS = ["junior", "mid", "senior", "staff"]
MIB = 2**20


@pytest.fixture(autouse=True)
def _no_pass_is_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "SMALL_PASS", 0)


def people(n: int, m: int, seed: int = 0) -> mm.Cohort:
    """Mentees and mentors with skills, levels and teams."""
    rng = np.random.default_rng(seed)
    skills = np.array([f"skill {k}" for k in range(24)])

    def side(count: int, name: str) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "skills": ["; ".join(rng.choice(skills, 5, replace=False)) for _ in range(count)],
                "level": rng.choice(LEVELS, count),
                "team": rng.integers(0, 40, count),
                "capacity": rng.integers(0, 5, count),
            },
            index=[f"{name}{k}" for k in range(count)],
        )

    return mm.Cohort(side(n, "e"), side(m, "o"))


def problem(n: int = 1500, m: int = 500, *more: Any, **numbers: Any) -> mm.Problem:
    """Three blocks or more in a pass, with a criterion of each kind of block."""
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="skills", offers="skills", weight=3),
        mm.criteria.LevelGap(mentee="level", mentor="level", ladder=LEVELS, weight=1),
        mm.criteria.TagOverlap("skills", weight=1, name="overlap"),
        mm.criteria.Different("team"),
        *more,
    )
    return mm.Problem(criteria.score(people(n, m)), **{"capacity": "capacity", **numbers})


def assert_same(found: mm.Matching, expected: mm.Matching) -> None:
    """Pairs, and every number of the certificate to its last bit."""
    assert found.pairs.equals(expected.pairs)
    assert found.certificate is not None
    assert expected.certificate is not None
    assert found.certificate.to_dict() == expected.certificate.to_dict()


@pytest.fixture(scope="module")
def plain() -> mm.Matching:
    return mm.match(problem(), engine="priced")


class Weighed(ProcessPoolExecutor):
    """Processes that share nothing with this one, and what was sent to them."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers, mp_context=multiprocessing.get_context("spawn"))
        self.packets: list[tuple[int, int]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        (packet,) = args
        whole = len(pickle.dumps(packet))
        self.packets.append((whole, sum(map(len, packet.sent.values()))))
        return super().submit(fn, *args, **kwargs)


@pytest.fixture(scope="module")
def processes() -> Iterator[Weighed]:
    with Weighed(2) as pool:
        yield pool


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_any_number_of_threads_gives_the_same_pairs_and_the_same_bits(
    plain: mm.Matching, workers: int
) -> None:
    with ThreadPoolExecutor(workers) as executor:
        found = mm.match(plain.problem, engine="priced", executor=executor)
        assert_same(found, plain)
        assert not [note for note in found.notes if "executor" in note]
        checked = mm.certificates.verify(plain, executor=executor)
    assert checked.ok
    assert checked.certificate.to_dict() == mm.certificates.verify(plain).certificate.to_dict()


@pytest.mark.parametrize(
    "numbers",
    [
        {"demand": 2, "minimum": 0},
        {"capacity": 1, "min_score": 0.4},
        {"pins": [("e0", "o1")], "bans": [("e1", "o0")], "coverage_first": False},
        {"capacity": 2, "minimum": 1},
    ],
    ids=["demand", "scarce", "pins", "minimums"],
)
def test_problems_of_every_kind_give_the_same_bits(
    numbers: dict[str, Any], processes: Weighed
) -> None:
    asked = problem(900, 300, **({"capacity": 3} | numbers))
    expected = mm.match(asked, engine="priced")
    with ThreadPoolExecutor(3) as executor:
        assert_same(mm.match(asked, engine="priced", executor=executor), expected)
    assert_same(mm.match(asked, engine="priced", executor=processes), expected)


def test_the_scores_go_once_to_each_process_and_a_block_is_small(
    plain: mm.Matching, processes: Weighed
) -> None:
    processes.packets.clear()
    found = mm.match(plain.problem, engine="priced", executor=processes)
    assert_same(found, plain)
    state = len(pickle.dumps(plain.problem.for_reading()))
    heavy = [shared for _, shared in processes.packets if shared > state / 2]
    # A worker of a pool may take what was meant for another; then that one asks again.
    assert 1 <= len(heavy) <= 2 * 2
    later = [whole for whole, shared in processes.packets if shared <= state / 2]
    assert len(later) > 6
    assert max(later) < MIB


def test_the_tables_of_people_are_not_sent() -> None:
    with_texts = problem(60, 40)
    secret = "nobody else needs to know this"
    told = with_texts.compatibility.cohort.mentees.assign(diary=secret)  # type: ignore[union-attr]
    cohort = mm.Cohort(told, with_texts.compatibility.cohort.mentors)  # type: ignore[union-attr]
    asked = mm.Problem(mm.Criteria(mm.criteria.TagOverlap("skills")).score(cohort))
    assert secret.encode() not in pickle.dumps(asked.for_reading())


# ---------------------------------------------------------------------------- workers that die


def add_or_die(scores: Any, asked: tuple[int, str], task: int) -> int:
    """Add; the first worker process that comes here is killed."""
    parent, flag = asked
    if os.getpid() != parent and task == 3:
        try:
            with Path(flag).open("x"):
                os._exit(1)
        except FileExistsError:
            pass
    return int(scores[task]) + task


def test_blocks_of_a_pool_whose_worker_died_are_computed_here(tmp_path: Path) -> None:
    scores, found = np.arange(40) * 10, {}
    asked = (os.getpid(), str(tmp_path / "died"))
    with ProcessPoolExecutor(2) as executor, passes_on(executor) as crew:
        for _ in range(2):
            found.clear()
            run_pass(add_or_die, scores, asked, range(40), found.__setitem__, pairs=1)
            assert found == {k: 11 * k for k in range(40)}
    assert crew is not None
    assert crew.broken
    assert "lost a worker" in crew.notes()[0]
    assert (tmp_path / "died").exists()


def near_team_or_die(mentees: pd.DataFrame, mentors: pd.DataFrame) -> Any:
    """Values by team; the worker process that comes here first is killed."""
    parent, flag = os.environ["MENTORMATCH_TEST_PARENT"].split(";")
    if str(os.getpid()) != parent and len(mentees) > 100:
        try:
            with Path(flag).open("x"):
                os._exit(1)
        except FileExistsError:
            pass
    gap = np.subtract.outer(mentees["team"].to_numpy(), mentors["team"].to_numpy())
    return 1 / (1.0 + abs(gap))


def test_a_worker_that_dies_in_the_middle_of_a_match_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = tmp_path / "died"
    monkeypatch.setenv("MENTORMATCH_TEST_PARENT", f"{os.getpid()};{flag}")
    asked = problem(600, 60, mm.criteria.Custom(near_team_or_die, weight=1))
    expected = mm.match(asked, engine="priced")
    assert not flag.exists()
    with ProcessPoolExecutor(2) as executor:
        found = mm.match(asked, engine="priced", executor=executor)
    assert flag.exists()
    assert_same(found, expected)
    assert "computed in this process, with the same result" in "; ".join(found.notes)


class Losing(ThreadPoolExecutor):
    """An executor that loses every fifth block, and gets a new worker for the next."""

    count = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.count += 1
        if self.count % 5:
            return super().submit(fn, *args, **kwargs)
        lost: Future[Any] = Future()
        lost.set_exception(ConnectionResetError("the worker is gone"))
        return lost


def test_a_block_whose_worker_was_lost_is_given_out_again(plain: mm.Matching) -> None:
    with Losing(2) as executor:
        found = mm.match(plain.problem, engine="priced", executor=executor)
    assert executor.count > 5
    assert_same(found, plain)


# ---------------------------------------------------------------------------- ends and errors


class Stop(Exception):  # noqa: N818
    """Raised by a progress function."""


def test_progress_counts_blocks_and_what_it_raises_cancels_those_that_wait() -> None:
    gate, begun = threading.Event(), []

    def read(scores: None, asked: None, task: int) -> int:
        begun.append(task)
        if task > 8:
            gate.wait(30)
        return task

    events: list[ProgressEvent] = []

    def progress(event: ProgressEvent) -> None:
        events.append(event)
        if event.done == 8:
            raise Stop

    with ThreadPoolExecutor(1) as executor:
        try:
            with pytest.raises(Stop), passes_on(executor, progress):
                run_pass(read, None, None, range(100), lambda *_: None, pairs=1)
        finally:
            gate.set()
        assert executor.submit(len, "abc").result(30) == 3
    # Blocks go out by four where many are left.
    assert [(one.step, one.done, one.of) for one in events] == [("pass", 4, 100), ("pass", 8, 100)]
    assert len(begun) <= 12


def test_an_error_of_a_worker_comes_out_as_it_is() -> None:
    def read(scores: None, asked: None, task: int) -> int:
        raise ZeroDivisionError("from the worker")

    with (
        ThreadPoolExecutor(2) as executor,
        passes_on(executor),
        pytest.raises(ZeroDivisionError, match="from the worker"),
    ):
        run_pass(read, None, None, range(9), lambda *_: None, pairs=1)


@pytest.mark.parametrize("engine", ["scipy", "flow", "laminar"])
def test_an_engine_that_was_named_and_cannot_use_the_executor_is_refused(engine: str) -> None:
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(mm.SolverError, match=f"'{engine}' reads all pairs .* Use engine='priced'"),
    ):
        mm.match(problem(20, 10, capacity=1), engine=engine, executor=executor)


def test_a_strategy_without_passes_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "SMALL_PASS", 10**9)
    with ThreadPoolExecutor(1) as executor:
        found = mm.match(problem(20, 10), executor=executor)
    assert "the executor had nothing to do" in "; ".join(found.notes)


def test_an_executor_must_be_one_and_must_be_open(plain: mm.Matching) -> None:
    for call in (
        lambda: mm.match(plain.problem, executor=4),  # type: ignore[arg-type]
        lambda: mm.certificates.verify(plain, executor=4),  # type: ignore[arg-type]
    ):
        with pytest.raises(mm.MentorMatchError, match=r"ProcessPoolExecutor\(8\).* got 4"):
            call()
    closed = ThreadPoolExecutor(1)
    closed.shutdown()
    with pytest.raises(mm.MentorMatchError, match=r"takes no work.*inside its with block"):
        mm.match(plain.problem, engine="priced", executor=closed)


def test_scores_that_cannot_be_sent_name_the_cure(processes: Weighed) -> None:
    def nearly(mentees: pd.DataFrame, mentors: pd.DataFrame) -> Any:
        return np.ones((len(mentees), len(mentors)))

    asked = problem(60, 30, mm.criteria.Custom(nearly, weight=1, name="one"))
    with pytest.raises(
        mm.MentorMatchError, match=r"cannot be sent .* in a module, or use a Thread"
    ):
        mm.match(asked, engine="priced", executor=processes)


# ---------------------------------------------------------------------------- Dask


def test_a_dask_cluster_gives_the_same_bits_also_when_a_worker_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    flag = tmp_path / "died"
    monkeypatch.setenv("MENTORMATCH_TEST_PARENT", f"{os.getpid()};{flag}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), *sys.path]))
    asked = problem(600, 60, mm.criteria.Custom(near_team_or_die, weight=1))
    expected = mm.match(asked, engine="priced")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor: Executor = client.get_executor()
        found = mm.match(asked, engine="priced", executor=executor)
        assert flag.exists()
        assert_same(found, expected)
        assert not [note for note in found.notes if "executor" in note]
        assert mm.certificates.verify(found, executor=executor).ok


def test_what_is_sent_travels_beside_the_pickle_and_is_not_read_for_a_name():
    """Dask made a hash of all bytes to name a task: 8 MiB took as long as seven of them sent."""
    sent = np.frombuffer(bytes(2**20), dtype=np.uint8)
    packet = passes._Packet(print, (), {"scores": sent}, [])
    beside: list[pickle.PickleBuffer] = []
    inside = pickle.dumps(packet, protocol=5, buffer_callback=beside.append)
    assert len(inside) < 2**10
    assert [buffer.raw().nbytes for buffer in beside] == [2**20]
    assert packet.__dask_tokenize__() != packet.__dask_tokenize__()
    crew = passes.Crew(ThreadPoolExecutor(1))
    token, _ = crew._share(np.arange(3))
    assert passes._unpickle(crew._bytes_of(token)).tolist() == [0, 1, 2]
    crew.close()
