"""The kernel: knows no school, no bank, no domain word."""
