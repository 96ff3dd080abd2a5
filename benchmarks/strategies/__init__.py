"""The benchmark of strategies: scenarios, strategies, peers and measures, each a small protocol."""
