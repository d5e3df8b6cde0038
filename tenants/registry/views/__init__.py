"""Pages of the register on the region's host."""
