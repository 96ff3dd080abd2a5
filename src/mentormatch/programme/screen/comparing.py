"""Strategies side by side, in words for whoever has to choose one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.compatibility.ids import format_count
from mentormatch.programme.screen.paragraph import Paragraph

if TYPE_CHECKING:
    from pathlib import Path

    from mentormatch.comparison import Comparison

__all__ = ["describe_comparison"]


def describe_comparison(
    found: Comparison, output: Path | None = None, nearby: str | None = None
) -> list[Paragraph]:
    """Tell the figures of each strategy, then what each gives up.

    ``output`` is where the table was written, if anywhere; ``nearby`` what strategies do on known
    problems like this one, where that was asked for.
    """
    rows = found.table.to_dict("index")
    figures = [
        f"  {name}: {row['coverage']:.0f} matched; total {row['total']:.5g}; worst-off "
        f"{row['minimum']:.3g}; first choices {row['first_choices']:.0f}; "
        f"{row['blocking_pairs']:.0f} {'pair' if row['blocking_pairs'] == 1 else 'pairs'} would "
        f"rather leave together; {row['status']}"
        + (f"; the same pairs as {row['same_as']}" if row["same_as"] else "")
        for name, row in rows.items()
    ]
    words = [f"  {name}: {row['what_it_gives_up']}." for name, row in rows.items()]
    sections = [
        Paragraph(
            f"{format_count(len(rows), 'strategy', 'strategies')} on the same people",
            tuple(figures),
        ),
        Paragraph(f"What each gives up, compared with {found.reference}", tuple(words)),
    ]
    if nearby is not None:
        caution = "  Being alike is no promise: the figures above are those of your own people."
        sections.append(Paragraph("Problems like yours", (f"  {nearby}", caution)))
    if found.failures:
        lines = tuple(f"  {name}: {why}" for name, why in found.failures.items())
        sections.append(Paragraph("Not run", lines))
    unproven = [str(name) for name, row in rows.items() if not row["verified"]]
    checked = "every proof was checked again and holds"
    if unproven:
        checked = f"the proofs of {', '.join(unproven)} do not hold: report this as a fault"
    lines = (f"  {checked[0].upper()}{checked[1:]}.",)
    if output is not None:
        lines = (*lines, f"  The table is in {output}.")
    sections.append(Paragraph("Checked", lines))
    return sections
