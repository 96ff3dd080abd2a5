"""What would be if something were otherwise: scenarios, solved again and compared."""

from mentormatch.whatif import change
from mentormatch.whatif.scenario import Scenario, what_if, what_if_grid
from mentormatch.whatif.sensitivity import break_points, sensitivity

__all__ = ["Scenario", "break_points", "change", "sensitivity", "what_if", "what_if_grid"]
