"""Tests of `run.py`: they start the real servers, on loopback, in folders of their own."""
