"""What would be if something were otherwise: scenarios, solved again and compared."""

from mentormatch.whatif.scenario import Scenario, sensitivity, what_if, what_if_grid

__all__ = ["Scenario", "sensitivity", "what_if", "what_if_grid"]
