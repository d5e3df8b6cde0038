"""The recount is itself tested: by hand-made cases for every rule, and by the worked sample region."""
