"""Pages of schools on the region's host: the register of them and each one's life."""
