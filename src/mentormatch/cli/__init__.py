"""The command line, one file for each group of commands; importing a file adds its commands."""

from mentormatch.cli import around_match, comparing, explaining, feedback, planning, sending
from mentormatch.cli.entrance import app, run

__all__ = [
    "app",
    "around_match",
    "comparing",
    "explaining",
    "feedback",
    "planning",
    "run",
    "sending",
]
