"""Questionnaires: what is asked of mentors and mentees, who has answered, and what came of it."""
