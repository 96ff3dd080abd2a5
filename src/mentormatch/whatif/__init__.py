"""What would be if something were otherwise: scenarios, solved again and compared."""

from mentormatch.whatif import change
from mentormatch.whatif.scenario import Scenario, sensitivity, what_if, what_if_grid

__all__ = ["Scenario", "change", "sensitivity", "what_if", "what_if_grid"]
