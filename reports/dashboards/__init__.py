"""Coverage on the screen: figures of region, district and school, never a name."""
