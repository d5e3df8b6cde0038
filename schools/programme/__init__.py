"""The school's programme as a whole: home, people with everything about them, coverage, the record of acts."""
