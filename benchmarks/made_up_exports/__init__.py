"""Pairs of sign-up tables as form tools export them, made up from a seed, each with its key."""

from made_up_exports.exports import Export, draw_exports
from made_up_exports.tools import TOOLS, write_export

__all__ = ["TOOLS", "Export", "draw_exports", "write_export"]
