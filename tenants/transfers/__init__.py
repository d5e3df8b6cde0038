"""Transfers of pupils between schools: what both of them agreed to carry through the region's schema."""
