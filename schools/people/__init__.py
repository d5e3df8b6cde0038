"""People of a school: persons, kinds, guardianship, enrolments, classes."""
