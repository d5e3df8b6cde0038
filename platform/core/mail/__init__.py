"""Letters: which server takes them, one at a time with a plain answer of what became of it, and how many there were."""
