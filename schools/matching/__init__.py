"""Who works with whom: proposals from fit and rules, their review and their way to an order."""
