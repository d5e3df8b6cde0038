"""Papers of a school, made from its data: the order on pairs, the consents to be signed."""
