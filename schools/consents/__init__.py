"""Consents of people."""
