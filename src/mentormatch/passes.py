"""A pass over all pairs, block by block: on the threads of this process, or on an executor.

The boundaries of blocks never depend on who computes them or on how many there are, so neither does
any result. What every block needs (the scorer) is sent once to each worker that says it lacks it;
a block itself is a few row numbers out and the best candidates back.
"""

from __future__ import annotations

import os
import pickle
import socket
import threading
import uuid
import warnings
from collections import OrderedDict, deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from inspect import ismethod
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

from mentormatch.errors import MentorMatchError
from mentormatch.logger import LOGGER
from mentormatch.progress import report_progress
from mentormatch.threads import run_parallel, run_serial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from mentormatch.progress import Progress

__all__ = ["Crew", "check_executor", "passes_on", "run_pass"]

# A pass over fewer pairs is over before an executor has begun.
SMALL_PASS = 2**22
# A product over so few pairs takes one thread by itself.
TINY_PASS = 2**12
# What is shared by a pass goes with each block up to this many bytes, else once to each worker.
INLINE_BYTES = 2**17
# Blocks that wait at each worker that is known, and how many are out while none is.
WAITING, AT_FIRST = 2, 8
# The most blocks that go out at once.
MOST_AT_ONCE = 4
# How often a block is given out again whose worker was lost, before it is computed here.
TRIES = 3
# What a worker keeps of what it was sent.
KEPT = 4
# What executors raise of their own when a worker is lost; Dask's is known by name, not imported.
LOST = (BrokenExecutor, CancelledError, ConnectionError, EOFError)
LOST_BY_NAME = frozenset({"KilledWorker", "CommClosedError"})

Task = TypeVar("Task")
Result = TypeVar("Result")
# Host and number of a process.
Worker: TypeAlias = tuple[str, int]


# ---------------------------------------------------------------------------- where the work is


@dataclass(frozen=True, eq=False, slots=True)
class _Packet:
    """What goes out at once: a few blocks."""

    read: Callable[..., object]  # a function of a module
    # What it needs and every block shares: (token, name of a method or None).
    tokens: tuple[tuple[str, str | None], ...]
    # Some of that, pickled: arrays of bytes, which Dask sends as they are, and copies no bytes.
    sent: dict[str, NDArray[np.uint8]]
    tasks: list[object]  # the blocks

    def __dask_tokenize__(self) -> str:
        """Name what goes out: Dask would read all of it for a name, as long as to send it."""
        return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class _Report:
    """What comes back: a result for each block, or which tokens the worker does not know."""

    worker: Worker
    thread: int
    lacking: tuple[str, ...]
    results: tuple[object, ...] = ()


_own: dict[str, object] = {}
_received: OrderedDict[str, object] = OrderedDict()
_lock = threading.Lock()


def _work(packet: _Packet) -> _Report:
    """Compute blocks where the packet has arrived."""
    with _lock:
        for token, pickled in packet.sent.items():
            if token not in _received and token not in _own:
                _received[token] = _unpickle(pickled)
        found = {}
        for token, _ in packet.tokens:
            if token in _own:
                found[token] = _own[token]
            elif token in _received:
                _received.move_to_end(token)
                found[token] = _received[token]
        while len(_received) > KEPT:
            _received.popitem(last=False)
    who = (socket.gethostname(), os.getpid()), threading.get_ident()
    lacking = tuple(token for token, _ in packet.tokens if token not in found)
    if lacking:
        return _Report(*who, lacking)
    shared = [
        found[token] if name is None else getattr(found[token], name)
        for token, name in packet.tokens
    ]
    results: list[object] = []
    run_serial(lambda task: results.append(packet.read(*shared, task)), packet.tasks)
    return _Report(*who, (), tuple(results))


def _unpickle(pickled: NDArray[np.uint8]) -> object:
    try:
        return pickle.loads(pickled.data)
    except (ImportError, AttributeError) as error:
        raise MentorMatchError(
            f"A worker of the executor cannot read what it was sent: {error}. Install the same "
            "versions there, and keep functions of your own criteria in a module that the worker "
            "can import."
        ) from error


# ---------------------------------------------------------------------------- where it is asked


class Crew:
    """An executor for the passes of one search, and what its workers have been sent.

    ``progress`` is told of each block. ``blocks`` is how many came back, ``lost`` how often a
    worker was lost with one, ``sent`` the bytes that went out of what blocks share; ``broken``: the
    executor takes no more work.
    """

    def __init__(self, executor: Executor, progress: Progress | None = None) -> None:
        self.executor, self.progress = executor, progress
        self.blocks = self.lost = self.sent = 0
        self.broken = False
        self._tokens: dict[int, str] = {}
        self._pickled: dict[str, NDArray[np.uint8]] = {}
        self._workers: set[tuple[Worker, int]] = set()

    def close(self) -> None:
        """Forget what was shared."""
        for token in self._tokens.values():
            _own.pop(token, None)

    def notes(self) -> tuple[str, ...]:
        """What the reader of a result should know."""
        if self.broken:
            return (
                "the executor lost a worker and took no more work; the blocks that were left were "
                "computed in this process, with the same result",
            )
        if not self.blocks:
            return ("the executor had nothing to do: no pass over all pairs was long enough",)
        return ()

    def run(
        self,
        read: Callable[..., object],
        shared: tuple[object, ...],
        tasks: Sequence[Task],
        take: Callable[[Task, Any], None],
    ) -> list[Task]:
        """See `run_pass`; returns the blocks that the executor could not compute."""
        known = tuple(self._share(one) for one in shared)
        fresh = {token for token, _ in known[1:]}
        inline = {t: self._bytes_of(t) for t in fresh} if self._fits(fresh) else {}
        lacking: dict[Worker, set[str]] = {}
        if not inline and any(worker[1] != os.getpid() for worker, _ in self._workers):
            lacking = {worker: set(fresh) for worker, _ in self._workers}
        left: deque[tuple[tuple[Task, ...], int]] = deque(((task,), 0) for task in tasks)
        here: list[Task] = []
        running: dict[Future[_Report], tuple[tuple[Task, ...], int, bool]] = {}
        done = 0
        try:
            while (left or running) and not self.broken:
                seeds = sum(seeded for *_, seeded in running.values())
                while left and not self.broken and len(running) < self._room(lacking):
                    seeded = seeds < len(lacking)
                    seeds += seeded
                    wanted = set().union(*lacking.values()) if seeded else set()
                    sent = {**inline, **{token: self._bytes_of(token) for token in wanted}}
                    self.sent += sum(map(len, sent.values()))
                    some, tries = left.popleft()
                    for _ in range(self._at_once(len(left))):
                        if len(some) < MOST_AT_ONCE and left[0][1] == tries:
                            some += left.popleft()[0]
                    future = self._submit(_Packet(read, known, sent, list(some)))
                    if future is None:
                        left.appendleft((some, tries))
                    else:
                        running[future] = some, tries, seeded
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    some, tries, _ = running.pop(future)
                    report = self._result_of(future)
                    if report is None and tries + 1 == TRIES:
                        here += some
                    elif report is None:
                        left += [((one,), tries + 1) for one in some]
                    elif report.lacking:
                        lacking.setdefault(report.worker, set()).update(report.lacking)
                        left += [((one,), tries) for one in some]
                    else:
                        lacking.pop(report.worker, None)
                        self._workers.add((report.worker, report.thread))
                        for one, result in zip(some, report.results, strict=True):
                            take(one, result)
                        done += len(some)
                        report_progress(self.progress, "pass", done=done, of=len(tasks))
        finally:
            for future in running:
                future.cancel()
            for token in fresh:
                _own.pop(token, None)
                self._pickled.pop(token, None)
            self.blocks += done
        unfinished = [*left, *((some, tries) for some, tries, _ in running.values())]
        return [*here, *(one for some, _ in unfinished for one in some)]

    def _room(self, lacking: dict[Worker, set[str]]) -> int:
        """How many blocks may be out: enough that nobody waits, few enough to stop soon."""
        ready = WAITING * sum(worker not in lacking for worker, _ in self._workers)
        return ready + (len(lacking) or AT_FIRST)

    def _at_once(self, left: int) -> int:
        """How many more blocks go with the next: many while many are left, at the end one each."""
        return min(MOST_AT_ONCE - 1, left // (4 * max(1, len(self._workers))))

    def _share(self, one: object) -> tuple[str, str | None]:
        """Give out a token; a method travels as its object and its name."""
        owner, name = (one.__self__, one.__name__) if ismethod(one) else (one, None)
        token = self._tokens.get(id(owner))
        if token is None or _own.get(token) is not owner:
            token = self._tokens[id(owner)] = uuid.uuid4().hex
        _own[token] = owner
        return token, name

    def _bytes_of(self, token: str) -> NDArray[np.uint8]:
        if token not in self._pickled:
            owner = _own[token]
            slim = owner.for_reading() if hasattr(owner, "for_reading") else owner
            try:
                pickled = pickle.dumps(slim, protocol=pickle.HIGHEST_PROTOCOL)
            except (pickle.PicklingError, AttributeError, TypeError) as error:
                raise MentorMatchError(
                    f"The scores cannot be sent to the workers of the executor: {error}. Keep "
                    "functions of your own criteria in a module, or use a ThreadPoolExecutor."
                ) from error
            self._pickled[token] = np.frombuffer(pickled, dtype=np.uint8)
        return self._pickled[token]

    def _fits(self, tokens: set[str]) -> bool:
        return sum(len(self._bytes_of(token)) for token in tokens) <= INLINE_BYTES

    def _submit(self, packet: _Packet) -> Future[_Report] | None:
        """Hand out one block; None where the executor is broken."""
        try:
            with warnings.catch_warnings():
                # Dask warns of anything large; this goes out once to each worker.
                warnings.filterwarnings("ignore", message="Sending large graph")
                return self.executor.submit(_work, packet)
        except BrokenExecutor as error:
            self._break(error)
            return None
        except RuntimeError as error:
            raise MentorMatchError(
                f"The executor takes no work: {error}. Call match inside its with block."
            ) from error

    def _result_of(self, future: Future[_Report]) -> _Report | None:
        """The report of a block; None where its worker was lost."""
        try:
            return future.result()
        except Exception as error:
            if not isinstance(error, LOST) and type(error).__name__ not in LOST_BY_NAME:
                raise
            self.lost += 1
            if isinstance(error, BrokenExecutor):
                self._break(error)
            else:
                LOGGER.warning("a block is given out again: %s", error)
            return None

    def _break(self, error: BrokenExecutor) -> None:
        self.broken = True
        LOGGER.warning("the executor is broken, the rest is computed here: %s", error)


_crew: ContextVar[Crew | None] = ContextVar("crew", default=None)


@contextmanager
def passes_on(executor: Executor | None, progress: Progress | None = None) -> Iterator[Crew | None]:
    """Let every pass inside the block run on an executor; None changes nothing."""
    if executor is None:
        yield None
        return
    crew = Crew(executor, progress)
    before = _crew.set(crew)
    try:
        yield crew
    finally:
        _crew.reset(before)
        crew.close()


def check_executor(executor: object) -> None:
    """Check that somebody's executor is one.

    Raises MentorMatchError if it has no method ``submit``.
    """
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise MentorMatchError(
            "executor must be a concurrent.futures.Executor, such as ProcessPoolExecutor(8) or "
            f"client.get_executor() of dask.distributed; got {executor!r}."
        )


def run_pass(
    read: Callable[[Any, Any, Any], Result],
    scores: object,
    asked: object,
    tasks: Sequence[Task],
    take: Callable[[Task, Result], None],
    *,
    pairs: int,
) -> None:
    """Compute ``read(scores, asked, task)`` for every task and give it to ``take``.

    ``read`` is a function of a module, and gives the same numbers whoever computes it. ``scores``
    is where scores come from, or a method of it; it is sent to each worker that lacks it, as what
    its method ``for_reading`` returns where it has one. ``asked`` is what all blocks of this pass
    share, such as prices. The boundaries of blocks do not depend on the number of workers;
    ``take(task, result)`` is called in any order, perhaps on several threads at once. ``pairs`` is
    how many are read in all: a short pass is no work for an executor.
    """
    crew = _crew.get()
    if crew is not None and not crew.broken and pairs >= SMALL_PASS:
        tasks = crew.run(read, (scores, asked), tasks, take)
    elif pairs <= TINY_PASS:
        for task in tasks:
            take(task, read(scores, asked, task))
        return
    run_parallel(lambda task: take(task, read(scores, asked, task)), tasks)
