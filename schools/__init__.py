"""A school's programme: everything that lives in the schema of one school."""
