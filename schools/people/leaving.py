"""What somebody's leaving ends at once, and what it leaves for people to see to; both are said to whoever records it.

This package stands below what hangs on a person. Each room above says it for its own tables, and a test walks the
tables: a new one that points at people either ends with them or says why it stays. What a leaving that lies ahead, or
one of a whole list, ends, the nightly round ends on its day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.models import Invitation, User
from core.authz import Actor
from schools.people.enrolments import record_leaving
from schools.people.models import Enrolment, Person
from schools.people.selectors import current_enrolment, with_enrolments


@dataclass(frozen=True, slots=True)
class Left:
    """Something that ended, or that somebody has still to see to, with the name of the page where it is done."""

    sentence: str
    url_name: str = ""
    arguments: tuple[UUID, ...] = ()


# Runs in the transaction of the leaving; returns only what the actor may read.
Follow = Callable[[Actor, Person], Sequence[Left]]
_FOLLOWS: dict[str, tuple[frozenset[type[Model]], Follow]] = {}


def register_leaving(name: str, models: tuple[type[Model], ...], follow: Follow) -> None:
    """Let an app end what must end with somebody's leaving; ``models`` are the tables it sees to."""
    _FOLLOWS[name] = (frozenset(models), follow)


def followed_models() -> frozenset[type[Model]]:
    """Return all tables that are seen to."""
    return frozenset[type[Model]]().union(*(models for models, _follow in _FOLLOWS.values()))


def leave(*, actor: Actor, enrolment_id: UUID, left_on: date, seen: str | None = None) -> tuple[Enrolment, list[Left]]:
    """Record the day of leaving and end what must end; return what ended and what is left to do.

    Nothing ends before the day, nor with somebody who is enrolled in another way. Whoever is from outside besides, as
    a parent, stays where he stands as such: those who see to it ask by the side on which he stands.

    :raises FaultyActError: the day is before admission; somebody else has changed since what was seen (``seen`` as in
        :func:`record_leaving`).
    :raises Http404: no such enrolment among the people the actor sees.
    """
    with transaction.atomic():
        enrolment = record_leaving(actor=actor, enrolment_id=enrolment_id, left_on=left_on, seen=seen)
        person = with_enrolments(Person.objects.filter(pk=enrolment.person_id)).get()
        if current_enrolment(person, timezone.localdate()) is not None:
            return enrolment, []
        return enrolment, [said for _models, follow in _FOLLOWS.values() for said in follow(actor, person)]


def _tell_of_account(actor: Actor, person: Person) -> list[Left]:
    """Say that he can still sign in: who manages accounts decides, for a parent or a former pupil may go on."""
    users = User.objects.filter(person_id=person.pk, is_active=True)
    may_manage = bool(actor.has("staff.manage"))
    return [
        Left(
            _("Вход в платформу у этого человека открыт, его роли действуют. Если вход больше не нужен, закройте его."),
            "accounts:staff-member" if may_manage else "",
            (user.pk,),
        )
        for user in users.order_by("pk")
    ]


def register_accounts() -> None:
    """See to accounts and invitations of those who leave."""
    register_leaving("accounts", (User, Invitation), _tell_of_account)
