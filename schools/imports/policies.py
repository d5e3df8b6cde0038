"""Who may import."""

from __future__ import annotations

from core.authz import Actor, Decision, can


def may_run_imports(actor: Actor) -> Decision:
    """Whether the actor may upload files, see what they say about people, and confirm."""
    return actor.has("imports.run")


def may_feed(actor: Actor) -> Decision:
    """Whether the actor may send the school's lists as a programme does, on a schedule."""
    return actor.has("imports.feed")


def may_bring_files(actor: Actor) -> Decision:
    """Whether the actor may have files checked and written: as a person in the wizard, or as a feed."""
    return can("imports.run", "imports.feed")(actor)


def may_set_feed(actor: Actor) -> Decision:
    """Whether the actor decides when a feed is written without a person."""
    return actor.has("imports.set_feed")
