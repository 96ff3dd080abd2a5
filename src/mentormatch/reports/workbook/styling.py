"""How the sheets look, and the cells that offer choices."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["add_choices", "add_sheet"]

HEAD, DECISION, LINE = "08656D", "FDEFD6", "DDE3E2"
WIDEST, NARROWEST = 48, 9
# Where columns are for decisions the sheet is wide, and sentences are broken sooner.
WIDEST_BESIDE = 30
A4 = 9
LINE_HEIGHT, MOST_LINES = 15, 6
OFFERS = "choices"


def add_sheet(
    book: Workbook,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    decide: int = 0,
    repeat: int = 0,
) -> Worksheet:
    """Add a sheet with a table: a head that stays, a filter, columns as wide as their text.

    Printed on A4 it is as wide as one page, or as two that begin with the same columns. Rows may be
    shorter than the head. ``decide`` is how many of the last columns are for decisions; ``repeat``
    how many of the first columns stand on both pages of two; 0: one page.
    """
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.append(list(heads))
    for row in rows:
        sheet.append(list(row))
    widest = WIDEST_BESIDE if decide else WIDEST
    fill = PatternFill("solid", start_color=HEAD)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), fill
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.freeze_panes = "C2" if decide else "B2"
    last = get_column_letter(len(heads))
    sheet.auto_filter.ref = f"A1:{last}{len(rows) + 1}"
    for place, head in enumerate(heads):
        cells = [row[place] for row in rows[:200] if place < len(row) and row[place] is not None]
        texts = [*head.split(), *map(str, cells)]
        width = max(NARROWEST, min(widest, max(len(one) for one in texts) + 3))
        is_decision = place >= len(heads) - decide
        sheet.column_dimensions[get_column_letter(place + 1)].width = 18 if is_decision else width
    top = Alignment(vertical="top")
    long = Alignment(vertical="top", wrap_text=True)
    number = Alignment(horizontal="right", vertical="top", indent=1)
    for cells in sheet.iter_rows(1, len(rows) + 1):
        lines = 1
        for cell in cells:
            width = sheet.column_dimensions[cell.column_letter].width
            if isinstance(cell.value, str) and len(cell.value) > width - 3:
                cell.alignment = long
                lines = max(lines, len(textwrap.wrap(cell.value, int(width) - 1)))
            elif cell.row > 1:
                cell.alignment = top
            if isinstance(cell.value, int | float):
                cell.number_format = "0.000" if cell.value % 1 else "0"
                cell.alignment = number
        # Not every program fits rows to their text when it opens a workbook.
        sheet.row_dimensions[cells[0].row].height = LINE_HEIGHT * min(lines, MOST_LINES)
    if decide:
        pale = PatternFill("solid", start_color=DECISION)
        edge = Side(style="thin", color=LINE)
        for cells in sheet.iter_rows(2, len(rows) + 1, len(heads) - decide + 1, len(heads)):
            for cell in cells:
                cell.fill, cell.border = pale, Border(edge, edge, edge, edge)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 2 if repeat else 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    if repeat:
        sheet.print_title_cols = f"A:{get_column_letter(repeat)}"
        sheet.page_setup.pageOrder = "overThenDown"
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.6, 0.8, 0.4
    sheet.oddFooter.center.text = "&A, page &P of &N"
    return sheet


def add_choices(
    sheet: Worksheet,
    before: int,
    count: int,
    words: Sequence[str],
    offered: Sequence[Sequence[object]],
) -> None:
    """Let the decision cells offer their words, and "change to" the mentors of its row.

    The decision columns come after the first ``before`` columns, in ``count`` rows. ``words`` are
    those of the decision; ``offered`` has for each row the mentors that may be chosen.
    """
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    if not count:
        return
    book = sheet.parent
    if OFFERS in book.sheetnames:
        choices = book[OFFERS]
    else:
        choices = book.create_sheet(OFFERS)
        choices.append(["sheet", "mentors who may be chosen"])
        choices.sheet_state = "hidden"
    first = choices.max_row + 1
    decision, change = get_column_letter(before + 1), get_column_letter(before + 2)
    listed = ",".join(words)
    rule = DataValidation("list", formula1=f'"{listed}"', allow_blank=True)
    rule.errorTitle, rule.error = "Decision", "Choose one of: " + ", ".join(words)
    rule.showErrorMessage = True
    sheet.add_data_validation(rule)
    rule.add(f"{decision}2:{decision}{count + 1}")
    for k, mentors in enumerate(offered):
        choices.append([sheet.title, *mentors])
        if not mentors:
            continue
        place = first + k
        span = f"{OFFERS}!$B${place}:${get_column_letter(len(mentors) + 1)}${place}"
        own = DataValidation("list", formula1=span, allow_blank=True)
        own.errorTitle, own.error = "Change to", "Choose a mentor whom this mentee may have."
        own.showErrorMessage = True
        own.errorStyle = "warning"
        sheet.add_data_validation(own)
        own.add(f"{change}{k + 2}")
