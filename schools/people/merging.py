"""Two cards of one person become one, with the history of both."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.models import Invitation, User
from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.people import policies
from schools.people.errors import FaultyActError
from schools.people.joining import join_all
from schools.people.keys import name_key, snils_key
from schools.people.models import FormerName, Guardianship, MergedPerson, NotTheSame, Person
from schools.people.own_roles import give_own_roles
from schools.people.registers import hold_registers
from schools.people.second_logins import settle_logins
from schools.people.selectors import people_visible_to
from schools.people.staff_logins import refuse_staff_login

# What a person chooses between the two cards; the three parts of a name go together.
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "full_name": ("surname", "name", "patronymic", "folded_name"),
    "birth_date": ("birth_date",),
    "snils": ("snils",),
    "sex": ("sex",),
    "phone": ("phone",),
    "email": ("email",),
}


def merge_people(
    *, actor: Actor, kept_id: UUID, gone_id: UUID, from_gone: Collection[str], login_id: UUID | None = None
) -> Person:
    """Make one card of two: everything of the second comes to the first, and its address leads there.

    Of two logins one stays (``login_id``, or the later used) with the roles of both, and the other is closed.

    :param from_gone: which of ``CHOICES`` are taken from the card that goes; the rest stay as they are on the kept one,
        empty ones are filled. The name that is not chosen is kept as a former one.
    :raises FaultyActError: the two stand against each other: one is the other's representative, or in a pair with him;
        one is a pupil's, and a login of staff is tied to the other; two logins that the actor may not make one.
    :raises Http404: one of them is not among those whom the actor may change.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_people(actor))
    with transaction.atomic():
        hold_registers()
        kept, gone = _both(actor, kept_id, gone_id)
        closed = settle_logins(actor=actor, cards=(kept, gone), stays=login_id)
        gone_pk = join_cards(kept, gone, from_gone)
        give_own_roles(actor=actor, people=[kept.pk])
        record(
            actor=actor,
            action="people.merged",
            object_type="people.person",
            object_id=kept.pk,
            details=_merged(gone_pk, from_gone, closed),
        )
        announce("person.merged", {"person": kept.pk, "gone": gone_pk})
    return kept


def _merged(gone_pk: UUID, from_gone: Collection[str], closed: Collection[UUID]) -> dict[str, object]:
    """Return what the record of a merge says; a closed login only where there was one."""
    said: dict[str, object] = {"gone": str(gone_pk), "from_gone": sorted(from_gone)}
    return {**said, "closed_logins": [str(each) for each in closed]} if closed else said


def join_cards(kept: Person, gone: Person, from_gone: Collection[str] = ()) -> UUID:
    """Make one card of two that are held, without authorising or recording; return the id of the one that is no more.

    Of its logins (:func:`settle_logins`) the caller has left one.

    :raises FaultyActError: as :func:`merge_people`.
    """
    _refuse_opposites(kept, gone)
    other_name = _lay_over(kept, gone, from_gone)
    join_all(kept.pk, gone.pk)
    User.objects.filter(person_id=gone.pk).update(person_id=kept.pk)
    Invitation.objects.filter(person_id=gone.pk).update(person_id=kept.pk)
    if User.objects.filter(person_id=kept.pk, is_active=True).exists():
        # They would make a second login.
        Invitation.objects.usable().filter(person_id=kept.pk).update(revoked_at=timezone.now())
    refuse_staff_login(kept, timezone.localdate())
    gone_pk = gone.pk
    gone.delete()
    MergedPerson.objects.create(id=gone_pk, person=kept, merged_at=timezone.now())
    kept.updated_at = timezone.now()
    kept.save()
    if other_name is not None:
        remember_former_name(kept, *other_name, until=timezone.localdate())
    return gone_pk


def tell_apart(*, actor: Actor, first_id: UUID, second_id: UUID) -> None:
    """Record that two cards that look alike are two people: they are not proposed again.

    :raises Http404: one of them is not among those whom the actor may change.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_people(actor))
    with transaction.atomic():
        first, second = sorted(_both(actor, first_id, second_id), key=lambda person: person.pk)
        NotTheSame.objects.get_or_create(first=first, second=second)
        record(
            actor=actor,
            action="people.told_apart",
            object_type="people.person",
            object_id=first.pk,
            details={"other": str(second.pk)},
        )


def remember_former_name(person: Person, full_name: str, folded_name: str, *, until: date) -> None:
    """Keep a name that a person had, so that he is found by it; the name he has now is no former one."""
    FormerName.objects.filter(person=person, folded_name=person.folded_name).delete()
    if folded_name != person.folded_name:
        FormerName.objects.get_or_create(
            person=person, folded_name=folded_name, defaults={"full_name": full_name, "until": until}
        )


def card_that_became_of(person_id: UUID) -> UUID | None:
    """Return the id of the card into which a card was merged; None when it never was."""
    return MergedPerson.objects.filter(pk=person_id).values_list("person", flat=True).first()


def _both(actor: Actor, first_id: UUID, second_id: UUID) -> tuple[Person, Person]:
    rows = people_visible_to(actor, "people.edit").filter(pk__in=(first_id, second_id)).order_by("pk")
    found = {person.pk: person for person in rows.select_for_update(of=("self",))}
    if len(found) != 2:
        raise Http404
    return found[first_id], found[second_id]


def _refuse_opposites(kept: Person, gone: Person) -> None:
    both = (kept.pk, gone.pk)
    if Guardianship.objects.filter(guardian__in=both, ward__in=both).exists():
        sentence = _("Один из них записан представителем другого: это два разных человека, или запись неверна.")
        raise FaultyActError.of("own_guardian", sentence)


def _lay_over(kept: Person, gone: Person, from_gone: Collection[str]) -> tuple[str, str] | None:
    """Take the chosen values; return the name that was not chosen, if it is another one."""
    names = {True: (gone.full_name, gone.folded_name), False: (kept.full_name, kept.folded_name)}
    takes_name = "full_name" in from_gone
    for choice, columns in CHOICES.items():
        if choice in from_gone or all(getattr(kept, column) in (None, "") for column in columns):
            for column in columns:
                setattr(kept, column, getattr(gone, column))
    kept.name_key = name_key(kept.folded_name, kept.birth_date)
    kept.snils_key = snils_key(kept.snils)
    other = names[not takes_name]
    return other if other[1] != kept.folded_name else None
