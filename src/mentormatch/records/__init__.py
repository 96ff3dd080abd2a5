"""Records of matchings: saved, loaded, and verified by somebody else."""

from mentormatch.records.in_report import pack_record
from mentormatch.records.record import Record, Verdict, load_matching
from mentormatch.records.saving import record_bytes, save_matching
from mentormatch.records.schema import record_schema

__all__ = [
    "Record",
    "Verdict",
    "load_matching",
    "pack_record",
    "record_bytes",
    "record_schema",
    "save_matching",
]
