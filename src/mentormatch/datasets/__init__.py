"""Synthetic programmes of any size, and the small sample of the demonstration."""

from mentormatch.datasets.synthetic import it_program, sample

__all__ = [
    "it_program",
    "sample",
]
