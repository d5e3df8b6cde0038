"""The append-only record of every change, view and export."""
