"""Pages of signing in, of one's own account and of staff; the same in both worlds."""
