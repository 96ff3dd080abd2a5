"""Same and Different: whether two people share a value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, get_args

import numpy as np
from scipy import sparse

from mentormatch.cohort import SIDES, Side, clean_name
from mentormatch.criteria.cells.answers import read_organisation, read_yes
from mentormatch.criteria.cells.equal import equal_reader
from mentormatch.criteria.cells.meant_people import find_meant
from mentormatch.criteria.cells.tokens import (
    Sets,
    collect_errors,
    find_near_misses,
    incidence,
    read_cells,
    read_sets,
)
from mentormatch.criteria.interface.criterion import TwoColumnCriterion, check_word, set_fields
from mentormatch.criteria.interface.fitted import BY_MENTEE, BY_MENTOR, Fitted
from mentormatch.criteria.interface.products import Product, dot_pairs
from mentormatch.criteria.kinds.named_people import (
    WrittenOtherwise,
    find_doubtful,
    match_names,
    say_taken,
)
from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.interface.arrays import Csr, Floats, Positions
    from mentormatch.criteria.interface.buffers import Buffers

__all__ = ["Different", "FittedShared", "Same"]

# A rule that forbids fewer pairs than this per person is a list of pairs, not a block.
FEW_PER_PERSON = 4
ACCENTS = re.compile("[\u0300-\u036f]")
Part: TypeAlias = Literal["domain"]


@dataclass(frozen=True, repr=False)
class _Shared(TwoColumnCriterion):
    """Two columns whose cells are compared as sets of values, without regard to case."""

    weight: float | None = field(default=None, kw_only=True)
    when: str | Mapping[Side, str] | None = field(default=None, kw_only=True)
    part: Part | None = field(default=None, kw_only=True)

    is_rule_without_weight: ClassVar[bool] = True
    counts_shared: ClassVar[bool] = True

    @property
    def label(self) -> str:
        """The name, else the kind with its columns."""
        if self.name is not None:
            return self.name
        said = [repr(one) for one in dict.fromkeys((self.mentee_column, self.mentor_column))]
        if self.part is not None:
            said.append(f"part={self.part!r}")
        if self.when is not None:
            said.append(f"when={self.when!r}")
        return f"{self.kind}({', '.join(said)})"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.part is not None:
            check_word(f"{self.kind}: part", self.part, get_args(Part))
        when: object = self.when
        if isinstance(when, Mapping):
            unknown = [side for side in when if side not in SIDES]
            if unknown or not when or not all(isinstance(one, str) for one in when.values()):
                raise CriterionError(
                    f"{self.kind}: when must be a column, or name one by table such as "
                    f"{{'mentees': 'only same gender'}}; got {when!r}."
                )
            set_fields(self, when=dict(when))
        elif when is not None and not (isinstance(when, str) and when.strip()):
            raise CriterionError(f"{self.kind}: when must be the name of a column, got {when!r}.")

    def fit(self, cohort: Cohort) -> FittedShared:
        """Read both columns, and who asks; see `Criterion.fit`."""
        columns: dict[Side, str] = {"mentees": self.mentee_column, "mentors": self.mentor_column}
        read = read_organisation if self.part == "domain" else equal_reader(cohort, columns)
        people = _find_people(cohort, columns)
        mentees, mentors, asking = collect_errors(
            *(
                lambda side=side, name=name: read_sets(
                    cohort, side, name, read, are_people=people not in (None, side)
                )
                for side, name in columns.items()
            ),
            lambda: self._asking(cohort),
        )
        otherwise = WrittenOtherwise()
        # As whom not to meet is read; a name that is left out forbids no pair.
        if people is not None and not self.counts_shared and self.weight is None:
            own = columns[people]
            if people == "mentors":
                mentees, otherwise = match_names(cohort, people, mentees, mentors, own, within=True)
            else:
                mentors, otherwise = match_names(cohort, people, mentors, mentees, own, within=True)
        shared = sorted(mentees.names & mentors.names)
        column = {name: k for k, name in enumerate(shared)}

        def entries(name: str, amount: float) -> tuple[tuple[int, float], ...]:
            return ((column[name], amount),) if name in column else ()

        return FittedShared(
            criterion=self,
            mentee_codes=np.unique(2 * mentees.codes + asking[0], return_inverse=True)[1].astype(
                np.intp
            ),
            mentee_missing=mentees.missing,
            mentor_missing=mentors.missing,
            mentees=mentees,
            mentors=mentors,
            left=incidence(mentees, len(shared), entries),
            right=incidence(mentors, len(shared), entries),
            mentee_asks=asking[0],
            mentor_asks=asking[1],
            people=people,
            otherwise=otherwise,
        )

    def _asking(self, cohort: Cohort) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Who asks for it, by table; everybody where nobody needs to."""
        sizes = {side: len(cohort.table(side)) for side in SIDES}
        if self.when is None:
            return tuple(np.ones(sizes[side], dtype=bool) for side in SIDES)  # type: ignore[return-value]
        named: Mapping[Side, str]
        if isinstance(self.when, str):
            name = clean_name(self.when)
            named = {side: name for side in SIDES if name in cohort.table(side).columns}
            # Neither table has it: that of the mentees says so, with the nearest name.
            named = named or {"mentees": name}
        else:
            named = self.when
        asks = {side: np.zeros(sizes[side], dtype=bool) for side in SIDES}
        answers = [
            lambda side=side, name=name: read_cells(cohort, side, name, read_yes)
            for side, name in named.items()
        ]
        for side, (codes, said) in zip(named, collect_errors(*answers), strict=True):
            asks[side] = np.array(said, dtype=bool)[codes]
        return asks["mentees"], asks["mentors"]


@dataclass(frozen=True, repr=False)
class Same(_Shared):
    """Both people have a value in common.

    A cell with several values shares when one of them is among the other's, so a mentee's only
    value may be one of many of a mentor. Case and space make no difference. Without a weight it is
    a hard rule.

    Parameters
    ----------
    column
        The name of the column when both tables have it; otherwise give ``mentee`` and ``mentor``.
    mentee, mentor
        The name of the column in each table.
    when
        A column of yes and no in which mentees, or mentors, or both ask for it; or one by table,
        ``{"mentees": "only same gender"}``. Pairs in which nobody asks have value 1.
    part
        "domain": of e-mail addresses only the organisation is compared, by the domain that it
        holds; sub-domains are of the same one, and providers of private mail of none.
    weight, side, minimum, name
        See `Criterion`; without a weight pairs of value 0 are ineligible.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"team": ["Platform", "Data"]}, index=["ada", "bob"])
    >>> mentors = pd.DataFrame({"team": ["platform", None]}, index=["linus", "grace"])
    >>> same = mm.criteria.Same("team", weight=1)
    >>> compatibility = mm.Criteria(same).score(mm.Cohort(mentees, mentors))
    >>> compatibility.dense().tolist()   # grace's cell is empty, which counts as 0.5
    [[1.0, 0.5], [0.0, 0.5]]
    """


@dataclass(frozen=True, repr=False)
class Different(_Shared):
    """The two people have no value in common.

    Without a weight it is a hard rule: ``Different("team")``, or ``Different(mentee="manager",
    mentor="id")`` for "not one's own manager". Such people are read as by `Avoids`: a name in
    another order of words, or an id in its place, is that person's, which is a note.

    Parameters
    ----------
    column, mentee, mentor
        As in `Same`.
    when
        A column of yes and no in which mentees, or mentors, or both ask for it; or one by table,
        ``{"mentees": "only same gender"}``. Pairs in which nobody asks have value 1.
    part
        "domain": of e-mail addresses only the organisation is compared, by the domain that it
        holds; sub-domains are of the same one, and providers of private mail of none.
    weight, side, minimum, name
        See `Criterion`; without a weight pairs of value 0 are ineligible.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"team": ["Platform", "Data"]}, index=["ada", "bob"])
    >>> mentors = pd.DataFrame({"team": ["platform", None]}, index=["linus", "grace"])
    >>> different = mm.criteria.Different("team")
    >>> compatibility = mm.Criteria(different).score(mm.Cohort(mentees, mentors))
    >>> compatibility.why_ineligible("ada", "linus")
    "Different('team'): both have 'Platform'"
    """

    counts_shared: ClassVar[bool] = False


@dataclass(frozen=True, eq=False)
class FittedShared(Fitted):
    """Who has which of the values that occur on both sides."""

    criterion: _Shared
    mentees: Sets = field(metadata=BY_MENTEE)
    mentors: Sets = field(metadata=BY_MENTOR)
    left: Csr = field(metadata=BY_MENTEE)
    right: Csr = field(metadata=BY_MENTOR)
    mentee_asks: NDArray[np.bool_] = field(metadata=BY_MENTEE)
    mentor_asks: NDArray[np.bool_] = field(metadata=BY_MENTOR)
    # Whose own names or ids one of the columns holds, such as those of superiors; None otherwise.
    people: Side | None = None
    otherwise: WrittenOtherwise = field(default_factory=WrittenOtherwise)

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """1 or 0; see `Fitted.present`."""
        shared = np.minimum(dot_pairs(self.left, self.right, mentees, mentors), 1.0)
        value = shared if self.criterion.counts_shared else 1.0 - shared
        return np.where(self.mentee_asks[mentees] | self.mentor_asks[mentors], value, 1.0)

    def words(self, mentee: int, mentor: int) -> str:
        """Name what is shared, or what both have instead, and who asks for it."""
        asking = [
            who
            for who, asks in (
                ("mentee", self.mentee_asks[mentee]),
                ("mentor", self.mentor_asks[mentor]),
            )
            if asks
        ]
        if not asking:
            return "neither of the two asks for it"
        who = (
            "" if self.criterion.when is None else f"; asked for by the {' and the '.join(asking)}"
        )
        mine, theirs = self.mentees.of(mentee), self.mentors.of(mentor)
        common = [name for name in mine if name in theirs]
        if common:
            return f"both have {_listed(self.mentees, common)}{who}"
        return f"{_listed(self.mentees, mine)} and {_listed(self.mentors, theirs)} differ{who}"

    @property
    def near_misses(self) -> tuple[tuple[str, str], ...]:
        """Values that are compared as two though they may mean one; see `Fitted.near_misses`."""
        mentees, mentors = self.mentees.names, self.mentors.names
        near = {**_two_spellings(mentees & mentors), **find_near_misses(mentees, mentors)}
        if self.people == "mentors":
            near |= find_meant(mentees, mentors)
        elif self.people == "mentees":
            near |= {b: a for a, b in find_meant(mentors, mentees).items()}
        return tuple((self.mentees.shown[a], self.mentors.shown[b]) for a, b in near.items())

    def doubtful(
        self, mentees: Positions, mentors: Positions, called: Mapping[Side, Sets]
    ) -> list[tuple[int, str, str]]:
        """Of a rule about superiors and the like, pairs in which one may mean the other."""
        if self.people is None or self.criterion.counts_shared or self.criterion.weight is not None:
            return []
        names = called.get(self.people)
        if self.people == "mentors":
            return find_doubtful(self.mentees, self.mentors, mentees, mentors, names)
        return find_doubtful(self.mentors, self.mentees, mentors, mentees, names)

    @property
    def notes(self) -> tuple[str, ...]:
        """Names that are taken for others, and values that are written in two ways."""
        near, taken = self.near_misses, say_taken(self.otherwise)
        if not near:
            return taken
        shown = "; ".join(f"{a!r} of the mentees and {b!r} of the mentors" for a, b in near[:3])
        more = "" if len(near) <= 3 else f"; and {len(near) - 3:,} more"
        return (
            *taken,
            f"{shown}{more}: they differ in {_how(self.people)} only, and count as two values. If "
            "they mean the same, write both alike.",
        )

    @property
    def notes_quote_people(self) -> bool:
        """Names of people are quoted where a column names them."""
        return self.people is not None

    @property
    def rule_gaps(self) -> tuple[int, int]:
        """How many people have an empty cell where they, or somebody on the other side, ask."""
        asks = (self.mentee_asks, self.mentor_asks)
        missing = (self.mentee_missing, self.mentor_missing)
        gaps = [
            int((empty & (own | other.any())).sum())
            for empty, own, other in zip(missing, asks, asks[::-1], strict=True)
        ]
        return gaps[0], gaps[1]

    @property
    def is_linear(self) -> bool:
        """True when nobody can share more than one value, and everybody is asked alike."""
        if self.criterion.when is not None:
            return False
        most = [int(np.diff(array.indptr).max(initial=0)) for array in (self.left, self.right)]
        return min(most) <= 1

    def product(self) -> Product:
        """How many values two people share."""
        if self.is_linear and not self.criterion.counts_shared:
            return Product(-self.left, self.right, offset=1.0)
        return Product(self.left, self.right)

    def link(self, raw: Floats, rows: Positions, columns: slice, buffers: Buffers) -> None:
        """Turn numbers of shared values into 1 or 0."""
        if self.is_linear:
            if not self.criterion.counts_shared:
                raw += 1  # the offset of the product
            return
        np.clip(raw, 0, 1, out=raw)
        if not self.criterion.counts_shared:
            np.subtract(1, raw, out=raw)
        if self.criterion.when is not None:
            raw[~(self.mentee_asks[rows][:, None] | self.mentor_asks[columns])] = 1

    def few_zeros(self) -> Csr | None:
        """The pairs of value 0, when they are few enough for a list."""
        if self.criterion.counts_shared:
            return None
        many = np.bincount(self.left.indices, minlength=self.left.shape[1]) @ np.bincount(
            self.right.indices, minlength=self.right.shape[1]
        )
        if many > FEW_PER_PERSON * sum(self.shape):
            return None
        zeros: Csr = (self.left @ self.right.T).tocsr()
        if self.criterion.when is None:
            return zeros
        pairs = zeros.tocoo()
        asked = self.mentee_asks[pairs.row] | self.mentor_asks[pairs.col]
        where = (pairs.row[asked], pairs.col[asked])
        return sparse.coo_array((pairs.data[asked], where), shape=zeros.shape).tocsr()


def _how(people: Side | None) -> str:
    names = "" if people is None else "a part of the name, a letter, "
    return f"{names}accents, signs, zeros in front or the order of words"


def _find_people(cohort: Cohort, columns: Mapping[Side, str]) -> Side | None:
    """Whose own names or ids stand in their column, where the other one names people."""
    known = {side: cohort.person_columns(side) for side in columns}
    own = {
        side: name
        for side, one in columns.items()
        if (name := clean_name(one)) == cohort.table(side).index.name
        or (cohort.heading_of(side, one) or name) in (*known[side].names, *known[side].keys)
    }
    # One question to both is of nobody else: "Name" and "Name".
    if len(own) == 2 and len(set(own.values())) == 1:
        return None
    # "Reports to (name)" may be all that the table of the mentees has of names.
    return next((side for side in reversed(SIDES) if side in own), None)


def _two_spellings(names: Iterable[str]) -> dict[str, str]:
    """Find names that stand there twice, with accents or a hyphen and without."""
    found: dict[str, str] = {}
    near = {}
    for name in sorted(names):
        # Marks of other scripts are letters of their own.
        plain = ACCENTS.sub("", unicodedata.normalize("NFKD", name)).replace("-", " ")
        if found.setdefault(plain, name) != name:
            near[name] = found[plain]
    return near


def _listed(sets: Sets, names: Iterable[str]) -> str:
    return ", ".join(repr(sets.shown[name]) for name in names)
