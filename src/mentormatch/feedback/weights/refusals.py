"""Why weights stay, in sentences that name the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.compatibility.ids import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from mentormatch.feedback.answers.evidence import Evidence
    from mentormatch.feedback.answers.ratings import Outcome
    from mentormatch.feedback.weights.identification import Identification
    from mentormatch.feedback.weights.validation import Validation

__all__ = ["FEWEST", "WORDS", "why_kept", "why_not_adopted", "why_too_little"]

# Below this number of ratings the prior weights stay, whatever the ratings say.
FEWEST = 30
WORDS = {"rating": "the rating", "continued": "whether the pair went on", "goal": "the goal score"}


def why_kept(
    identified: Sequence[Identification], kept: NDArray[np.bool_], target: Outcome
) -> list[str]:
    """Say which weights stay because the answers tell too little about them."""
    names = [repr(one.label) for one, stays in zip(identified, kept, strict=True) if stays]
    if not names:
        return []
    noun = "the weight of" if len(names) == 1 else "the weights of"
    stay = "stays" if len(names) == 1 else "stay"
    return [
        f"To foretell {WORDS[target]}, {noun} {', '.join(names)} {stay}: the rated pairs are too "
        "alike there, or too few, to tell."
    ]


def why_too_little(evidence: Evidence, usable: NDArray[np.bool_], target: Outcome) -> str:
    """Say why nothing can be fitted."""
    if len(evidence) < FEWEST:
        answers = format_count(len(evidence), "answer is", "answers are")
        return (
            f"The weights stay: {answers} too few to learn from; it takes at least {FEWEST}, "
            f"which is {FEWEST - len(evidence)} more, to foretell {WORDS[target]}."
        )
    if not usable.any():
        return (
            "The weights stay: the rated pairs differ in no criterion that could foretell "
            f"{WORDS[target]}."
        )
    return f"The weights stay: for {WORDS[target]}, everybody gave the same answer."


def why_not_adopted(found: Validation, ratings: int, target: Outcome) -> str:
    """Say why what was fitted is not used, and how many more answers it would take."""
    if found.lower > 0 and found.gain_of_rounds is not None and found.gain_of_rounds <= 0:
        return (
            f"The weights stay: other weights foretell {WORDS[target]} better within the rounds, "
            "but not on a round that had no part in the fit."
        )
    if found.needed is None or found.needed <= ratings:
        return (
            f"The weights stay: on ratings that had no part in the fit, no other weights foretell "
            f"{WORDS[target]} better than these."
        )
    return (
        f"The weights stay: other weights foretell {WORDS[target]} a little better, but not beyond "
        f"doubt. If the gain is real, about {format_count(found.needed - ratings, 'more answer')} "
        "would show it."
    )
