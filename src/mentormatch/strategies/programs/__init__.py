"""Stages settled as integer programs."""
