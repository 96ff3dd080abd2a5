"""Checks for criteria and strategies of other packages, as scikit-learn has for estimators."""

from mentormatch.testing.criterion_checks import check_criterion
from mentormatch.testing.strategy_checks import check_strategy

__all__ = ["check_criterion", "check_strategy"]
