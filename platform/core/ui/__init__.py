"""Base templates, components, assets."""
