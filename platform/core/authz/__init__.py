"""The mechanism of permissions: roles, actors, decisions, policies of views. Knows no role by name."""

from core.authz.actor import Actor, Grant, Reach, anonymous, can, load_actor, narrowed, system_actor
from core.authz.decisions import ALLOWED, Allowed, Decision, Denied, RefusedError, enforce
from core.authz.views import (
    MethodPolicies,
    Policy,
    PolicyKind,
    actor_of,
    ask,
    asks_itself,
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
    "MethodPolicies",
    "Policy",
    "PolicyKind",
    "Reach",
    "RefusedError",
    "actor_of",
    "anonymous",
    "ask",
    "asks_itself",
    "can",
    "declared",
    "enforce",
    "load_actor",
    "narrowed",
    "policy_of",
    "public",
    "requires",
    "signed_in",
    "signed_in_before_second_factor",
    "system_actor",
]
