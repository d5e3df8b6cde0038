"""Cards, names, enrolments, representatives."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import name_key
from schools.people.domain import NOBODYS_BIRTH_DATE
from schools.people.models import (
    Enrolment,
    FormerName,
    Guardianship,
    MergedPerson,
    NotTheSame,
    Person,
    PersonKind,
    SchoolClass,
)
from schools.rights.registry import Holding, Subject, register_exempt, register_holdings


def name_of_destroyed(number: int) -> str:
    """Return what a destroyed person is called where a pair under an order still needs a side."""
    return _("Удалённое лицо № %(number)s") % {"number": number}


def strip_person(person: Person, number: int) -> None:
    """Leave of a card its id and a number. The keys are random: nobody is recognised by them."""
    words = name_of_destroyed(number)
    Person.objects.filter(pk=person.pk).update(
        surname=words.rsplit(" ", 2)[0],
        name=" ".join(words.rsplit(" ", 2)[1:]),
        patronymic="",
        folded_name=name_key(words),
        birth_date=NOBODYS_BIRTH_DATE,
        sex="",
        snils="",
        name_key=uuid4().hex,
        snils_key="",
        phone="",
        email="",
        created_at=timezone.now(),
        updated_at=timezone.now(),
        destroyed_at=timezone.now(),
    )


def _of_person(model: type[Model], *columns: str) -> tuple[Any, Any]:
    """Return how rows that point at the person are found and deleted."""

    def find(subject: Subject) -> QuerySet[Any]:
        condition = Q()
        for column in columns or ("person",):
            condition |= Q(**{column: subject.person})
        return model._default_manager.filter(condition).order_by("pk")

    def destroy(subject: Subject, day: date) -> None:
        find(subject).delete()

    return find, destroy


def _holding(model: type[Model], title: Any, category: Any, *columns: str) -> Holding:
    find, destroy = _of_person(model, *columns)
    return Holding(model=model, title=title, category=category, find=find, destroy=destroy)


def _keep_for_the_end(subject: Subject, day: date) -> None:
    """The card goes last of all (``schools.rights.services``): whether it is stripped depends on what is left."""


def register() -> None:
    """Tell of this room's tables."""
    names = gettext_lazy("фамилия, имя, отчество, в том числе прежние")
    study = gettext_lazy("сведения об учёбе и работе")
    family = gettext_lazy("сведения о законных представителях и подопечных")
    register_holdings(
        Holding(
            model=Person,
            title=gettext_lazy("Карточка"),
            category=gettext_lazy("фамилия, имя, отчество, дата рождения, пол, СНИЛС, телефон, электронная почта"),
            find=lambda subject: [subject.person],
            destroy=_keep_for_the_end,
        ),
        _holding(FormerName, gettext_lazy("Прежние имена"), names),
        _holding(MergedPerson, gettext_lazy("Присоединённые карточки"), names),
        _holding(NotTheSame, gettext_lazy("Признан не тем же лицом, что похожий на него"), names, "first", "second"),
        _holding(PersonKind, gettext_lazy("Кем приходится школе"), study),
        _holding(Enrolment, gettext_lazy("Учёба и работа"), study),
        _holding(Guardianship, gettext_lazy("Представители и подопечные"), family, "guardian", "ward"),
    )
    register_exempt({SchoolClass: "grade and letter of a class; people stand in it by their enrolments"})
