"""What news and letters hold of a person: what he was told, his address, and what he wants to be told."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from schools.notifications.models import Letter, Notice, Preference
from schools.rights.registry import Holding, Subject, register_holdings


def _notices(subject: Subject) -> QuerySet[Notice]:
    return Notice.objects.filter(user__in=subject.user_ids).order_by("at", "pk")


def _forget(subject: Subject, day: date) -> None:
    _notices(subject).delete()


def _preferences(subject: Subject) -> QuerySet[Preference]:
    return Preference.objects.filter(user__in=subject.user_ids).order_by("pk")


def _forget_preferences(subject: Subject, day: date) -> None:
    _preferences(subject).delete()


def _letters(subject: Subject) -> QuerySet[Letter]:
    return Letter.objects.filter(user__in=subject.user_ids).order_by("created_at", "pk")


def _forget_letters(subject: Subject, day: date) -> None:
    _letters(subject).delete()


def register() -> None:
    """Tell of these tables."""
    account = gettext_lazy("сведения об учётной записи")
    register_holdings(
        Holding(
            model=Notice,
            title=gettext_lazy("Уведомления"),
            category=gettext_lazy("сведения о входах и действиях на сайте"),
            find=_notices,
            destroy=_forget,
        ),
        Holding(
            model=Preference,
            title=gettext_lazy("Адрес почты и что сообщать"),
            category=account,
            find=_preferences,
            destroy=_forget_preferences,
        ),
        Holding(
            model=Letter,
            title=gettext_lazy("Письма: когда и о чём"),
            category=account,
            find=_letters,
            destroy=_forget_letters,
        ),
    )
