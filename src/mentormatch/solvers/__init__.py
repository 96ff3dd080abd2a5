"""Engines: they know arrays, or a function that yields blocks of them, never people."""

from mentormatch.solvers.assignment.choice import ENGINES, choose_engine, solve
from mentormatch.solvers.deadline import Deadline
from mentormatch.solvers.flows.transport import Answer, Limits, Transport

__all__ = ["ENGINES", "Answer", "Deadline", "Limits", "Transport", "choose_engine", "solve"]
