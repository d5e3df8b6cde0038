"""What news holds of a person: which records he was told of, and when he saw it."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from schools.notifications.models import Notice
from schools.rights.registry import Holding, Subject, register_holdings


def _notices(subject: Subject) -> QuerySet[Notice]:
    return Notice.objects.filter(user__in=subject.user_ids).order_by("at", "pk")


def _forget(subject: Subject, day: date) -> None:
    _notices(subject).delete()


def register() -> None:
    """Tell of this table."""
    register_holdings(
        Holding(
            model=Notice,
            title=gettext_lazy("Уведомления"),
            category=gettext_lazy("сведения о входах и действиях на сайте"),
            find=_notices,
            destroy=_forget,
        )
    )
