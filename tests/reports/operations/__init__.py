"""The platform watches itself."""
