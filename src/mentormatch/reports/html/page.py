"""Fill the template, and lock the page to exactly its own style and script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from mentormatch.reports.html.evidence import as_json
from mentormatch.reports.words import package_version

if TYPE_CHECKING:
    from jinja2 import Template

    from mentormatch.reports.html.catalogue import Catalogue

__all__ = ["render"]

PEOPLE_SECTIONS = ("pairs", "unmatched", "mentors")
SECTIONS = ("pairs", "unmatched", "mentors", "fairness", "stability", "criteria", "record")


@cache
def _part(name: str) -> str:
    return (files("mentormatch.reports.html") / "page" / name).read_text("utf-8").strip()


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(_part("page.html"))


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def render(
    words: Catalogue, *, data: dict[str, object], evidence: bool, committee: bool, **content: object
) -> str:
    """Render the page.

    ``data`` is what the script shows, written as JSON that cannot end its element; ``content`` what
    the template shows, with every text escaped. ``evidence``: there is a place for the record;
    ``committee``: the lists of people are there.
    """
    version = package_version()
    style, script = _part("page.css"), _part("page.js")
    shown = [name for name in SECTIONS if committee or name not in PEOPLE_SECTIONS]
    text: str = _template().render(
        w=words.page,
        lang=words.lang,
        version=version,
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        data=as_json(data),
        evidence=evidence,
        committee=committee,
        sections=[(name, words.page[name]) for name in shown],
        footer=words.say("footer", version=version),
        **content,
    )
    return text + "\n"
