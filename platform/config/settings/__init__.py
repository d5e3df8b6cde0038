"""Settings by place: base for all, local for the demo, test for the check, production for a region."""
