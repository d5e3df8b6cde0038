"""Commands of the rights of people."""
