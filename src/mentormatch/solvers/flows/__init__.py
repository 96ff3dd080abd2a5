"""Transport problems as arcs: min-cost flow, coverage, potentials, laminar families."""
