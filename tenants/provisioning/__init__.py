"""Making a school's schema, role and rights."""
