"""How the platform itself is doing: freshness of figures, queues, versions of schools. Counts and codes, no people."""
