"""Random rankings with known laws: Mallows, Plackett–Luce, urn; all rankings at once.

A ranking is an array of places: entry (i, j) is the place of candidate j in the list of voter i, 0
for the best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "expected_swaps",
    "mallows_places",
    "phi_of_agreement",
    "places_of",
    "plackett_luce_places",
    "urn_places",
]

# From this agreement on everybody has the same list.
ALL_AGREE = 1 - 1e-12


def expected_swaps(candidates: int, phi: float) -> float:
    """Return the expected Kendall distance of a Mallows ranking from its centre.

    ``candidates`` is the length of the lists; ``phi`` the dispersion, from 0 (the centre itself) to
    1 (every list alike).
    """
    if phi >= 1:
        return candidates * (candidates - 1) / 4
    if phi <= 0:
        return 0.0
    powers = phi ** np.arange(1, candidates + 1)
    lengths = np.arange(1, candidates + 1)
    return float(candidates * phi / (1 - phi) - (lengths * powers / (1 - powers)).sum())


def phi_of_agreement(candidates: int, agreement: float) -> float:
    """Return the dispersion at which lists are ``1 − agreement`` of the way to uniform ones.

    The expected distance from the centre is ``(1 − agreement)`` of what it is for uniform lists, so
    that an agreement means the same for short lists and for long ones. Source: N. Boehmer, R.
    Bredereck, P. Faliszewski, R. Niedermeier and S. Szufa (2021), Putting a compass on the map of
    elections.
    """
    if candidates < 2 or agreement >= ALL_AGREE:
        return 0.0
    if agreement <= 0:
        return 1.0
    wanted = (1 - agreement) * candidates * (candidates - 1) / 4
    # Next to 1 the closed form cancels; there the distance is that of uniform lists.
    last = 1 - 1e-6
    if expected_swaps(candidates, last) <= wanted:
        return 1.0
    return float(brentq(lambda phi: expected_swaps(candidates, phi) - wanted, 1e-300, last))


def mallows_places(
    voters: int, candidates: int, agreement: float, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Draw Mallows rankings around the order 0, 1, 2, … by repeated insertion.

    Source: J.-P. Doignon, A. Pekeč and M. Regenwetter (2004), The repeated insertion model for
    rankings.
    """
    phi = phi_of_agreement(candidates, agreement)
    # Half the bytes are half the time.
    small = np.int16 if candidates <= np.iinfo(np.int16).max else np.int32
    places = np.zeros((candidates, voters), dtype=small)
    draws = rng.random((candidates, voters))
    for k in range(1, candidates):
        # The k-th candidate goes v places before the end of the list so far, with chance ∝ φ^v.
        if phi >= 1:
            before = (draws[k] * (k + 1)).astype(small)
        elif phi <= 0:
            before = np.zeros(voters, dtype=small)
        else:
            share = 1 - draws[k] * (1 - phi ** (k + 1))
            before = np.minimum(np.log(share) / np.log(phi), k).astype(small)
        place = (k - before).astype(small)
        earlier = places[:k]
        earlier += earlier >= place
        places[k] = place
    return np.ascontiguousarray(places.T, dtype=np.int32)


def plackett_luce_places(
    voters: int, log_weights: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int32]:
    """Draw rankings in which candidates are picked one by one with chances ∝ their weights.

    The order of log-weights plus Gumbel noise has this law. Source: J. I. Yellott (1977), The
    relationship between Luce's choice axiom, Thurstone's theory of comparative judgment, and the
    double exponential distribution.
    """
    noise = rng.gumbel(size=(voters, len(log_weights)))
    return places_of(log_weights + noise)


def urn_places(
    voters: int, candidates: int, agreement: float, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Draw rankings from Pólya's urn: a voter repeats an earlier list or draws one of its own.

    With agreement c the urn holds c/(1 − c) copies of each list drawn for one of all others.
    """
    own = places_of(rng.random((voters, candidates)))
    if voters < 2 or agreement <= 0:
        return own
    if agreement >= ALL_AGREE:
        return np.repeat(own[:1], voters, axis=0)
    copies = agreement / (1 - agreement) * np.arange(voters)
    repeats = rng.random(voters) < copies / (1 + copies)
    earlier = (rng.random(voters) * np.arange(voters)).astype(np.intp)
    source = np.arange(voters)
    for k in np.flatnonzero(repeats):
        source[k] = source[earlier[k]]
    return own[source]


def places_of(values: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the place of each candidate when larger values come first."""
    order = np.argsort(-values, axis=1)
    places = np.empty(values.shape, dtype=np.int32)
    np.put_along_axis(places, order, np.arange(values.shape[1], dtype=np.int32)[None, :], axis=1)
    return places
