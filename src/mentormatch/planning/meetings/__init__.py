"""Meetings that can really be met: candidates, schedules, and what stands in the way."""
