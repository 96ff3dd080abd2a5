"""Records of matchings: saved, loaded, and verified by somebody else."""

from mentormatch.records.in_report import pack_record
from mentormatch.records.record import Record, Verdict, load_matching
from mentormatch.records.saving import save_matching

__all__ = ["Record", "Verdict", "load_matching", "pack_record", "save_matching"]
