"""Checks of the region's orders about access to schools."""
