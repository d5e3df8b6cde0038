"""What talks and reminders hold of a person."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from schools.rights.holdings.papers import pairs_of
from schools.rights.registry import HIDDEN, Holding, Subject, register_holdings
from schools.worklist.models import Contact, Reminder

_CATEGORY = gettext_lazy("сведения о встречах и планах в программе наставничества")


def _contacts(subject: Subject) -> QuerySet[Contact]:
    return Contact.objects.filter(pair__in=pairs_of(subject).order_by().values("pk")).order_by("held_on", "pk")


def _reminders(subject: Subject) -> QuerySet[Reminder]:
    of_pairs = Q(pair__in=pairs_of(subject).order_by().values("pk"))
    return Reminder.objects.filter(of_pairs | Q(user_id__in=subject.user_ids)).order_by("day", "pk")


def _note(talk: Contact, subject: Subject) -> str:
    """Show what was said by the person himself, or what he wrote down; of the rest, that there is something.

    What the other one of the pair told the curator is that one's confidence, and of a talk with both nobody can say
    whose words a note holds.
    """
    own = Contact.Side.MENTOR if talk.pair.mentor_id in subject.ids else Contact.Side.MENTEE
    is_own = talk.side == own or talk.by in subject.user_ids
    return talk.note if is_own or not talk.note else str(HIDDEN)


def _forget_contacts(subject: Subject, day: date) -> None:
    """Empty what was said of the pair; the days stay, as the partner's."""
    _contacts(subject).update(note="")


def _forget_reminders(subject: Subject, day: date) -> None:
    _reminders(subject).delete()


def register() -> None:
    """Tell of these tables."""
    register_holdings(
        Holding(
            model=Contact,
            title=gettext_lazy("Разговоры с парами"),
            category=_CATEGORY,
            find=_contacts,
            destroy=_forget_contacts,
            show={"note": _note},
            is_confidence=True,
        ),
        Holding(
            model=Reminder,
            title=gettext_lazy("Напоминания"),
            category=_CATEGORY,
            find=_reminders,
            destroy=_forget_reminders,
        ),
    )
