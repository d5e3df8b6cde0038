"""People who sign in: users, grants of roles, invitations, sign-ins. Tables live in every world."""
