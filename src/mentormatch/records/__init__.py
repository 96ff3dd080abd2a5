"""Records of matchings: saved, loaded, and verified by somebody else."""

from mentormatch.records.record import Record, Verdict, load_matching
from mentormatch.records.saving import save_matching

__all__ = ["Record", "Verdict", "load_matching", "save_matching"]
