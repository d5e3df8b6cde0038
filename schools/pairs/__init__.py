"""Pairs, groups and the orders that make them effective."""
