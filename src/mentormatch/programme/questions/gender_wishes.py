"""Who seems to ask for a mentor, or a mentee, of one gender: said first, and read by nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.small_words import folded_words
from mentormatch.cohort.names import heading_words, list_rows, word_set
from mentormatch.criteria.cells.answers import NO_PREFERENCE
from mentormatch.criteria.words.gender_wishes import asks_for_gender, wishes_gender
from mentormatch.criteria.words.protected import protected_attribute
from mentormatch.programme.questions.remarks import OTHER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mentormatch.cohort import Cohort, Side

__all__ = ["GenderWishes", "find_gender_wishes"]

NO_WISH = (
    NO_PREFERENCE
    | folded_words(
        "no", "letter_for_no", "false", "none", "no_answer", "nothing", "unknown", "anything"
    )
    | {"0", "any gender", "all genders", "both", "rather not say"}
)
POLITE = word_set("thanks thank you please danke bitte merci gracias grazie obrigada obrigado")


class GenderWishes(NamedTuple):
    """Who of one table seems to ask for somebody of one gender."""

    side: Side
    rows: Mapping[str, Collection[int]]  # by column, the row numbers
    people: int  # how many people they are

    def tell(self, cohort: Cohort, *, whole: bool = False) -> str:
        """Say how many ask, in which rows, that nothing reads it, and what would."""
        role = OTHER[self.side].removesuffix("s")
        people = self.side if self.people > 1 else self.side.removesuffix("s")
        seem = "seem" if self.people > 1 else "seems"
        where = "; ".join(
            f'"{column}", {list_rows(rows, whole=whole, where=": validate --all")}'
            for column, rows in self.rows.items()
        )
        said = (
            f"{self.people:,} {people} {seem} to ask for a {role} of one gender ({where}). Nothing "
            "reads it: gender is a protected attribute, so whether such a wish counts is for the "
            "programme to decide. "
        )
        own = [
            str(name)
            for name in cohort.table(OTHER[self.side]).columns
            if protected_attribute(str(name)) == "gender"
            and not asks_for_gender(str(name), self.side)
        ]
        if not own:
            return (
                f"{said}If it shall, the table of the {role}s needs a column with their gender "
                "first."
            )
        column = json.dumps(own[0], ensure_ascii=False)
        entry = f'kind = "Same", {self.side.removesuffix("s")} = "…", {role} = {column}'
        return (
            f"{said}If it shall, write the gender that is asked for into a column of the "
            f"{self.side}, as {column} of the {role}s has it, and nothing for whoever does not "
            f"ask; then add [[criteria]] with {entry}, where … is that column, and "
            "weight = 1 for a wish, or no weight for a rule that no pair may break."
        )


def find_gender_wishes(
    cohort: Cohort, read: Mapping[Side, Collection[str]] | None = None
) -> list[GenderWishes]:
    """Find who of each table seems to ask for somebody of one gender.

    ``read`` has by side the columns that the programme reads; they are passed over where they ask
    for it.
    """
    found = []
    for side in SIDES:
        table, of = cohort.table(side), OTHER[side]
        people = cohort.person_columns(side).all
        rows: dict[str, list[int]] = {}
        who: set[int] = set()
        for name in map(str, table.columns):
            asks = asks_for_gender(name, of)
            if name in people or (asks and name in (read or {}).get(side, ())):
                continue
            for k, cell in enumerate(table[name].tolist()):
                ticked = isinstance(cell, int | float) and cell == 1
                text = cell.strip() if isinstance(cell, str) else "yes" if ticked else ""
                if asks:
                    wishes = bool(text) and not _says_no(text)
                else:
                    wishes = " " in text and wishes_gender(text, of)
                if wishes:
                    row = int(cohort.rows[SIDES.index(side)][k])
                    rows.setdefault(name, []).append(row)
                    who.add(k)
        if who:
            found.append(GenderWishes(side, rows, len(who)))
    return found


def _says_no(answer: str) -> bool:
    """Tell whether an answer wishes nothing; "No men" does."""
    words = heading_words(answer)
    return any(
        " ".join(some) in NO_WISH for some in (words, [one for one in words if one not in POLITE])
    )
