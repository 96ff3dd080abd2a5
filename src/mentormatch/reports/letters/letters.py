"""Rows for a mail merge, letters from a template, and a list of pairs for platforms."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import numpy as np
import pandas as pd

from mentormatch.cohort import SIDES, Side
from mentormatch.compatibility.ids import format_count
from mentormatch.displayed import Displayed
from mentormatch.errors import MentorMatchError, readable
from mentormatch.explanations import explain
from mentormatch.explanations.reasons import strongest_reasons
from mentormatch.handed_out import cached_table
from mentormatch.planning.calendars.events import file_stem
from mentormatch.reports.letters.voice import speak_to
from mentormatch.reports.words import people_names
from mentormatch.safe_files import as_csv, replace_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mentormatch.matching import Matching

__all__ = ["Letters", "make_letters"]

# What an expression in a template can raise.
WRONG_IN_TEMPLATES = (
    ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError,
    NotImplementedError, MemoryError,
)  # fmt: skip
OTHER: dict[Side, Side] = {"mentees": "mentors", "mentors": "mentees"}
KINDS = (".md", ".txt")
# What has a meaning in Markdown, and would be obeyed in a name.
MARKS = re.compile(r"([\\`*_{}\[\]<>|~])")
# What has one only where a line begins: a list, a heading.
LEADING = re.compile(r"^(\s*)([-+#](?=[\s#.)])|\d+(?=[.)](?:\s|$)))")
BREAKS = re.compile(r"\s*[\r\n\t\v\f]+\s*")


class Person(TypedDict):
    """Somebody, as a letter names them."""

    id: object
    name: str
    contact: str | None


class Partner(Person):
    """The other person of a pair, and why the two were matched."""

    reasons: list[str]


@dataclass(frozen=True, eq=False)
class Letters(Displayed):
    """What is sent to the people of a matching; made by `Matching.letters`.

    Parameters
    ----------
    matching
        The matching.
    contact
        The columns with addresses of mentees and of mentors; None: no addresses.
    n_reasons
        The most sentences of why, for each pair.
    """

    matching: Matching
    contact: tuple[str | None, str | None] = (None, None)
    n_reasons: int = 3

    @cached_property
    def _people(self) -> dict[Side, list[Person]]:
        """Id, name and contact of everybody, by side."""
        problem = self.matching.problem
        cohort = problem.compatibility.cohort
        people: dict[Side, list[Person]] = {}
        for side, address in zip(SIDES, self.contact, strict=True):
            ids = problem.ids(side)
            names = people_names(cohort, side, ids) or [readable(one) for one in ids]
            contacts: list[str | None] = [None] * len(ids)
            if address is not None and cohort is not None:
                of_ids = address == cohort.table(side).index.name
                column = ids.to_series() if of_ids else cohort.column(side, address)
                cells = zip(column, column.isna(), strict=True)
                contacts = [None if missing else readable(at) for at, missing in cells]
            people[side] = [
                {"id": own, "name": name, "contact": at}
                for own, name, at in zip(ids, names, contacts, strict=True)
            ]
        return people

    @cached_property
    def _without(self) -> dict[object, str]:
        """Why each mentee has no mentor, in words that tell nothing of anybody else.

        The committee's reason says whom bans and other people's wishes took away.
        """
        if self.matching.places.all():
            return {}
        texts = explain(self.matching).texts("mentee")[self.matching.places == 0]
        return {mentee: str(text) for mentee, text in texts.items()}

    @cached_property
    def _reasons(self) -> list[list[str]]:
        if not self.n_reasons:
            return [[] for _ in self.matching.mentees]
        return strongest_reasons(self.matching, self.n_reasons, say_none=False, protected=False)

    @cached_property
    def _pairs_of(self) -> dict[Side, list[list[int]]]:
        """Positions of the pairs of each person, by side."""
        n, m = self.matching.problem.shape
        of: dict[Side, list[list[int]]] = {
            "mentees": [[] for _ in range(n)],
            "mentors": [[] for _ in range(m)],
        }
        for k, (i, j) in enumerate(
            zip(self.matching.mentees.tolist(), self.matching.mentors.tolist(), strict=True)
        ):
            of["mentees"][i].append(k)
            of["mentors"][j].append(k)
        return of

    def _partners(self, side: Side, position: int) -> list[Partner]:
        """Return the other person of each pair of somebody, with the reasons of the pair."""
        there = self.matching.mentors if side == "mentees" else self.matching.mentees
        return [
            {
                **self._people[OTHER[side]][int(there[k])],
                "reasons": [speak_to(side, reason) for reason in self._reasons[k]],
            }
            for k in self._pairs_of[side][position]
        ]

    # ------------------------------------------------------------------ tables

    @cached_table
    def mentees(self) -> pd.DataFrame:
        """One row a mentee for a mail merge: whom, why, and how to reach them.

        Columns mentee, name, (contact,) mentor, mentor_name, (mentor_contact,) why; several mentors
        are separated by "; ".
        """
        return self._table("mentees", "mentee", "mentor")

    @cached_table
    def mentors(self) -> pd.DataFrame:
        """One row a mentor for a mail merge: mentor, name, (contact,) mentee, mentee_name, …."""
        return self._table("mentors", "mentor", "mentee")

    def _table(self, side: Side, own: str, other: str) -> pd.DataFrame:
        rows: list[dict[str, object]] = []
        for position, person in enumerate(self._people[side]):
            partners = self._partners(side, position)
            row: dict[str, object] = {
                own: person["id"],
                "name": person["name"],
                "contact": person["contact"],
            }
            row[other] = "; ".join(str(one["id"]) for one in partners)
            row[f"{other}_name"] = "; ".join(one["name"] for one in partners)
            row[f"{other}_contact"] = "; ".join(one["contact"] or "" for one in partners)
            if side == "mentees":
                said = [
                    ". ".join(f"{reason[:1].upper()}{reason[1:]}" for reason in one["reasons"])
                    for one in partners
                    if one["reasons"]
                ]
                why = "; ".join(said) if partners else self._without.get(person["id"], "")
                row["why"] = why
            rows.append(row)
        table = pd.DataFrame(rows)
        if self.contact == (None, None):
            table = table.drop(columns=["contact", f"{other}_contact"], errors="ignore")
        return table

    @cached_table
    def pairs(self) -> pd.DataFrame:
        """One row a pair, with both addresses, as platforms import it."""
        people, matching = self._people, self.matching
        columns: dict[str, list[object]] = {}
        both = zip(SIDES, (matching.mentees, matching.mentors), self.contact, strict=True)
        for side, positions, address in both:
            own = side[:-1]
            chosen = [people[side][int(k)] for k in positions]
            columns[own] = [one["id"] for one in chosen]
            columns[f"{own}_name"] = [one["name"] for one in chosen]
            if address is not None:
                columns[f"{own}_{address}"] = [one["contact"] for one in chosen]
        return pd.DataFrame(columns)

    # ------------------------------------------------------------------ letters

    def texts(
        self,
        *,
        mentee_template: str | Path | None = None,
        mentor_template: str | Path | None = None,
        kind: str = ".md",
    ) -> dict[tuple[str, object], str]:
        """Write one letter for each person.

        Parameters
        ----------
        mentee_template, mentor_template
            Jinja2 templates: a text, or a `Path` to a file. A mentee's may use ``name``,
            ``contact``, ``places`` (how many mentors are wanted), ``why`` and ``mentors``, each
            with ``name``, ``contact`` and ``reasons``; a mentor's ``name``, ``contact``, ``places``
            (how many mentees there is room for) and ``mentees``. None: those of the package.
        kind
            ".md": what people wrote cannot be taken for Markdown. ".txt": as it is.

        Returns
        -------
        dict
            The letter of ("mentee" or "mentor", id).

        Raises
        ------
        MentorMatchError
            A template that cannot be used: its line, and what it says.
        """
        if kind not in KINDS:
            raise MentorMatchError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}.")
        letters: dict[tuple[str, object], str] = {}
        problem = self.matching.problem
        places = {"mentees": problem.demands.tolist(), "mentors": problem.capacities.tolist()}
        for side, given in zip(SIDES, (mentee_template, mentor_template), strict=True):
            own, other = side[:-1], OTHER[side]
            template = _Template(given, own, kind)
            for position, person in enumerate(self._people[side]):
                partners = self._partners(side, position)
                content = {
                    "name": person["name"],
                    "contact": person["contact"],
                    "places": places[side][position],
                    "why": "" if partners else self._without.get(person["id"], ""),
                    other: partners,
                }
                letters[own, person["id"]] = template.fill(content)
        return letters

    def write(
        self,
        folder: str | Path,
        *,
        kind: str = ".md",
        overwrite: bool = False,
        delimiter: str = ",",
        **templates: str | Path | None,
    ) -> list[Path]:
        """Write mentees.csv, mentors.csv, pairs.csv, and a letter for each person; all or none.

        The name of a letter's file is made of the id of its reader alone, so that it is the same
        whoever else takes part; it stands in the column ``letter`` of mentees.csv and mentors.csv.

        Parameters
        ----------
        folder
            Must exist.
        kind
            ".md" or ".txt".
        overwrite
            Whether files that exist may be replaced.
        delimiter
            What stands between two cells of the lists.
        **templates
            ``mentee_template``, ``mentor_template``: see `texts`.

        Returns
        -------
        list of Path
            The files that were written.

        Raises
        ------
        FileExistsError
            A file exists and ``overwrite`` is False; nothing was written.
        """
        home = Path(folder)
        if not home.is_dir():
            raise MentorMatchError(f"There is no folder {str(home)!r}. Make it, or name another.")
        letters = self.texts(kind=kind, **templates)
        contents = {home / "pairs.csv": as_csv(self.pairs, delimiter=delimiter)}
        for side, table in zip(SIDES, (self.mentees, self.mentors), strict=True):
            own = side[:-1]
            people = [person["id"] for person in self._people[side]]
            names = [f"{own}-{stem}{kind}" for stem in _file_stems(people)]
            table = table.assign(letter=names)
            contents[home / f"{side}.csv"] = as_csv(table, delimiter=delimiter)
            for person, name in zip(people, names, strict=True):
                text = letters[own, person]
                contents[home / name] = text.encode("utf-8", errors="replace")
        replace_files(contents, overwrite=overwrite)
        return list(contents)

    def __repr__(self) -> str:
        n, m = self.matching.problem.shape
        return f"Letters({format_count(n, 'mentee')}, {format_count(m, 'mentor')})"


class _Template:
    """A template that can show what it is given and do nothing else."""

    def __init__(self, given: str | Path | None, own: str, kind: str) -> None:
        from jinja2 import StrictUndefined, TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        self.kind, self.error = kind, TemplateError
        environment = ImmutableSandboxedEnvironment(
            autoescape=False, undefined=StrictUndefined, keep_trailing_newline=True
        )
        self.name = str(given) if isinstance(given, Path) else f"the template of a {own}"
        if given is None:
            home = files("mentormatch.reports.letters") / "templates"
            text = (home / f"{own}.md").read_text("utf-8")
            text = text if kind == ".md" else text.replace("**", "")
        else:
            text = self._read(given) if isinstance(given, Path) else given
        try:
            self.template = environment.from_string(text)
        except TemplateError as error:
            raise self._refusal(error) from None

    def _read(self, path: Path) -> str:
        try:
            return path.read_text("utf-8-sig")
        except UnicodeDecodeError:
            raise MentorMatchError(
                f"{path} is no text in UTF-8. Save it again as UTF-8, with any name."
            ) from None
        except OSError as error:
            raise MentorMatchError(f"{path} cannot be read: {error.strerror or error}.") from None

    def fill(self, content: Mapping[str, object]) -> str:
        try:
            return self.template.render(self._plain(content))
        except (self.error, *WRONG_IN_TEMPLATES) as error:
            raise self._refusal(error) from None

    def _plain(self, value: object) -> object:
        if isinstance(value, dict):
            return {key: self._plain(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._plain(one) for one in value]
        if isinstance(value, str):
            text = BREAKS.sub(" ", readable(value))
            return _escape_markdown(text) if self.kind == ".md" else text
        return value.item() if isinstance(value, np.generic) else value

    def _refusal(self, error: Exception) -> MentorMatchError:
        line = getattr(error, "lineno", None)
        where = f", line {line}" if line else ""
        return MentorMatchError(
            f"{self.name}{where}: {error}. A template may use name, contact, places, why and "
            "mentors (or mentees), each with name, contact and reasons."
        )


def _file_stems(people: Sequence[object]) -> list[str]:
    """Name the files of people by their ids, each whoever the others are.

    Some systems do not tell Ada from ada in the name of a file; where both take part, both names
    get a mark of their own, so that neither is ever the name of the other.
    """
    stems = [file_stem(person) for person in people]
    folded = Counter(stem.casefold() for stem in stems)
    return [
        stem if folded[stem.casefold()] == 1 else f"{stem}-{_mark(person)}"
        for stem, person in zip(stems, people, strict=True)
    ]


def _mark(person: object) -> str:
    """Return a mark of an id that is as good as never that of another."""
    return hashlib.blake2b(repr(person).encode(), digest_size=8).hexdigest()


def _escape_markdown(text: str) -> str:
    """Write a text so that nothing in it is taken for Markdown."""
    text = MARKS.sub(r"\\\1", text)
    found = LEADING.match(text)
    if found is None:
        return text
    # The number of a list is escaped behind it: 1\. is no list.
    mark = f"\\{found[2]}" if not found[2].isdigit() else f"{found[2]}\\"
    return f"{found[1]}{mark}{text[found.end() :]}"


def make_letters(
    matching: Matching,
    *,
    contact: str | tuple[str | None, str | None] | None = None,
    reasons: int = 3,
) -> Letters:
    """Prepare what goes to people.

    Parameters
    ----------
    matching
        The matching.
    contact
        The column of both tables with addresses, such as "email", or that of the mentees and that
        of the mentors; the ids may be addresses too. None: no addresses are written.
    reasons
        The most sentences of why a mentor was chosen. They quote cells of both people; 0: none.

    Raises
    ------
    MentorMatchError
        The tables have no such column, or ``reasons`` is no whole number from 0 up.
    """
    if not isinstance(reasons, int) or isinstance(reasons, bool) or reasons < 0:
        raise MentorMatchError(
            f"reasons must be a whole number from 0 up, the most sentences a pair; got {reasons!r}."
        )
    cohort = matching.problem.compatibility.cohort
    addresses = (contact, contact) if contact is None or isinstance(contact, str) else contact
    for side, address in zip(SIDES, addresses, strict=True):
        table = None if cohort is None else cohort.table(side)
        named = None if table is None else table.index.name
        known = [] if table is None else [str(one) for one in table.columns]
        if address is not None and address != named and address not in known:
            raise MentorMatchError(
                f"The table of the {side} has no column {address!r} for addresses; it has "
                f"{', '.join(known) or 'no columns'}. Name the one with addresses."
            )
    return Letters(matching, addresses, reasons)
