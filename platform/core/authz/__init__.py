"""The mechanism of permissions: roles, actors, decisions, policies of views. Knows no role by name."""

from core.authz.actor import Actor, Grant, Reach, anonymous, can, load_actor, system_actor
from core.authz.decisions import ALLOWED, Allowed, Decision, Denied, RefusedError, enforce
from core.authz.views import (
    Policy,
    PolicyKind,
    actor_of,
    declared,
    policy_of,
    public,
    requires,
    signed_in,
    signed_in_before_second_factor,
)

__all__ = [
    "ALLOWED",
    "Actor",
    "Allowed",
    "Decision",
    "Denied",
    "Grant",
    "Policy",
    "PolicyKind",
    "Reach",
    "RefusedError",
    "actor_of",
    "anonymous",
    "can",
    "declared",
    "enforce",
    "load_actor",
    "policy_of",
    "public",
    "requires",
    "signed_in",
    "signed_in_before_second_factor",
    "system_actor",
]
