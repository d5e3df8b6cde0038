"""Papers without which a mentor from outside may not, or should not, begin."""
