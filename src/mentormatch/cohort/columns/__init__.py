"""Columns and rows of tables before people are identified: grids, roles, rows per answer."""

from mentormatch.cohort.columns.filters import keep_rows
from mentormatch.cohort.columns.grid import Grid, find_grids, grid
from mentormatch.cohort.columns.long_tables import collect_rows
from mentormatch.cohort.columns.roles import RoleColumn, find_role_column, role_of, split_roles

__all__ = [
    "Grid",
    "RoleColumn",
    "collect_rows",
    "find_grids",
    "find_role_column",
    "grid",
    "keep_rows",
    "role_of",
    "split_roles",
]
