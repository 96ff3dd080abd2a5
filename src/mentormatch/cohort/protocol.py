"""CohortLike: what a cohort consists of, for the files that build, choose from, and show one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.cohort.identity.choose import Kind
    from mentormatch.cohort.identity.duplicates import Duplicates
    from mentormatch.cohort.names import PerSide, Side
    from mentormatch.cohort.readings import Reading
    from mentormatch.errors import Finding

__all__ = ["CohortLike"]


class CohortLike(Protocol):
    """The attributes of a `Cohort`."""

    @property
    def mentees(self) -> pd.DataFrame:
        """Return the table of mentees."""
        ...

    @property
    def mentors(self) -> pd.DataFrame:
        """Return the table of mentors."""
        ...

    @property
    def id(self) -> PerSide:
        """Return what ids are called."""
        ...

    @property
    def id_kinds(self) -> tuple[Kind | None, Kind | None]:
        """Return what kind the ids are."""
        ...

    @property
    def duplicates(self) -> Duplicates:
        """Return how repeated people are treated."""
        ...

    @property
    def separators(self) -> Mapping[str, str | Collection[str]] | None:
        """Return given separators by column."""
        ...

    @property
    def options(self) -> Mapping[str, Collection[str]] | None:
        """Return given options by column."""
        ...

    @property
    def missing(self) -> Collection[str] | None:
        """Return the words for no answer."""
        ...

    @property
    def labelled(self) -> bool:
        """Return whether ids are more than positions."""
        ...

    @property
    def sources(self) -> tuple[str, str]:
        """Return what findings call the tables."""
        ...

    @property
    def rows(self) -> tuple[NDArray[np.int64], ...]:
        """Return row numbers by side."""
        ...

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Return what was put right."""
        ...

    @property
    def decisions(self) -> tuple[Reading, ...]:
        """Return readings of whole tables."""
        ...

    @property
    def emptied(self) -> Mapping[Side, Mapping[str, Mapping[int, str]]] | None:
        """Return what stood in emptied cells."""
        ...

    @property
    def named(self) -> frozenset[tuple[str, ...]]:
        """Return the words of people's names in the files."""
        ...

    def table(self, side: Side) -> pd.DataFrame:
        """Return the table of one side."""
        ...

    def __getstate__(self) -> dict[str, object]: ...
