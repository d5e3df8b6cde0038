"""Rights of the person whose data a school holds: to see all of it, and to have it destroyed."""
