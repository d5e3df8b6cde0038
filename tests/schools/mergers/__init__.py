"""Mergers of two schools, inside them."""
