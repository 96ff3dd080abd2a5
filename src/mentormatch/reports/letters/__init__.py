"""What goes to people: one row or one letter for each mentee and mentor."""

from mentormatch.reports.letters.letters import Letters, make_letters

__all__ = ["Letters", "make_letters"]
