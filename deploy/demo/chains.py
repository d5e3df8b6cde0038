"""Pairs of the demonstration at work: plans, chains of meetings, support, trouble, and how last year's ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from core.accounts.models import User
from core.authz import Actor, load_actor
from deploy.demo.asking import TEACHER_PUPIL, answer_some, ask_by_name
from schools.meetings.domain import STUCK_DAYS, PlanKind, proposed_kind
from schools.meetings.plans import PlanData, write_plan, write_report
from schools.meetings.services import MeetingData, log_meeting
from schools.meetings.words import manners_for, plan_kind_for, sections_of
from schools.pairs.domain import EndCode, Wish
from schools.pairs.models import Pair
from schools.pairs.partner_requests import ask_for_another
from schools.pairs.selectors import acting_q
from schools.pairs.services import end_pair
from schools.participants.services import tell_concern
from schools.people.school_year import start_of_school_year
from schools.questionnaires.services import open_round, set_round_open
from schools.worklist.domain import Matter
from schools.worklist.services import log_contact, remind

_RHYTHM_DAYS, _LEAST_DAYS = 14, 5
_MOST_CLOSED: Final = 24
# Every so many pairs one has never met, and one has met for the last time long ago.
_NEVER_MET, _STUCK = 13, 11
# And nobody has had a word of support for one.
_UNSUPPORTED: Final = 6
_TOPICS: Final = (
    ("Знакомство", "Договорились о правилах и времени встреч"),
    ("Первая общая задача", "Разобрали тему вместе, получилось"),
    ("План работы", "Составили план до конца года"),
    ("Работа по плану", "Прошли намеченное, задание на неделю"),
    ("Работа по плану", "Разобрали трудности, план не меняем"),
    ("Подготовка к контрольной", "Решили пробный вариант"),
    ("Проект", "Готова первая часть, показали классу"),
)
_PLACES: Final = ("кабинет 12", "библиотека", "кабинет информатики", "школьный двор", "")
_GOALS: Final = (
    "Закрыть пробелы за прошлый год и увереннее отвечать на уроке",
    "Подготовить и защитить исследовательский проект",
    "Освоиться в новом коллективе, найти дело по душе",
)
_TASKS: Final = (
    ("Выяснить, что не получается и почему", "сентябрь", "Список трудных тем"),
    ("Еженедельные занятия по трудным темам", "октябрь – декабрь", "Тема закрыта, оценка не ниже «4»"),
    ("Проект или выступление по выбору", "январь – апрель", "Выступление перед классом"),
)
_PROGRAMME: Final = {
    "reason": "Опыта классного руководства нет; хорошо знает предмет, легко говорит с детьми.",
    "directions": "Современный урок, работа с классом и родителями, документы учителя.",
    "expected": "Ведёт уроки уверенно, проводит открытый урок, готов к аттестации на категорию.",
    "control": "Декабрь – посещение урока; май – итоговая беседа с куратором.",
}
_REPORT: Final = {
    "done": "Встречались раз в две недели, план выполнен, проект защищён на школьной конференции.",
    "conclusions": "Наставляемый стал увереннее, отметки по предмету выросли.",
    "proposals": "Начинать раньше, в сентябре, и чаще собирать пары вместе.",
}


def work_since_autumn(actor: Actor, day: date, random: Random) -> None:
    """Let the school's acting pairs have plans and meet since the autumn; some of them are in trouble."""
    accounts = {user.login: user for user in User.objects.filter(person_id__isnull=False, is_active=True)}
    shown = {user.person_id for user in accounts.values()}
    autumn = start_of_school_year(day)
    pairs = Pair.objects.filter(acting_q(day)).select_related("mentor", "mentee", "order")
    mentor = load_actor(accounts["mentor"]) if "mentor" in accounts else actor
    left = None
    for place, pair in enumerate(pairs.order_by("mentor__folded_name", "mentee__folded_name", "pk"), start=1):
        is_shown = bool({pair.mentor_id, pair.mentee_id} & shown)
        if place % _NEVER_MET == 0 and not is_shown:
            continue
        writer = mentor if pair.mentor_id == mentor.person_id else actor
        until = day - timedelta(days=random.randint(1, _RHYTHM_DAYS - 2))
        is_last_of_mentor = writer is mentor and pair.mentee_id not in shown
        if (place % _STUCK == 0 and not is_shown) or (is_last_of_mentor and left is None):
            until = day - timedelta(days=STUCK_DAYS + random.randint(4, 15))
            left = pair if is_last_of_mentor else left
        signed_on = pair.order.signed_on if pair.order and pair.order.signed_on else autumn
        make_plan(writer, pair, random)
        _meet(writer, pair, _Term(max(pair.starts_on, signed_on, autumn), until), random)
        if place % _UNSUPPORTED:
            log_contact(actor=actor, pair_id=pair.pk, held_on=until, side="both", note="Всё идёт по плану")
    _ask_between(actor, day, random, [person for person in shown if person is not None])
    _get_into_trouble(actor, day, accounts, left)


def close_last_year(actor: Actor, day: date, random: Random) -> None:
    """Let last year's pairs have met until their farewell, been reported on and ended in order."""
    autumn = start_of_school_year(day)
    ended = Pair.objects.filter(ends_on__lt=autumn, order__isnull=False).select_related("mentor", "mentee")
    closed = ended.order_by("ends_on", "mentee__folded_name", "pk")[:_MOST_CLOSED]
    for place, pair in enumerate(closed):
        if pair.ends_on is None:
            continue
        make_plan(actor, pair, random)
        _meet(actor, pair, _Term(max(pair.starts_on, pair.ends_on - timedelta(days=90)), pair.ends_on), random)
        write_report(actor=actor, pair_id=pair.pk, report=_REPORT)
        code = EndCode.MENTEE_WISH if place % 8 == 7 else EndCode.COMPLETED
        end_pair(actor=actor, pair_id=pair.pk, ends_on=pair.ends_on, code=code.value)
    _ask_at_the_end(actor, day, random, list(closed))


def _ask_at_the_end(actor: Actor, day: date, random: Random, pairs: Sequence[Pair]) -> None:
    """Ask both sides what came of it and how content they are, those who are still here; the rounds are over."""
    sides = {"mentee": [pair.mentee_id for pair in pairs], "mentor": [pair.mentor_id for pair in pairs]}
    for side, people in sides.items():
        for kind in ("after", "satisfaction"):
            if (survey := ask_by_name(actor, f"{kind}-{side}", people)) is not None:
                answer_some(actor, random, survey, share=0.85)
                set_round_open(actor=actor, round_id=survey.pk, is_open=False)


@dataclass(frozen=True)
class _Term:
    """The days between which a pair meets, both included."""

    first: date
    last: date


def make_plan(actor: Actor, pair: Pair, random: Random) -> None:
    """Write the plan that most pairs have."""
    sections = len(sections_of(pair))
    rows = [
        {"section": place % sections, "task": task, "term": term, "planned": planned}
        for place, (task, term, planned) in enumerate(_TASKS)
    ]
    data = PlanData(
        kind=plan_kind_for(pair),
        goal=random.choice(_GOALS),
        starts_on=pair.starts_on,
        ends_on=pair.ends_on,
        programme=_programme_for(pair),
        rows=rows,
    )
    write_plan(actor=actor, pair_id=pair.pk, data=data, version=0)


def _programme_for(pair: Pair) -> dict[str, str]:
    """Return what a персонализированная программа says besides; an individual plan says nothing of it."""
    if plan_kind_for(pair) is not PlanKind.PERSONALISED:
        return {}
    return {**_PROGRAMME, "manner": next(iter(manners_for(pair)), "")}


def _meet(actor: Actor, pair: Pair, term: _Term, random: Random) -> None:
    """Log the chain of meetings: three in the first three weeks, then one a fortnight, to the last day of the term."""
    days, when = [], term.first + timedelta(days=random.randint(1, 5))
    while when < term.last - timedelta(days=_LEAST_DAYS):
        days.append(when)
        when += timedelta(days=7 if len(days) < 3 else _RHYTHM_DAYS)
    days.append(max(term.last, term.first))
    meet_on(actor, pair, days, random)


def meet_on(actor: Actor, pair: Pair, days: Sequence[date], random: Random) -> None:
    """Log a meeting of the chain for each of these days, the earliest first."""
    held: set[str] = set()
    for number, held_on in enumerate(days):
        kind = proposed_kind(held, held_on, pair.ends_on)
        topic, result = _TOPICS[min(number, 2)] if number < 3 else random.choice(_TOPICS[3:])
        data = MeetingData(
            held_on=held_on,
            kind=kind,
            duration_minutes=random.choice((30, 40, 45)),
            place=random.choice(_PLACES),
            topic=topic,
            result=result,
        )
        log_meeting(actor=actor, data=data, pair_id=pair.pk, is_another=True)
        held.add(kind)


def _ask_between(actor: Actor, day: date, random: Random, besides: Sequence[UUID]) -> None:
    """Ask both sides of one form how they get on; those with accounts of the demonstration have yet to answer."""
    due_on = day + timedelta(days=5)
    for code in ("interim-mentee", "interim-mentor"):
        survey = open_round(actor=actor, code=code, form_code=TEACHER_PUPIL, with_pairs=True, due_on=due_on)
        answer_some(actor, random, survey, share=0.6, besides=besides)


def _get_into_trouble(actor: Actor, day: date, accounts: dict[str, User], left: Pair | None) -> None:
    """Let a mentee ask for another mentor and say that something is not right; remind a mentor of a pair he left."""
    if (unhappy := accounts.get("mentee-2")) is not None:
        asker = load_actor(unhappy)
        pair = Pair.objects.filter(acting_q(day), mentee=unhappy.person_id).order_by("starts_on", "pk").first()
        if pair is not None:
            ask_for_another(actor=asker, pair_id=pair.pk, wish=Wish.TIME, words="Не совпадает расписание")
            tell_concern(actor=asker, pair_id=pair.pk, text="Хочу поговорить с кем-нибудь о наших встречах")
    if left is not None:
        remind(actor=actor, pair_id=left.pk, matter=Matter.STUCK)
