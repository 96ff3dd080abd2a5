"""Matchings by preference lists: stable, popular, rank-maximal, trading."""
