"""Rights of the person."""
