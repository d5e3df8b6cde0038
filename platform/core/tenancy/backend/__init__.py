"""The database backend of the door: a session always has the role and path of the current context."""
