"""What must hold of every kind of criterion, on a cohort that it can read."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import SIDES, Cohort
from mentormatch.criteria import Criteria, CriteriaScorer, Criterion
from mentormatch.errors import CohortError, CriterionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentormatch.cohort import Side
    from mentormatch.criteria.interface.fitted import Fitted

__all__ = ["check_criterion", "require"]

# Cells of a made-up cohort: lists, numbers as text, blanks, repeats.
CELLS = ("1", "2", "1; 2", "3", None, "1", "2; 3", "2", None)
# What a value may differ by when it is computed beside other values.
ROUNDING = 1e-12


def check_criterion(criterion: Criterion, cohort: Cohort | None = None) -> tuple[str, ...]:
    """Check that a criterion keeps what scoring relies on.

    Parameters
    ----------
    criterion
        The criterion, with its parameters.
    cohort
        People whose columns it can read, best with blanks and repeated cells among them; None: one
        is made up whose cells hold small numbers.

    Returns
    -------
    tuple of str
        The names of the checks that were made.

    Raises
    ------
    AssertionError
        What does not hold, with the first people for whom it does not.
    CriterionError
        A kind instead of a criterion, or made-up cells that it cannot read.

    Examples
    --------
    >>> import mentormatch as mm
    >>> mm.testing.check_criterion(mm.criteria.Same("field", weight=1))[:3]
    ('bounds', 'missing', 'a pair alone')
    """
    if not isinstance(criterion, Criterion):
        raise CriterionError(
            f"check_criterion needs a criterion with its parameters, got {criterion!r}. Make one, "
            "such as MyKind('column')."
        )
    cohort = _made_up(criterion) if cohort is None else cohort
    before = {side: cohort.table(side).copy(deep=True) for side in SIDES}
    try:
        fitted = criterion.fit(cohort)
    except CohortError as error:
        raise CriterionError(
            f"{criterion.label} cannot read the cells of the cohort: {error}. Give check_criterion "
            "a cohort that it can read."
        ) from error
    checks: dict[str, Callable[[], None]] = {
        "bounds": lambda: _bounds(fitted),
        "missing": lambda: _missing(fitted),
        "a pair alone": lambda: _alone(fitted),
        "fit again": lambda: _again(fitted, criterion.fit(cohort)),
        "permutation": lambda: _permutation(criterion, cohort, fitted),
        "profiles": lambda: _profiles(fitted),
        "blocks": lambda: _blocks(criterion, cohort),
        "rules": lambda: _rules(criterion, cohort),
        "sentences": lambda: _sentences(fitted),
        "frozen": lambda: _frozen(criterion),
        "tables unchanged": lambda: _unchanged(cohort, before),
    }
    for check in checks.values():
        check()
    return tuple(checks)


def _made_up(criterion: Criterion) -> Cohort:
    """A cohort with the columns that a criterion reads."""
    tables = [
        pd.DataFrame(
            {
                column: [CELLS[(k + shift + 2 * number) % len(CELLS)] for k in range(size)]
                for number, column in enumerate(criterion.columns[side])
            },
            index=pd.Index([f"{side[:6]} {k}" for k in range(size)], name="person"),
        )
        for side, size, shift in zip(SIDES, (9, 7), (0, 3), strict=True)
    ]
    return Cohort(*tables)


def require(holds: bool, sentence: str) -> None:
    """Raise what does not hold: an assert statement would be taken out by python -O."""
    if not holds:
        raise AssertionError(sentence)


def _values(fitted: Fitted) -> np.ndarray:
    everybody = np.indices(fitted.shape).reshape(2, -1)
    return np.asarray(fitted.pairs(*everybody)).reshape(fitted.shape)


def _bounds(fitted: Fitted) -> None:
    values = _values(fitted)
    wrong = np.argwhere((values < 0) | (values > 1))
    require(
        not len(wrong),
        f"values must lie between 0 and 1, or be NaN; found {values[tuple(wrong[0])]:g} for the "
        f"pair {tuple(wrong[0].tolist())}." if len(wrong) else "",
    )  # fmt: skip


def _missing(fitted: Fitted) -> None:
    values = _values(fitted)
    empty = fitted.mentee_missing[:, None] | fitted.mentor_missing
    require(bool(np.isnan(values[empty]).all()), "a pair with an empty cell must be missing (NaN).")
    require(
        fitted.missing_by_pair or not np.isnan(values[~empty]).any(),
        "a pair whose cells are filled in is NaN, and missing_by_pair is False.",
    )


def _alone(fitted: Fitted) -> None:
    values = _values(fitted)
    for i, j in np.argwhere(np.ones(fitted.shape, dtype=bool))[:: max(1, values.size // 40)]:
        one = fitted.pairs(np.array([i]), np.array([j]))[0]
        require(
            _equal(one, values[i, j]),
            f"the value of the pair ({i}, {j}) depends on which other pairs are asked for: {one!r} "
            f"alone, {values[i, j]!r} among all.",
        )


def _equal(one: object, other: object) -> bool:
    return bool(np.allclose(one, other, rtol=0, atol=ROUNDING, equal_nan=True))  # type: ignore[arg-type]


def _again(one: Fitted, other: Fitted) -> None:
    require(_equal(_values(one), _values(other)), "fitting twice must give the same values.")


def _permutation(criterion: Criterion, cohort: Cohort, fitted: Fitted) -> None:
    rng = np.random.default_rng(0)
    n, m = fitted.shape
    mentees, mentors = rng.permutation(n), rng.permutation(m)
    expected = _values(fitted)[np.ix_(mentees, mentors)]
    taken = fitted.take(mentees, mentors)
    require(_equal(_values(taken), expected), "take must reorder the values with the people.")
    again = criterion.fit(cohort.take(mentees, mentors))
    require(_equal(_values(again), expected), "the order of rows must not change a value.")


def _profiles(fitted: Fitted) -> None:
    values = _values(fitted)
    codes = fitted.mentee_codes
    known = set(codes.tolist())
    require(
        len(codes) == fitted.shape[0] and known == set(range(len(known))),
        "mentee_codes must number the profiles of mentees from 0 without holes.",
    )
    for code in set(codes.tolist()):
        rows = values[codes == code]
        require(
            all(_equal(row, rows[0]) for row in rows),
            f"mentees of one code ({code}) must have the same values.",
        )


def _blocks(criterion: Criterion, cohort: Cohort) -> None:
    try:
        weighed = replace(criterion, weight=1.0) if criterion.weight is None else criterion
    except CriterionError:
        # A kind that is only ever a rule has no values to add up.
        weighed = criterion
    for missing in ("neutral", "skip"):
        for precision in ("float64", "float32"):
            criteria = Criteria(weighed, missing=missing)
            scorer = criteria.score(cohort, precision=precision).scorer
            n = scorer.shape[0]
            whole = scorer.block(slice(0, n))
            pairs = scorer.pairs(*np.indices(scorer.shape).reshape(2, -1))
            exact = pairs.scores.reshape(scorer.shape)
            differs = np.abs(whole.scores - exact) > scorer.error + ROUNDING
            require(
                not differs.any() and bool((np.isnan(whole.scores) == np.isnan(exact)).all()),
                f"a {precision} block differs from its pairs by more than the stated error "
                f"{scorer.error:g}: block_error is too small, or product, raw and present differ.",
            )
            for rows in (slice(0, n // 2), slice(n // 2, n)):
                part = scorer.block(rows)
                require(
                    np.array_equal(part.scores, whole.scores[rows], equal_nan=True)
                    or bool(np.nanmax(np.abs(part.scores - whole.scores[rows])) <= scorer.error),
                    "a block must not depend on which rows are read with it.",
                )


def _rules(criterion: Criterion, cohort: Cohort) -> None:
    compatibility = Criteria(criterion).score(cohort)
    scorer = compatibility.scorer
    if not isinstance(scorer, CriteriaScorer):
        return
    eligible = scorer.block(slice(0, scorer.shape[0])).eligible
    for i, j in np.ndindex(*scorer.shape):
        said = scorer.reasons(i, j)
        require(
            bool(said) != bool(eligible[i, j]),
            f"the pair ({i}, {j}) is {'eligible' if eligible[i, j] else 'ineligible'}, and its "
            f"reasons are {said!r}.",
        )


def _sentences(fitted: Fitted) -> None:
    for i, j in np.ndindex(*fitted.shape):
        said = fitted.sentence(i, j)
        require(
            isinstance(said, str) and bool(said.strip()),
            f"the pair ({i}, {j}) has no sentence; words must say why it has its value.",
        )


def _frozen(criterion: Criterion) -> None:
    for one in fields(criterion):
        try:
            setattr(criterion, one.name, getattr(criterion, one.name))
        except FrozenInstanceError:
            continue
        raise AssertionError(
            f"{type(criterion).__name__}.{one.name} can be set: use @dataclass(frozen=True)."
        )


def _unchanged(cohort: Cohort, before: dict[Side, pd.DataFrame]) -> None:
    for side in SIDES:
        require(cohort.table(side).equals(before[side]), f"the table of the {side} was changed.")
