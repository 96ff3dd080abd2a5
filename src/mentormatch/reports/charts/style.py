"""What all charts share: colours, type, and how they are shown without internet."""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from mentormatch.errors import MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from altair import TopLevelMixin
    from altair.utils import SchemaBase

__all__ = [
    "ACCENT",
    "CARE",
    "LINE",
    "SOFT",
    "as_svg",
    "split_tags",
    "styled",
    "use_offline",
]

Given = ParamSpec("Given")
Drawn = TypeVar("Drawn", bound="SchemaBase")
Shown = TypeVar("Shown", bound="TopLevelMixin")

# The report's style sheet replaces exactly these colours where the reader's screen is dark.
ACCENT, CARE, SOFT, LINE = "#08656d", "#7f4a00", "#53606d", "#dde3e2"
FONT = "system-ui, Inter, Segoe UI, Roboto, Liberation Sans, Arial, sans-serif"
# What ends a script, or begins one in it or a comment.
TAG = re.compile(r"<(?=/|!--|script)", re.IGNORECASE)
NEEDS = 'Charts need Altair and vl-convert: pip install "mentormatch-engine[charts]"'


def styled(chart: Shown) -> Shown:
    """Give a finished chart the colours and type of the report."""
    axis = {
        "labelColor": SOFT,
        "titleColor": SOFT,
        "gridColor": LINE,
        "domainColor": SOFT,
        "tickColor": SOFT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 260,
    }
    configured: Shown = chart.configure(
        font=FONT,
        background="transparent",
        padding=4,
        view={"stroke": None},
        axis=axis,
        header={"labelColor": SOFT, "titleColor": SOFT, "labelFontSize": 12, "labelLimit": 420},
        # Labels are measured in another font than the reader's: without room they touch.
        legend={
            "labelColor": SOFT,
            "titleColor": SOFT,
            "labelFontSize": 12,
            "columnPadding": 32,
        },
        title={"color": SOFT, "anchor": "start", "fontSize": 14},
    )
    return configured


def split_tags(draw: Callable[Given, Drawn]) -> Callable[Given, Drawn]:
    """Let a function that draws return charts whose labels end no script of a page.

    Altair writes labels into the script of ``chart.to_html()`` as they are; an invisible character
    is put into what would end it. Charts without such labels are returned as they were made.
    Without Altair nothing is drawn, and the error says which command installs it; what is wrong
    with the question is told before.
    """

    @functools.wraps(draw)
    def draw_safely(*args: Given.args, **kwargs: Given.kwargs) -> Drawn:
        try:
            chart = draw(*args, **kwargs)
        except ModuleNotFoundError as error:
            if error.name != "altair":
                raise
            raise MissingPackageError(NEEDS) from None
        text = json.dumps(chart.to_dict())
        safe = TAG.sub("<\u2060", text)
        return chart if safe == text else type(chart).from_dict(json.loads(safe))

    return draw_safely


def as_svg(chart: TopLevelMixin) -> str:
    """Draw a chart as SVG on this machine, without a browser and without internet.

    Raises MissingPackageError if vl-convert is not installed.
    """
    try:
        import vl_convert
    except ImportError:
        raise MissingPackageError(NEEDS) from None
    drawn: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return drawn


def use_offline(kind: str = "svg") -> None:
    """Show charts in notebooks as pictures that need no internet.

    Altair's own display loads JavaScript from the internet. After this call every chart of the
    session is drawn on this machine and kept in the notebook as a picture.

    Parameters
    ----------
    kind
        "svg", or "png" for pages that do not show SVG.
    """
    try:
        import altair
    except ImportError:
        raise MissingPackageError(NEEDS) from None
    altair.renderers.enable(kind)
