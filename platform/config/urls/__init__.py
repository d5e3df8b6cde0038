"""URLconfs: one of the region, one of a school, and none of its own for a host that is nobody's."""
