"""Charts of the report: each as SVG with a title and a description, and its numbers beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from mentormatch.errors import MissingPackageError
from mentormatch.reports.charts import as_svg, styled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from altair import TopLevelMixin

__all__ = ["Figure", "clean_svg", "draw_figure"]

SVG = "http://www.w3.org/2000/svg"
WIDTH = re.compile(r'<svg width="([\d.]+)"')
# In pixels. All are drawn at their own size, so that letters are equally large in all. Between the
# least and the small one a drawing is shrunk to a phone, with letters of 9 px at least; the least
# fits one; half a page has no room for a large one.
LEAST, SMALL, LARGE = 272, 350, 530
# What a drawing needs; whatever else a renderer writes, such as styles and links, is left out.
TAGS = frozenset(
    (
        "svg",
        "g",
        "path",
        "rect",
        "circle",
        "line",
        "text",
        "tspan",
        "clipPath",
        "defs",
        "linearGradient",
        "stop",
        "title",
        "desc",
    )
)
ATTRIBUTES = frozenset(
    (
        "viewBox",
        "d",
        "x",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "dx",
        "dy",
        "width",
        "height",
        "fill",
        "stroke",
        "stroke-width",
        "stroke-dasharray",
        "stroke-opacity",
        "stroke-miterlimit",
        "stroke-linecap",
        "fill-opacity",
        "opacity",
        "transform",
        "clip-path",
        "text-anchor",
        "font-size",
        "font-weight",
        "font-style",
        "id",
        "offset",
        "stop-color",
        "dominant-baseline",
    )
)


@dataclass(frozen=True)
class Figure:
    """One chart of the report, with its numbers.

    Columns and rows are the numbers as they are shown; ``svg`` is None where charts are not
    installed.
    """

    title: str
    svg: str | None
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def size(self) -> str:
        """Say whether the drawing shrinks to a phone ("small") or needs the page ("large")."""
        found = WIDTH.match(self.svg or "")
        width = (SMALL + LARGE) / 2 if found is None else float(found[1])
        return "small" if LEAST < width <= SMALL else "large" if width > LARGE else ""


def draw_figure(
    key: str,
    title: str,
    description: str,
    chart: Callable[[], TopLevelMixin],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> Figure:
    """Draw a chart; without the packages for it, only its numbers are shown.

    ``key`` is a word that no other figure of the page has; the description is for those who do not
    see the drawing; ``chart`` makes the Altair chart.
    """
    try:
        svg = clean_svg(as_svg(styled(chart())), key, title, description)
    except MissingPackageError:
        svg = None
    return Figure(title, svg, columns, rows)


def clean_svg(svg: str, key: str, title: str, description: str) -> str:
    """Keep of a drawing only shapes and text, and give it a title and a description.

    Styles, scripts, links and event handlers are left out, so that the page needs no exception in
    its policy; ids get a prefix, so that several drawings can stand in one page.
    """
    ET.register_namespace("", SVG)
    root = ET.fromstring(svg)
    _clean(root, key)
    root.attrib.pop("height", None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{key}-title {key}-desc")
    body = "".join(ET.tostring(child, encoding="unicode") for child in root)
    body = body.replace(f' xmlns="{SVG}"', "")
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in root.attrib.items())
    return (
        f'<svg{attributes}><title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-desc">{escape(description)}</desc>{body}</svg>'
    )


def _clean(node: ET.Element, key: str) -> None:
    for name, value in list(node.attrib.items()):
        if name not in ATTRIBUTES:
            del node.attrib[name]
        elif name == "id":
            node.set(name, f"{key}-{value}")
        elif "url(" in value:
            node.set(name, value.replace("url(#", f"url(#{key}-"))
            if not node.attrib[name].startswith(f"url(#{key}-"):
                del node.attrib[name]
    for child in list(node):
        if child.tag.removeprefix(f"{{{SVG}}}") in TAGS:
            _clean(child, key)
        else:
            node.remove(child)
