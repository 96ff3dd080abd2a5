"""HiGHS prints lines of its own; people who match see none of them, and everything else."""

from __future__ import annotations

import os
import sys
import threading

from mentormatch.solvers.programs.milp import without_messages


def test_lines_of_the_solver_are_dropped_and_all_others_come_through(capfd):
    with without_messages():
        os.write(1, b"HighsMipSolverData::transformNewIntegerFeasibleSolution tmpSolver.run();\n")
        os.write(1, b"High")
        os.write(1, b"est score: 3\nHighs")
        os.write(1, b"Something\nand the rest")
    assert capfd.readouterr().out == "Highest score: 3\nand the rest"


def test_what_is_written_before_and_after_is_in_its_place(capfd):
    sys.stdout.write("before\n")
    with without_messages():
        sys.stdout.write("within\n")
    sys.stdout.write("after\n")
    assert capfd.readouterr().out.splitlines() == ["before", "within", "after"]


def test_several_threads_share_one_filter(capfd):
    def work() -> None:
        for _ in range(20):
            with without_messages():
                os.write(1, b"HighsMipSolverData::x\n")
                os.write(1, b"line\n")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert capfd.readouterr().out == "line\n" * 80
