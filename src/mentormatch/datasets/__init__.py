"""Synthetic programmes and markets of any size, PrefLib files, and the sample of the demo."""

from mentormatch.datasets.markets import MARKETS, market
from mentormatch.datasets.preflib import read_preflib
from mentormatch.datasets.synthetic import it_program, sample

__all__ = ["MARKETS", "it_program", "market", "read_preflib", "sample"]
