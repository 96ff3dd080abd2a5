"""Objects that show themselves in a notebook, by what lies above them and is imported then."""

from __future__ import annotations

__all__ = ["Displayed"]


class Displayed:
    """Something that `mentormatch.reports` knows how to show in a notebook."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from mentormatch.reports import display_html

        return display_html(self)
