"""What single cells look like: addresses, links, files, dates, codes, numbers and ranges."""

from __future__ import annotations

import re

__all__ = [
    "ADDRESS_OF_A_COMPUTER", "AMOUNT", "CODE", "DATE", "EMAIL", "FILES", "HOURS", "LINK", "MARK",
    "PHONE", "RANGE", "YEAR",
]  # fmt: skip

EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_LINK = r"(?:\w{2,}://|www\.)[^\s,;]+|[^\s,;/@]+\.(?:com|org|net|io)/[^\s,;]*"
_ENDING = r"\.(?:pdf|docx?|odt|rtf|pages|txt|png|jpe?g|gif|heic|webp|pptx?|xlsx?|zip|mp4|mov)"
# "cv.pdf", a link to one, and "cv.pdf (https://…)" as some tools write what was uploaded.
_FILE = (
    rf"(?:\w{{2,}}://[^\s,;]+{_ENDING}|[^\s,;/][^,;/\n]*?{_ENDING})"
    r"(?:\s*\(\s*https?://[^()\s]*\s*\))?"
)
LINK = re.compile(rf"(?:{_LINK})(?:[,;\s]+(?:{_LINK}))*")
FILES = re.compile(rf"(?:{_FILE})(?:\s*[,;\n]\s*(?:{_FILE}))*", re.IGNORECASE)
PHONE = re.compile(r"\+?[\d\s()/.-]{7,}")
_MONTH = r"[^\W\d]{3,12}\.?"
DATE = re.compile(
    r"(?:[^\W\d]{2,12}\.?,? )?(?:"
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ ,T]+\d{1,2}[:.]\d{2}.*)?"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th)? ?(?:de |of )?{_MONTH} ?,? ?(?:de |del )?\d{{4}}\b.*"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b.*)"
)
YEAR = re.compile(r"(?:19|20)\d\d")
CODE = re.compile(
    r"[0-9a-fA-F]{8,}|[0-9a-fA-F]{8}-[0-9a-fA-F-]{9,}|rec[0-9A-Za-z]{10,}"
    r"|(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{14,}"
)
ADDRESS_OF_A_COMPUTER = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]{6,}:[0-9a-fA-F:]+")
HOURS = re.compile(r"\d(?:[:.h]\d\d)?\s*(?:[ap]\.?m\.?|h|uhr)?\s*(?:-|–|to|bis|à|a|do|tot)\s*\d")
# A level or a rating behind a value: "Lua:3".
MARK = re.compile(r"\s*:\s*(\d+(?:[.,]\d+)?)$")
AMOUNT = re.compile(r"([+-]?\d+(?:[.,]\d+)?)(?:\s*%)?")
RANGE = re.compile(r"(\d\d)\s*[-–]\s*(\d\d)\D*")
