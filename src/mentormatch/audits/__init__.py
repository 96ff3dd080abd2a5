"""Audits of a matching: feasibility, optimality, stability, fairness; no solver is used."""

from mentormatch.audits.audit import Audit, audit
from mentormatch.audits.fairness.fairness import Fairness, fairness_of
from mentormatch.audits.feasibility import Feasibility, feasibility_of
from mentormatch.audits.optimality.optimality import Optimality, optimality_of
from mentormatch.audits.stability.blocking import Notion, blocking_pairs
from mentormatch.audits.stability.pareto import Pareto, pareto
from mentormatch.audits.stability.stability import PriceOfStability, Stability, stability_of

__all__ = [
    "Audit",
    "Fairness",
    "Feasibility",
    "Notion",
    "Optimality",
    "Pareto",
    "PriceOfStability",
    "Stability",
    "audit",
    "blocking_pairs",
    "fairness_of",
    "feasibility_of",
    "optimality_of",
    "pareto",
    "stability_of",
]
