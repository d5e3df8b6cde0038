"""Tombstones."""
