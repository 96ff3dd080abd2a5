"""The saved record inside a report: packed in, and read out again for a check."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mentormatch.errors import MentorMatchError, RecordError

if TYPE_CHECKING:
    from mentormatch.matching import Matching

__all__ = ["as_json", "pack_evidence", "read_evidence", "record_of"]

PLACE = re.compile(r'<script type="application/json" id="evidence">(.*?)</script>', re.DOTALL)
FORMAT = "mentormatch-evidence"
# A record of 100,000 pairs has about 10 MB; a file that unpacks to more than this is no record.
MOST_BYTES = 512 * 2**20
ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def as_json(value: Any) -> str:
    """Write JSON that may stand inside a script element: nothing in it can end the element."""
    text = json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=False
    )
    for sign, escape in ESCAPES.items():
        text = text.replace(sign, escape)
    # A lone half of a surrogate pair is no character and cannot be written as UTF-8.
    return text.encode("utf-8", errors="replace").decode("utf-8")


def record_of(matching: Matching) -> str | None:
    """Return the record of a matching as `Matching.save` writes it.

    Returns
    -------
    str, or None
        None where there can be no record, as with ids that are neither texts nor numbers.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "record.json")
        try:
            matching.save(path)
        except RecordError:
            return None
        return path.read_text("utf-8")


def pack_evidence(record: str) -> str:
    """Pack the text of a record for `read_evidence`; the same text gives the same bytes."""
    packed = gzip.compress(record.encode("utf-8"), compresslevel=9, mtime=0)
    return as_json({"format": FORMAT, "packed": base64.b64encode(packed).decode("ascii")})


def read_evidence(path: str | Path) -> str:
    """Read the saved record out of a report.

    Parameters
    ----------
    path
        A file that `Matching.to_html` wrote.

    Returns
    -------
    str
        The JSON text of the record, as `Matching.save` writes it. Nothing in the file is run.

    Raises
    ------
    MentorMatchError
        The file holds no record, or one that cannot be read.
    """
    text = Path(path).read_text("utf-8", errors="replace")
    found = PLACE.search(text)
    if found is None:
        raise MentorMatchError(
            f"{path} holds no record. A report has one when it was written for a committee; one "
            "for participants holds no pairs."
        )
    try:
        packed = json.loads(html.unescape(found[1]))
        content = base64.b64decode(packed["packed"], validate=True)
        unpacker = zlib.decompressobj(wbits=31)
        record = unpacker.decompress(content, MOST_BYTES)
        whole = unpacker.eof and packed["format"] == FORMAT
        result = record.decode("utf-8")
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise MentorMatchError(
            f"The record in {path} cannot be read, so the file was changed or cut off: {error}. "
            "Write the report again."
        ) from None
    if not whole:
        raise MentorMatchError(
            f"The record in {path} is cut off or too large to be one. Write the report again."
        )
    return result
