"""The launcher behind `run.py`: standard library only, because it runs before anything is installed."""
