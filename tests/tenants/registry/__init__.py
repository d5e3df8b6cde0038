"""Checks of the register of districts and schools."""
