"""Everything that puts the platform on a machine: containers, units, and the launcher behind `run.py`."""
