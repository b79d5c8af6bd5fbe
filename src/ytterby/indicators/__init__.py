"""Indicators of supply risk: one file each, found by the catalogue."""
