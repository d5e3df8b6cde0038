"""Commands that make accounts on a host."""
