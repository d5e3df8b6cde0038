"""Questionnaires of the demonstration: rounds that are open, answered from paper by most and by some not yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from core.authz import Actor
from schools.people.models import SchoolClass
from schools.questionnaires.asking import people_to_name
from schools.questionnaires.models import Response, Round
from schools.questionnaires.services import answer_from_paper, open_round
from tenants.reference.items import Item, items_from

_DAYS_TO_ANSWER: Final = 7
_TEXTS: Final = {
    "request_text": (
        "Не успеваю по алгебре с начала года.",
        "Хочу подготовить проект, но не знаю, с чего начать.",
        "Трудно выступать перед классом.",
        "Перешёл из другой школы, пока мало с кем общаюсь.",
    ),
    "expectations": ("Поддержки и советов.", "Стать увереннее.", "Подтянуть оценки к концу четверти."),
    "competences_text": ("Объясняю сложное простыми словами.", "Веду кружок, готовлю к олимпиадам."),
    "experience": ("Был классным наставником два года.", "Пока не было."),
    "relations_text": ("Общаемся легко, договариваемся о встречах заранее.", "Привыкаем друг к другу."),
    "expected": ("Интересного общения.", "Помощи с предметом и с проектом."),
    "most_valuable": ("Меня слушали и не торопили.", "Поддержка перед экзаменом.", "Общий проект."),
    "was_missing": ("Времени: хотелось встречаться чаще.", "Общих встреч всех пар."),
    "wishes": ("Начинать в сентябре.", "Больше встреч вне школы."),
    "difficulties": ("Мало времени из-за кружков.", "Ничего не мешает."),
}
_SELDOM: Final = ("contacts", "achievements", "met_where", "help_wanted", "not_with")
TEACHER_PUPIL: Final = "teacher-pupil"


def ask_at_entry(actor: Actor, day: date, random: Random) -> None:
    """Ask four classes and the mentors of one form before the matching; about two thirds have answered."""
    survey = open_round(
        actor=actor, code="entry-mentee", classes=classes_of(5, 8), due_on=day + timedelta(days=_DAYS_TO_ANSWER)
    )
    answer_some(actor, random, survey, share=0.65)
    survey = open_round(actor=actor, code="entry-mentor", form_code=TEACHER_PUPIL, with_pairs=True)
    answer_some(actor, random, survey, share=0.6)


def classes_of(lowest: int, highest: int) -> list[UUID]:
    """Return the ids of the classes of some grades, both included."""
    return list(SchoolClass.objects.filter(grade__range=(lowest, highest)).values_list("pk", flat=True))


def ask_by_name(actor: Actor, code: str, people: Collection[UUID]) -> Round | None:
    """Open a round for those of the people who are still here; None when nobody is."""
    here = people_to_name(actor).filter(pk__in=people).order_by("folded_name", "pk")
    found = list(here.values_list("pk", flat=True))
    return open_round(actor=actor, code=code, people=found) if found else None


def answer_some(
    actor: Actor,
    random: Random,
    survey: Round,
    *,
    share: float,
    besides: Sequence[UUID] = (),
    named: Sequence[UUID] = (),
) -> list[UUID]:
    """Enter the answers of a share of those asked, as from a pile of paper; return the people.

    Whoever is in ``besides`` has not answered yet: he does so himself. Questions whom one wishes for name some of
    ``named``.
    """
    items = items_from(survey.template.items)
    asked = Response.objects.filter(round=survey).exclude(person__in=besides).order_by("person__folded_name", "pk")
    # A mentor of several pairs is asked about each of them.
    rows = [row for row in asked if random.random() < share]
    answer_from_paper(actor=actor, rows={row.pk: _answers(random, items, named) for row in rows})
    return list(dict.fromkeys(row.person_id for row in rows))


def _answers(random: Random, items: Sequence[Item], named: Sequence[UUID]) -> dict[str, Any]:
    return {item.code: answer for item in items if (answer := _answer(random, item, named)) is not None}


def _answer(random: Random, item: Item, named: Sequence[UUID]) -> Any:
    match item.type:
        case "scale":
            return random.randint(5, 10)
        case "yes_no":
            return item.code not in ("wants_change", "needs_support") or random.random() < 0.1
        case "choice":
            return random.choice(item.options[:3]).code
        case "choices":
            return [each.code for each in random.sample(list(item.options), min(3, len(item.options)))]
        case "people" if item.is_required or (item.code not in _SELDOM and random.random() < 0.3):
            return [str(pk) for pk in random.sample(named, min(item.most, len(named)))]
        case "text" if item.code not in _SELDOM and random.random() < 0.7:
            return random.choice(_TEXTS[item.code]) if item.code in _TEXTS else None
    return None
