"""Say why ranks below several headings cannot be read as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.cohort.columns.answers import is_other
from mentormatch.cohort.columns.places import read_place
from mentormatch.cohort.names import ask_nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["say_rank_words", "say_unread_ranks"]

SHOWN = 3


def say_unread_ranks(
    name: str,
    rows: Sequence[Mapping[str, object]],
    options: Sequence[str],
    people: Collection[str],
) -> str:
    """Say why a question in which people rank the options is left out, and the cure.

    ``rows`` has what each row holds, by option, as ranks; ``people`` are ids and names of the
    people of the other table, in lower case.
    """
    ranked = [option for option in options if not is_other(option)]
    strangers = [option for option in ranked if option.strip().casefold() not in people]
    what = f'In "{name}" people rank answers, 1 before 2.'
    if len(strangers) == len(ranked):
        return (
            f"{what} What they rank is nobody of the other table, so it is left out: bring their "
            "choice into one column, best first."
        )
    if strangers:
        shown = "; ".join(f'"{one}"{ask_nearest(one, people)}' for one in strangers[:SHOWN])
        more = f" and {len(strangers) - SHOWN:,} more" if len(strangers) > SHOWN else ""
        return (
            f"{what} Some of those they rank are nobody of the other table: {shown}{more}. So it "
            "is left out: write the names in the headings as the other table has them, and run "
            "init again."
        )
    twice = sum(len({_rank_of(one) for one in row.values()}) < len(row) for row in rows)
    many = f"{twice:,} row gives" if twice == 1 else f"{twice:,} rows give"
    return (
        f"{what} They are people of the other table, but {many} one rank to several of them, or a "
        "rank that is higher than there are people. So it is left out: give each a rank of its own "
        "in the table and run init again; or, if the highest number is the best, read it as kind = "
        '"rating".'
    )


def say_rank_words(words: Sequence[str]) -> str:
    """Say how places among other words are numbered; empty where there are none."""
    if not any(read_place(word) for word in words):
        return ""
    return (
        " Some are places in an order: give the first place the highest number behind the = signs "
        "of read, the last one 1, and 0 to a word that says that somebody is not wanted."
    )


def _rank_of(cell: object) -> object:
    place = read_place(cell)
    return str(cell).strip() if place is None else place
