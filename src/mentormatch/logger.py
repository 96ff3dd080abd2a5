"""The logger of the package, silent unless the program that imports it listens."""

from __future__ import annotations

import logging

__all__ = ["LOGGER"]

LOGGER = logging.getLogger("mentormatch")
LOGGER.addHandler(logging.NullHandler())
