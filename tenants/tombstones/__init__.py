"""What was destroyed for good, so that no restored copy brings it back: ids, never names."""
