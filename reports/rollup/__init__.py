"""The roll-up: cells of schools, people counted once, frozen month-ends."""
