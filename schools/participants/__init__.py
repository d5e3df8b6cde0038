"""What mentors, mentees and parents see of their own, and the way to say «мне некомфортно»."""
