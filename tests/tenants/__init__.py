"""Checks of the region schema: registry, reference data, provisioning."""
