"""Tables before anybody is known by name: roles, grids, rows per wish, filters."""
