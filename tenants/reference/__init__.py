"""Reference data of the region, with versions."""
