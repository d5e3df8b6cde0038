"""Region, districts, schools and their hosts."""
