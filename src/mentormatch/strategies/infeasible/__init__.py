"""Problems without a matching: what is in conflict, the smallest conflict, the cheapest repair."""
