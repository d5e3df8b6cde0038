"""Plans and meetings: what a pair or a group agrees to do, when it meets, and what its mentor reports at the end."""
