"""Stages solved one after the other, each keeping what the earlier ones reached."""
