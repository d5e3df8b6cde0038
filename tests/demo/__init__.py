"""The demonstration region shows what it promises, on any day somebody starts it."""
