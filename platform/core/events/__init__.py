"""Typed events, the outbox and the marks of changed schools."""
