"""Checks of the reference data."""
