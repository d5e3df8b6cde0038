"""The product in a real browser, and every text of every page."""
