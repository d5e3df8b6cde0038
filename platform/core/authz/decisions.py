"""The answer of every policy: allowed, or denied with the sentence that the user is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.core.exceptions import PermissionDenied
from django.http import Http404


@dataclass(frozen=True, slots=True)
class Allowed:
    """The act is allowed; truthy."""

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """The act is refused; falsy.

    ``reason`` is a Russian sentence for the user. ``hidden`` refusals answer 404: whoever may not know that the object
    exists (another class, another district) must not learn it from the refusal.
    """

    reason: str
    hidden: bool = False

    def __bool__(self) -> Literal[False]:
        return False


Decision = Allowed | Denied
ALLOWED = Allowed()


class RefusedError(PermissionDenied):
    """A refusal on its way to the 403 page; ``reason`` is the sentence shown there."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def enforce(decision: Decision) -> None:
    """Go on when allowed.

    :raises Http404: for a hidden refusal.
    :raises RefusedError: for any other refusal, with its reason.
    """
    if isinstance(decision, Denied):
        if decision.hidden:
            raise Http404(decision.reason)
        raise RefusedError(decision.reason)
