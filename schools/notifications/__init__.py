"""News for an account: what somebody was asked, and where to answer it."""
