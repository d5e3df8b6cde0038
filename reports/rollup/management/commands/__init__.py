"""Management commands of the roll-up."""
