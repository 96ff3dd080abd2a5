"""Two-sided markets: deferred acceptance, trading cycles, stable and popular matchings."""
