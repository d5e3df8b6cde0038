"""One school as one file: made by the school's own role, checked to the last byte, restored beside running schools."""
