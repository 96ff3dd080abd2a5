"""Checks of a share of the best total that a strategy is to keep."""

from __future__ import annotations

from mentormatch.errors import InfeasibleError, MentorMatchError, ProblemError, is_number

__all__ = ["check_budget", "check_expected", "check_share_has_meaning"]


def check_budget(name: str, keep_total: float | None) -> None:
    """Refuse a share of the best total that is none."""
    if keep_total is not None and not (is_number(keep_total) and 0 < keep_total <= 1):
        raise MentorMatchError(
            f"{name} needs keep_total as a share of the best total, above 0 and at most 1 (0.95 "
            f"keeps 95 %), or None; got {keep_total!r}."
        )


def check_share_has_meaning(best: float) -> None:
    """Refuse a share of a best total that is not above 0."""
    if best <= 0:
        raise ProblemError(
            f"keep_total is a share of the best total, which is {best:.6g} here: a share of it has "
            "no meaning. Leave keep_total out, or add a constant to all scores."
        )


def check_expected(name: str, share: float, best: float, expected: float, blur: float) -> None:
    """Refuse an expectation below its share of the best total; ``blur`` of it is rounding."""
    if best <= 0 or expected < share * best - blur * abs(best):
        raise InfeasibleError(
            f"{name} expects a total of {expected:.6g}, less than {share:g} of the best total "
            f"{best:.6g}. Lower keep_total" + (", or raise the cap." if name == "lottery" else ".")
        )
