"""Screens' common ground: base templates, components, charts, live parts; knows no domain word."""
