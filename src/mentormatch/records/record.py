"""The record of a matching: enough for somebody else to check it, and to see what changed since."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
import pandas as pd

from mentormatch.certificates import verify
from mentormatch.cohort import SIDES, Side
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria import Criteria
from mentormatch.errors import MentorMatchError, RecordError
from mentormatch.matching.matching import Matching
from mentormatch.matching.status import Status
from mentormatch.proofs.as_data import id_from_data, rename_people
from mentormatch.proofs.certificate import Certificate
from mentormatch.records.content import ADDED, SCHEMA
from mentormatch.records.in_report import is_page, unpack_record
from mentormatch.records.inputs import inputs_of, what_changed
from mentormatch.records.pseudonyms import restore_ids
from mentormatch.safe_files import read_bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mentormatch.problem import Problem
    from mentormatch.records.content import Content

__all__ = ["FORMAT", "VERSION", "Record", "Verdict", "checksum_of", "load_matching"]

FORMAT = "mentormatch-record"
VERSION = 1
LARGEST_BYTES = 2**30
RELATIVE = 1e-9
# Of pairs that score otherwise than a record says, so many are named.
MOST_SCORES = 3


@dataclass(frozen=True)
class Verdict:
    """What came of checking a record.

    Parameters
    ----------
    ok
        The pairs are what the record claims, for this problem.
    findings
        What does not hold, in words.
    said
        What was checked.
    believed
        What rests on a solver's word and could not be recomputed.
    """

    ok: bool
    findings: tuple[str, ...]
    said: str
    believed: tuple[str, ...] = ()

    def __str__(self) -> str:
        word = "yes" if self.ok else "no"
        more = "".join(f"\n  {one}" for one in (*self.findings, *self.believed))
        return f"{word}: {self.said}{more}"


@dataclass(frozen=True, eq=False)
class Record:
    """A matching as it was saved; made by `mm.load_matching`.

    Attributes
    ----------
    pairs : DataFrame mentee, mentor, score
    strategy, engine, seed, status, notes, versions : how it was made
    pins, bans : DataFrame mentee, mentor, reason
    decisions : DataFrame decision, mentee, mentor, reason
    """

    content: Content = field(repr=False)

    @property
    def strategy(self) -> str:
        """Name of the strategy."""
        return self.content["strategy"]

    @property
    def engine(self) -> str | None:
        """Which solver found it."""
        return self.content["engine"]

    @property
    def seed(self) -> int | None:
        """Seed of the order of people and of any draw."""
        return self.content["seed"]

    @property
    def status(self) -> str:
        """How the search ended."""
        return self.content["status"]

    @property
    def notes(self) -> tuple[str, ...]:
        """What its reader should know: ties, rules that did not apply."""
        return tuple(map(str, self.content["notes"]))

    @property
    def versions(self) -> dict[str, str]:
        """Versions of what made it."""
        return dict(self.content["versions"])

    @property
    def total(self) -> float:
        """Sum of the scores of the pairs, as it was."""
        return float(self.content["total"])

    @property
    def pairs(self) -> pd.DataFrame:
        """The pairs: mentee, mentor, score."""
        mentees, mentors = self._ids("mentees"), self._ids("mentors")
        rows = self.content["pairs"]
        return pd.DataFrame(
            {
                "mentee": pd.Series([mentees[i] for i, _, _ in rows]).infer_objects(),
                "mentor": pd.Series([mentors[j] for _, j, _ in rows]).infer_objects(),
                "score": np.array([score for _, _, score in rows], dtype=np.float64),
            }
        )

    @property
    def pins(self) -> pd.DataFrame:
        """The pins with their reasons."""
        return self._rules("pins")

    @property
    def bans(self) -> pd.DataFrame:
        """The bans with their reasons."""
        return self._rules("bans")

    @property
    def decisions(self) -> pd.DataFrame:
        """What was decided by hand: decision ("pin" or "ban"), mentee, mentor, reason."""
        tables = [self.pins.assign(decision="pin"), self.bans.assign(decision="ban")]
        rows = [table for table in tables if len(table)] or tables[:1]
        return pd.concat(rows, ignore_index=True)[["decision", "mentee", "mentor", "reason"]]

    def _rules(self, name: Literal["pins", "bans"]) -> pd.DataFrame:
        rows = [
            (id_from_data(mentee, name), id_from_data(mentor, name), reason)
            for mentee, mentor, reason in self.content.get(name, ())
        ]
        return pd.DataFrame(rows, columns=["mentee", "mentor", "reason"], dtype=object)

    def criteria(self) -> Criteria | None:
        """The criteria; None where they could not be written down."""
        given = self.content["criteria"]
        return None if given is None else Criteria.from_dict(given)

    def _ids(self, side: Side) -> list[object]:
        return [id_from_data(one, side) for one in self.content[side]]

    # ------------------------------------------------------------------ against a problem

    def changes_since(self, problem: Problem) -> pd.DataFrame:
        """What of the inputs is not as it was when the record was saved.

        Returns
        -------
        DataFrame
            what, name, change: people who came, left or answered otherwise, columns, criteria,
            numbers. Empty where all is the same.
        """
        return what_changed(self.content, inputs_of(problem), problem)

    def matching(self, problem: Problem, key: str | None = None) -> Matching:
        """The matching, for the problem it was made for.

        Parameters
        ----------
        problem
            Read again from the same tables.
        key
            What the record was made pseudonymous with.

        Raises
        ------
        RecordError
            The record is pseudonymous, and no key was given or another.
        MatchingError
            The pairs are no matching of this problem.
        """
        rename = restore_ids(self.content, problem, key)
        pairs = self.pairs
        pairs["mentee"] = pairs["mentee"].map(rename)
        pairs["mentor"] = pairs["mentor"].map(rename)
        found = Matching.from_pairs(problem, pairs, strategy=self.strategy)
        given = self.content["certificate"]
        return Matching(
            problem,
            found.mentees,
            found.mentors,
            strategy=self.strategy,
            engine=self.engine,
            seed=self.seed,
            certificate=None if given is None else _certificate_of(given, rename),
            notes=self.notes,
        )

    def verify(self, problem: Problem, key: str | None = None) -> Verdict:
        """Recompute the proof from the pairs and prices, and say yes or no; no solver is asked.

        Parameters
        ----------
        problem, key
            As in `matching`.
        """
        rename = restore_ids(self.content, problem, key)
        if (stranger := self._of_others(problem, rename)) is not None:
            return Verdict(False, (stranger,), "the record is of another programme")
        changed = () if key is not None else tuple(_as_sentences(self.changes_since(problem)))
        try:
            matching = self.matching(problem, key)
        except RecordError:
            raise
        except MentorMatchError as error:
            return Verdict(False, (str(error), *changed), "the pairs do not fit this problem")
        findings = list(changed)
        said_total = abs(matching.total - self.total) > RELATIVE * max(1.0, abs(self.total))
        if said_total:
            findings.append(
                f"the record says total {self.total:.9g}, recomputed it is {matching.total:.9g}"
            )
        findings += self._other_scores(matching, rename)
        findings += self._other_claims(matching)
        if matching.certificate is None:
            said = self._without_proof(matching.total)
            return Verdict(not findings, tuple(findings), said)
        checked = verify(matching)
        # The total is said already.
        again = (
            f"the certificate says objective {self.total:.9g}, recomputed it is "
            f"{matching.total:.9g}"
        )
        findings += [one for one in checked.findings if one != again or not said_total]
        return Verdict(
            not findings,
            tuple(dict.fromkeys(findings)),
            str(checked.certificate),
            tuple(checked.believed),
        )

    def _other_scores(self, matching: Matching, rename: Callable[[object], object]) -> list[str]:
        """Say which pairs score otherwise than the record says; the total alone could agree."""
        mentees, mentors = ([rename(one) for one in self._ids(side)] for side in SIDES)
        said = {(mentees[i], mentors[j]): score for i, j, score in self.content["pairs"]}
        found = []
        for i, j, score in matching.pairs[["mentee", "mentor", "score"]].itertuples(index=False):
            written = said.get((i, j))
            if not isinstance(written, int | float) or not isfinite(score):
                continue
            if abs(written - score) > RELATIVE * max(1.0, abs(score)):
                found.append(
                    f"the record says that {i!r} with {j!r} scores {written:.9g}, recomputed "
                    f"it is {score:.9g}"
                )
        more = len(found) - MOST_SCORES
        said_more = [f"and so do {format_count(more, 'more pair')}"] if more > 0 else []
        return [*found[:MOST_SCORES], *said_more]

    def _other_claims(self, matching: Matching) -> list[str]:
        """Say where the record's own words do not go with the proof in it."""
        found = []
        held = matching.certificate
        proven = held is not None and held.proven
        elsewhere = held is None and self._is_proven_elsewhere
        if (self.status == Status.OPTIMAL) != proven and not elsewhere:
            holds = "a whole proof" if proven else "no whole proof"
            found.append(f"the record says {self.status!r}, and {holds} is in it")
        if held is not None and held.strategy and held.strategy != self.strategy:
            found.append(
                f"the record says that {self.strategy!r} made the pairs, its proof is of "
                f"{held.strategy!r}"
            )
        return found

    @property
    def _is_proven_elsewhere(self) -> bool:
        """Whether what the strategy proves is about more than the pairs that a record holds."""
        return self.strategy == "rematch" or "lottery" in self.strategy

    def _without_proof(self, total: float) -> str:
        """Say what was checked of pairs that no proof stands beside, and what was not."""
        kept = f"the pairs keep every rule of the problem, and their total is {total:.6g}"
        if self.strategy == "rematch":
            return (
                f"{kept}. That no rematch serves as many with fewer changes cannot be checked from "
                "this record, as the pairs of before are not in it: rematch proves it when it is "
                "run again"
            )
        if "lottery" in self.strategy:
            return (
                f"{kept}. What a lottery proves is about its probabilities, which a record of the "
                "pairs that were drawn does not hold: draw again with the seed to check it"
            )
        return f'"{self.strategy}" proves nothing; {kept}'

    def _of_others(self, problem: Problem, rename: Callable[[object], object]) -> str | None:
        """Say so where a whole side of the record is nobody of the problem."""
        for side in SIDES:
            here = set(problem.ids(side).tolist())
            recorded = self._ids(side)
            if recorded and not any(rename(one) in here for one in recorded):
                return (
                    f"None of the {len(recorded):,} {side} in the record is among those of the "
                    "programme. Name the programme file that the record was made from."
                )
        return None

    def __repr__(self) -> str:
        made = len(self.content["pairs"])
        return (
            f"Record({format_count(made, 'pair')} by {self.strategy}, total {self.total:.6g}, "
            f"{self.status}; "
            f"version {self.content['version']})"
        )


def _certificate_of(given: dict[str, object], rename: Callable[[object], object]) -> Certificate:
    """The certificate of a record, of people as ``rename`` calls them."""
    try:
        return Certificate.from_dict(rename_people(given, rename))
    except MentorMatchError as error:
        raise RecordError(f"The certificate in the record cannot be read: {error}") from None


def _as_sentences(changes: pd.DataFrame, limit: int = 12) -> list[str]:
    said = [f"{what} {name!r}: {change}" for what, name, change in changes.itertuples(index=False)]
    more = len(said) - limit
    return [*said[:limit], f"and {format_count(more, 'more change')}"] if more > 0 else said


def checksum_of(content: Mapping[str, object]) -> str:
    """Digest of everything but the digest itself."""
    rest = {key: value for key, value in content.items() if key != "checksum"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def load_matching(path: str | Path) -> Record:
    """Read a record that `Matching.save` wrote, or the one inside a report; nothing is executed.

    Parameters
    ----------
    path
        A JSON file, or a report that `Matching.to_html` wrote for a committee.

    Raises
    ------
    RecordError
        The file is not there or cannot be read; no JSON and no report, cut off, edited, of
        something else, or of a later version.
    """
    path = Path(path)
    try:
        raw = read_bounded(path, LARGEST_BYTES)
    except FileNotFoundError:
        folder = str(path.absolute().parent)
        raise RecordError(f"{path}: there is no such file in the folder {folder!r}.") from None
    except IsADirectoryError:
        raise RecordError(f"{path}: this is a folder. Name the file in it.") from None
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror or error}.") from None
    text = unpack_record(raw, path) if is_page(raw) else raw
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordError(
            f"{path} is no JSON that can be read to its end ({error}): it was cut off or changed. "
            "Take the file as Matching.save wrote it."
        ) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise RecordError(
            f"{path} is JSON, but no record of a matching. Records are written by "
            'matching.save("record.json").'
        )
    version = content.get("version")
    if version != VERSION:
        raise RecordError(
            f"{path} is a record of version {version!r}, and this package reads version {VERSION}. "
            "Read it with the version of mentormatch that wrote it."
        )
    for key, kinds in SCHEMA.items():
        if key in ADDED and key not in content:
            continue
        if key not in content or not isinstance(content[key], kinds):
            raise RecordError(f"{path}: the key {key!r} is missing or of another type.")
    if content["checksum"] != checksum_of(content):
        raise RecordError(
            f"{path} was changed after it was saved: its checksum is not that of its content. Take "
            "the file as Matching.save wrote it."
        )
    _check_people(path, content)
    _check_pairs(path, content)
    return Record(cast("Content", content))


def _check_people(path: Path, content: Mapping[str, Sequence[object]]) -> None:
    for side in SIDES:
        ids = pd.Series([json.dumps(one) for one in content[side]], dtype=object)
        twice = np.flatnonzero(ids.duplicated())
        if len(twice):
            raise RecordError(f"{path}: {content[side][twice[0]]!r} stands twice under {side!r}.")


def _check_pairs(path: Path, content: Mapping[str, Sequence[object]]) -> None:
    n, m = len(content["mentees"]), len(content["mentors"])
    for row in content["pairs"]:
        match row:
            case [int(i), int(j), int() | float()] if 0 <= i < n and 0 <= j < m:
                continue
        raise RecordError(f"{path}: {row!r} is no pair of the people in the record.")
    for name in ("pins", "bans"):
        for row in content.get(name, ()):
            match row:
                case [_, _, str() | None]:
                    continue
            raise RecordError(f"{path}: {row!r} under {name!r} is no mentee, mentor and reason.")
