"""How the region reaches a school: invitations, a director's lost phone, temporary access. Never its data."""
