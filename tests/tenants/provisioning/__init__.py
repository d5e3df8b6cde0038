"""Checks of provisioning: the life of a school."""
