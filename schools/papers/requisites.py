"""The school's requisites: what papers say of the school, and the writing of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from core.accounts.selectors import names_in_role
from core.audit.services import record
from core.authz import Actor, Decision, enforce
from core.text import split_full_name
from core.text.declension import initials
from schools.papers.models import Requisites
from schools.people.editions import refuse_overtaken

FIELDS: Final = ("full_name", "address", "place", "director_post", "director_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What a paper says of the school; ``address``, ``place`` and ``director`` are empty when nobody knows them."""

    school: str
    address: str = ""
    place: str = ""
    post: str = ""
    director: str = ""


def may_edit_requisites(actor: Actor) -> Decision:
    """Whether the actor may say what stands on the school's papers."""
    return actor.has("programme.edit")


def requisites_of_school() -> Requisites:
    """Return the school's requisites; unsaved and empty when nobody has typed them."""
    return Requisites.objects.first() or Requisites()


def requisites_values(known: Requisites) -> dict[str, str]:
    """Return what is typed of the requisites."""
    return {name: getattr(known, name) for name in FIELDS}


def set_requisites(*, actor: Actor, seen: str | None = None, **values: str) -> Requisites:
    """Say what stands on the school's papers; ``values`` are ``FIELDS``, spaces are tidied.

    ``seen`` is the edition of :func:`requisites_values` that was read: what somebody else has written since stays.

    :raises FaultyActError: somebody else has.
    :raises RefusedError: when the actor may not.
    """
    enforce(may_edit_requisites(actor))
    clean = {name: " ".join(values[name].split()) for name in FIELDS}
    with transaction.atomic():
        stored = requisites_values(Requisites.objects.select_for_update().first() or Requisites())
        refuse_overtaken(seen=seen, values=stored, typed=clean, words=stored)
        known, _is_new = Requisites.objects.update_or_create(only=True, defaults=clean)
        record(
            actor=actor, action="papers.requisites_set", details={"filled": [name for name in FIELDS if clean[name]]}
        )
    return known


def letterhead(title: str) -> Letterhead:
    """Return what papers say of the school; ``title`` is the register's, for a school without a full name.

    Without a typed name the head is the only director among the accounts; of none and of two nobody.
    """
    known = requisites_of_school()
    return Letterhead(
        school=known.full_name or title,
        address=known.address,
        place=known.place,
        post=known.director_post or _("Директор"),
        director=initials(split_full_name(known.director_name)) if known.director_name else _only_director(),
    )


def _only_director() -> str:
    names = names_in_role("director")
    return initials(split_full_name(names[0])) if len(names) == 1 and names[0] else ""
