"""How objects show themselves in a notebook: a glance, a table, the one warning that matters."""

from mentormatch.reports.displays.display import display_html

__all__ = ["display_html"]
