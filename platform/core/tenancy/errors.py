"""What the door refuses, and why."""

from __future__ import annotations


class DoorError(RuntimeError):
    """Base of every refusal of the tenancy door."""


class ContextError(DoorError):
    """The context does not fit what was asked."""


class NoContextError(ContextError):
    """A statement, key or task without a school or the region around it."""

    def __init__(self, message: str = "no context: wrap the work in school(…) or region()") -> None:
        super().__init__(message)


class StampError(DoorError):
    """An object or queryset of one context was used in another."""


class ForbiddenSwitchError(DoorError):
    """A library tried to move the connection past the door."""
