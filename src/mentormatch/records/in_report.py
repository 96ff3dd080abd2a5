"""The saved record inside a report: packed in, and read out again for a check."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import zlib
from typing import TYPE_CHECKING

from mentormatch.errors import RecordError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["is_page", "pack_record", "unpack_record"]

PLACE = re.compile(r'(<script type="application/json" id="evidence">)(.*?)(</script>)', re.DOTALL)
FORMAT = "mentormatch-evidence"
# A record of 100,000 pairs has about 10 MB; a file that unpacks to more than this is no record.
MOST_BYTES = 512 * 2**20


def pack_record(page: str, record: str) -> str:
    """Put a record into the place for it in a page, with a digest of the page around it.

    Parameters
    ----------
    page
        A page with an empty script element for the evidence.
    record
        JSON text of the record; the same page and text give the same bytes.
    """
    packed = gzip.compress(record.encode("utf-8"), compresslevel=9, mtime=0)
    evidence = json.dumps(
        {
            "format": FORMAT,
            "page": _digest_around(page),
            "packed": base64.b64encode(packed).decode("ascii"),
        },
        separators=(",", ":"),
    )
    return PLACE.sub(lambda found: found[1] + evidence + found[3], page, count=1)


def is_page(raw: bytes) -> bool:
    """Whether a file is a page rather than JSON."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def unpack_record(raw: bytes, path: str | Path) -> str:
    """Read the saved record out of the bytes of a report; nothing in it is run.

    The answer is the JSON text of the record, as `Matching.save` writes it. Raises RecordError if
    the page holds no record or one that cannot be read, or it was changed around the record.
    """
    text = raw.decode("utf-8", errors="replace")
    found = PLACE.search(text)
    if found is None:
        raise RecordError(
            f"{path} holds no record. A report has one when it was written for a committee; one "
            "for participants holds no pairs."
        )
    try:
        evidence = json.loads(found[2])
        content = base64.b64decode(evidence["packed"], validate=True)
        unpacker = zlib.decompressobj(wbits=31)
        record = unpacker.decompress(content, MOST_BYTES)
        whole = unpacker.eof and evidence["format"] == FORMAT
        page, result = evidence["page"], record.decode("utf-8")
    except (ValueError, KeyError, TypeError, RecursionError, zlib.error) as error:
        raise RecordError(
            f"The record in {path} cannot be read, so the file was changed or cut off "
            f"({type(error).__name__}: {error}). Write the report again."
        ) from None
    if not whole:
        raise RecordError(
            f"The record in {path} is cut off or too large to be one. Write the report again."
        )
    if page != _digest_around(text):
        raise RecordError(
            f"{path} was changed after it was written: what the page shows is not what was written "
            "with its record. Write the report again, or take the file as it was sent."
        )
    return result


def _digest_around(page: str) -> str:
    """Digest a page without its evidence; the way lines end does not count, as mail changes it."""
    around = PLACE.sub(r"\1\3", page.removeprefix("\ufeff"), count=1)
    return hashlib.sha256("\n".join(around.split("\r\n")).rstrip().encode()).hexdigest()
