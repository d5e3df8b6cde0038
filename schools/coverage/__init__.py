"""The fact views: the only thing reports may read."""
