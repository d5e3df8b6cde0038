"""Dashboards of district and region: coverage as counts, from cells and frozen month-ends."""
