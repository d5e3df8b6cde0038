"""What concerns hold of a person."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from schools.participants.models import Concern
from schools.rights.holdings.papers import pairs_of
from schools.rights.registry import Holding, Subject, register_holdings


def _said(subject: Subject) -> QuerySet[Concern]:
    """Return what the person told, or what was told about his side: not what a partner told in confidence."""
    mine = Q(person__in=subject.ids) | Q(said_by__in=subject.user_ids)
    return Concern.objects.filter(mine).order_by("said_at", "pk")


def _destroy(subject: Subject, day: date) -> None:
    """Delete the person's own; of a partner's only the words, which may name him."""
    _said(subject).delete()
    of_pairs = pairs_of(subject).order_by().values("pk")
    Concern.objects.filter(pair__in=of_pairs).update(text="", outcome="")


def register() -> None:
    """Tell of this table."""
    register_holdings(
        Holding(
            model=Concern,
            title=gettext_lazy("Обращения «мне некомфортно»"),
            category=gettext_lazy("сведения о встречах и планах в программе наставничества"),
            find=_said,
            destroy=_destroy,
            is_confidence=True,
        )
    )
