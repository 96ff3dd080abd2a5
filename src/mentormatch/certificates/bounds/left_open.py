"""Pairs that a bound leaves open: reduced-cost fixing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility import row_slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["pairs_left_open"]

MOST_PAIRS = 300_000


def pairs_left_open(
    matching: Matching, gap: float, most: int = MOST_PAIRS
) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
    """Find the pairs that a matching within a gap of the bound can have, pins apart.

    A pair that loses more than the gap at the prices of the certificate is in no such matching.

    Parameters
    ----------
    matching
        One mentor for each mentee, no side rules, with a certificate by prices.
    gap
        In units of score.
    most
        None is returned where more pairs are open.
    """
    problem, certificate = matching.problem, matching.certificate
    assert certificate is not None
    prices = certificate.prices.reindex(problem.mentor_ids).to_numpy(np.float64)
    bonus = np.asarray(certificate.coverage_multipliers)[problem.priority_classes]
    bonus = np.where(problem.after_pins.covered, 0.0, bonus) + certificate.seats_multiplier
    slack = gap + 1e-9 * max(1.0, abs(certificate.bound))
    mentees, mentors, count = [np.empty(0, np.intp)], [np.empty(0, np.intp)], 0
    for rows in row_slices(*problem.shape):
        value = np.asarray(problem.open_scores(rows), np.float64) - prices + bonus[rows, None]
        value[problem.after_pins.demand[rows] == 0] = -np.inf
        best = np.maximum(value.max(axis=1, initial=0.0), 0.0)
        at, column = np.nonzero(value >= best[:, None] - slack)
        mentees.append(at + rows.start)
        mentors.append(column)
        count += len(at)
        if count > most:
            return None
    return np.concatenate(mentees), np.concatenate(mentors)
