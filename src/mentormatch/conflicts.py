"""What is in conflict where nothing can be matched, and what would repair it, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    import pandas as pd

__all__ = ["Condition", "Conflict", "Repair", "Repairs"]

MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a matching must keep, as data.

    Parameters
    ----------
    kind
        "pin", "minimum", "minimum if used", "quota", "apart", "together", or "other" for what is
        known in words only, such as what a strategy asks for by itself.
    name
        What it asks for, in words.
    people
        Ids: mentee and mentor of a pin, the mentor of a minimum, two mentees of a pair; empty where
        a quota is about groups.
    amount
        The number that it asks for; None where there is none.
    """

    kind: str
    name: str
    people: tuple[Hashable, ...] = ()
    amount: int | None = None

    def __str__(self) -> str:
        """Return the condition as one line."""
        return f"{self.kind}: {self.name}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Conditions that cannot all hold with the people who are eligible, and the capacities.

    Parameters
    ----------
    conditions
        Without any one of them, the others can hold, unless the time was over before.
    proven_smallest
        No conflict has fewer conditions; False where the time was over before that was known.
    """

    conditions: tuple[Condition, ...]
    proven_smallest: bool

    def __len__(self) -> int:
        return len(self.conditions)

    def __iter__(self) -> Iterator[Condition]:
        return iter(self.conditions)

    def __str__(self) -> str:
        """Return the conditions as lines."""
        word = "No conflict is smaller" if self.proven_smallest else "There may be a smaller one"
        title = "These conditions cannot all hold" if len(self) > 1 else "This cannot hold"
        return f"{title}:\n{_as_lines(self.conditions)}\n{word}."

    def to_frame(self) -> pd.DataFrame:
        """Return the conditions as a DataFrame: kind, name, people, amount."""
        import pandas as pd

        columns = ["kind", "name", "people", "amount"]
        rows = [[getattr(one, name) for name in columns] for one in self.conditions]
        return pd.DataFrame(rows, columns=columns).astype({"amount": "Int64"})


Kind = Literal["minimum", "minimum if used", "quota", "seat", "pin", "apart", "together"]


@dataclass(frozen=True, slots=True)
class Repair:
    """One change of a repair.

    Parameters
    ----------
    kind
        What is changed: a number, "seat" for a capacity, or a pin or pair that is dropped.
    name
        The change in words.
    people
        Ids of whom it is about; empty where a quota is about groups.
    by
        Units: how far a number moves, 1 for what is dropped.
    condition
        Place of the condition among those of its kind in the problem (mentor, pin, quota, pair).
    is_raised
        True: a largest number is raised. False: a least number is lowered, or something dropped.
    """

    kind: Kind
    name: str
    people: tuple[Hashable, ...]
    by: int
    condition: int
    is_raised: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Repairs:
    """The cheapest changes that make a matching possible.

    Parameters
    ----------
    changes
        To be made together.
    cost
        Units of all changes.
    bound
        No repair costs less, in units.
    proven
        ``cost`` is as little as there is.
    make
        Returns the problem with the changes.
    """

    changes: tuple[Repair, ...]
    cost: int
    bound: int
    proven: bool
    make: Callable[[], object]

    def __len__(self) -> int:
        return len(self.changes)

    def __iter__(self) -> Iterator[Repair]:
        return iter(self.changes)

    def __str__(self) -> str:
        """Return the changes as lines, and what is known of their cost."""
        known = "No repair costs less" if self.proven else f"None costs less than {self.bound}"
        units = "1 unit" if self.cost == 1 else f"{self.cost} units"
        return f"It becomes possible by {units} of change:\n{_as_lines(self.changes)}\n{known}."

    def to_frame(self) -> pd.DataFrame:
        """Return the changes as a DataFrame: kind, name, people, by."""
        import pandas as pd

        columns = ["kind", "name", "people", "by"]
        rows = [[getattr(one, name) for name in columns] for one in self.changes]
        return pd.DataFrame(rows, columns=columns)

    def apply(self) -> object:
        """Return the `Problem` with the changes, which has a matching."""
        return self.make()


def _as_lines(things: tuple[object, ...]) -> str:
    lines = [f"  {one}" for one in things[:MOST_LINES]]
    if len(things) > MOST_LINES:
        lines.append(f"  … and {len(things) - MOST_LINES} more")
    return "\n".join(lines)
