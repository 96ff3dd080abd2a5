"""Scores and eligibility of every pair, read in blocks of mentees."""

from mentormatch.compatibility.blocks import (
    Block,
    Reciprocity,
    Rows,
    Scorer,
    join_sides,
    row_slices,
)
from mentormatch.compatibility.compatibility import Compatibility
from mentormatch.compatibility.dense import DenseScorer

__all__ = [
    "Block",
    "Compatibility",
    "DenseScorer",
    "Reciprocity",
    "Rows",
    "Scorer",
    "join_sides",
    "row_slices",
]
