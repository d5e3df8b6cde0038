"""Writes of the work list: a talk with a pair, a reminder, its being read."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.models import User
from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.pairs.models import Pair
from schools.pairs.selectors import acting_q, pair_for
from schools.pairs.substitutes import stood_in_since
from schools.people.domain import FIRST_BIRTH_YEAR
from schools.people.errors import FaultyActError
from schools.worklist import policies
from schools.worklist.domain import REMINDED, Matter
from schools.worklist.models import LONGEST_NOTE, Contact, Reminder


def log_contact(*, actor: Actor, pair_id: UUID, held_on: date, side: str, note: str = "") -> Contact:
    """Write down a talk with a pair.

    :raises FaultyActError: a day to come, a side that there is not, the same talk once more.
    :raises Http404: no such pair among those the actor supports.
    :raises RefusedError: when the actor supports no pairs.
    """
    enforce(policies.may_support(actor))
    if held_on > timezone.localdate() or held_on.year < FIRST_BIRTH_YEAR:
        raise FaultyActError.of("bad_day", _("Укажите день разговора: сегодня или раньше."), "held_on")
    if side not in Contact.Side.values:
        raise FaultyActError.of("bad_side", _("Выберите, с кем был разговор."), "side")
    note = note.strip()[:LONGEST_NOTE]
    with transaction.atomic():
        pair = pair_for(actor=actor, pair_id=pair_id, permission="support.log", lock=True)
        if Contact.objects.filter(pair=pair, held_on=held_on, side=side, note=note).exists():
            raise FaultyActError.of("same_talk", _("Такой разговор уже записан."), "note")
        contact = Contact.objects.create(
            pair=pair, held_on=held_on, side=side, note=note, by=actor.pk, created_at=timezone.now()
        )
        record(
            actor=actor,
            action="worklist.contact_logged",
            object_type="pairs.pair",
            object_id=pair.pk,
            details={"side": side},
        )
    return contact


def remind(*, actor: Actor, pair_id: UUID, matter: str) -> bool:
    """Remind a pair's mentor in the product; False when he was reminded of it today already.

    :raises FaultyActError: nobody to remind, a matter of which nobody is, the pair is not acting today, or somebody
        stands in for its mentor: then he is the one who meets.
    :raises Http404: no such pair among those the actor supports.
    :raises RefusedError: when the actor supports no pairs.
    """
    enforce(policies.may_support(actor))
    if matter not in list(REMINDED):
        raise FaultyActError.of("bad_matter", _("Об этом не напоминают: откройте пару или карточку человека."))
    day = timezone.localdate()
    with transaction.atomic():
        pair = pair_for(actor=actor, pair_id=pair_id, permission="support.log")
        if not Pair.objects.filter(acting_q(day), pk=pair.pk).exists():
            # It ended, or its order was cancelled, since the list was read.
            raise FaultyActError.of("not_acting", _("Эта пара сейчас не действует: напоминать наставнику не о чем."))
        if Pair.objects.filter(Exists(stood_in_since(day, day)), pk=pair.pk).exists():
            raise FaultyActError.of(
                "stood_in", _("Наставника сейчас замещают: о встречах напоминают тому, кто замещает, по его паре.")
            )
        user = User.objects.filter(person_id=pair.mentor_id, is_active=True).order_by("created_at").first()
        if user is None:
            sentence = _("У наставника нет входа на сайт. Пригласите его на странице «Доступ» или скажите лично.")
            raise FaultyActError.of("no_account", sentence)
        made, is_new = Reminder.objects.get_or_create(
            user_id=user.pk, pair=pair, matter=Matter(matter), day=day, defaults={"by": actor.pk}
        )
        if is_new:
            record(
                actor=actor,
                action="worklist.reminded",
                object_type="pairs.pair",
                object_id=pair.pk,
                details={"matter": made.matter},
            )
            announce("reminder.sent", {"reminder": made.pk})
    return is_new


def forget_old_reminders(days: int = 180) -> int:
    """Delete reminders of half a year ago; return how many. A daily chore, safe to repeat."""
    old = timezone.localdate() - timedelta(days=days)
    return Reminder.objects.filter(day__lt=old).delete()[0]


def move_reminders(kept: UUID, gone: UUID) -> None:
    """Give reminders of an account that closes to the other account of the same person."""
    known = set(Reminder.objects.filter(user_id=kept).values_list("pair", "matter", "day"))
    moving = [
        row.pk for row in Reminder.objects.filter(user_id=gone) if (row.pair_id, row.matter, row.day) not in known
    ]
    Reminder.objects.filter(pk__in=moving).update(user_id=kept)


def has_contacts(pair: Pair) -> bool:
    """Tell whether anybody has written down a talk with a pair."""
    return Contact.objects.filter(pair=pair).exists()


def move_contacts(kept: Pair, gone: Pair) -> None:
    """Give what was said with a pair that was recorded twice to the row that stays; its reminders go."""
    Contact.objects.filter(pair=gone).update(pair=kept)
    Reminder.objects.filter(pair=gone).delete()
