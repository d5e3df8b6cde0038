"""The school's home page: the one next step, what is done, and the figures behind it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Final
from uuid import UUID

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.authz import Actor
from core.ui.components import Status, Task, TaskGroup
from schools.consents.selectors import consents_to_check, deciding_kinds, has_consent
from schools.coverage.selectors import OwnFigure
from schools.pairs.selectors import acting_q, drafts, pairs_visible_to
from schools.people.models import Enrolment
from schools.people.school_year import start_of_school_year
from schools.people.selectors import enrolled_q, people_visible_to
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.year_words import is_late, term_of_task
from schools.programme.years import StageTasks, State, is_over
from tenants.reference.selectors import consent_kinds_now
from tenants.reference.words import words_of_year

# After its last day a year's own work is finished before the next one is begun.
_TIME_TO_FINISH: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the home page counts, among what its reader sees, on one day. People are distinct.

    Consents are those of the kinds that decide counting: the others hold nobody out of it.
    """

    pupils: int
    teachers: int
    enrolled: int
    consented: int
    consents_to_check: int
    pairs_acting: int
    pairs_waiting: int

    @property
    def without_consent(self) -> int:
        """How many enrolled people have no consent in force of a kind that decides counting."""
        return self.enrolled - self.consented


@dataclass(frozen=True, slots=True)
class YearAtHand:
    """What the programme year says of the next step: whether there is one, and its first open tasks.

    ``past`` is a year that lies behind while no other was started: it has no next step but a new year.
    """

    is_started: bool
    late: ProgrammeTask | None = None
    next: ProgrammeTask | None = None
    past: ProgrammeYear | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one next thing to do; ``url`` leads there."""

    title: str
    url: str
    label: str
    hint: str = ""


def numbers(actor: Actor, day: date) -> Numbers:
    """Return the counts of the home page in a constant number of queries."""
    people = people_visible_to(actor)
    enrolled = Enrolment.objects.filter(enrolled_q(day), person__in=people)
    counted = enrolled.aggregate(
        pupils=Count("person", distinct=True, filter=Q(kind="pupil")),
        teachers=Count("person", distinct=True, filter=Q(kind="teacher")),
        everybody=Count("person", distinct=True),
    )
    kinds = consent_kinds_now(with_withdrawn=True)
    deciding = deciding_kinds(kinds)
    consented = people.filter(has_consent(day, deciding), pk__in=enrolled.values("person")).count()
    to_check = 0
    if actor.has("consents.view"):
        to_check = consents_to_check(actor, day, kinds).filter(kind__in=deciding).count()
    return Numbers(
        pupils=counted["pupils"],
        teachers=counted["teachers"],
        enrolled=counted["everybody"],
        consented=consented,
        consents_to_check=to_check,
        pairs_acting=pairs_visible_to(actor).filter(acting_q(day)).count(),
        pairs_waiting=drafts(actor).count(),
    )


def year_at_hand(
    stages: Sequence[StageTasks] | None,
    day: date,
    *,
    year: ProgrammeYear | None = None,
    offered: Collection[UUID] = frozenset(),
) -> YearAtHand:
    """Return what a year says of the next step; ``stages`` are None where no year was started.

    ``year`` is asked whether it is over; ``offered`` are the tasks that by the data are done: none of them is next.
    """
    if stages is None:
        return YearAtHand(is_started=False)
    tasks = [task for stage in stages for task in stage.tasks if task.state in (State.TODO, State.WORK)]
    left = [task for task in tasks if task.pk not in offered]
    if year is not None and _is_past(year, day, is_something_left=bool(left)):
        return YearAtHand(is_started=True, past=year)
    late = min((task for task in tasks if is_late(task, day)), key=lambda task: task.due_on or day, default=None)
    begun = next((task for task in left if task.state == State.WORK), None)
    return YearAtHand(is_started=True, late=late, next=begun or next(iter(left), None))


def _is_past(year: ProgrammeYear, day: date, *, is_something_left: bool) -> bool:
    """Tell whether a year is over and done with: what is left of it can be finished for a month, not into September."""
    if not is_over(year, day):
        return False
    if year.ends_on is None or not is_something_left:
        return True
    return year.ends_on < start_of_school_year(day) or day - year.ends_on > _TIME_TO_FINISH


def next_step(
    actor: Actor, found: Numbers, *, missing: int | None = None, year: YearAtHand | None = None
) -> NextStep | None:
    """Return the one next step for somebody who keeps the school's data; None for those who have nothing to do here.

    People, consents and drafts without an order come first: without them nothing is counted. Then comes what the
    programme year says, from its first task to its last, and the target when its tasks are done. ``missing`` is how
    many people the main figure lacks, None when there is no target or no figure; ``year`` is None where the programme
    is not asked.
    """
    if not actor.has("people.edit"):
        return _step_of_others(actor, found, year)
    if not found.enrolled:
        return NextStep(
            _("Загрузите список учеников и педагогов"),
            imports_url() or reverse("people:new"),
            _("Загрузить из Excel") if imports_url() else _("Добавить человека"),
            _("Подойдёт выгрузка «Контингент» из электронного журнала. Столбцы программа узнает сама."),
        )
    if not found.consented:
        return NextStep(
            _("Соберите согласия"),
            reverse("consents:missing"),
            _("Записать согласия"),
            _("Без согласия человек не входит в охват. Отметьте тех, чьи бумаги уже подписаны."),
        )
    if found.pairs_waiting:
        return _order_step(actor, found.pairs_waiting)
    if year and year.past and actor.has("programme.edit"):
        return _new_year_step(year.past)
    if not found.pairs_acting:
        if year and (task := year.late or year.next):
            return _task_step(task, has_passed=task is year.late)
        return NextStep(
            _("Составьте первую пару"),
            reverse("pairs:new"),
            _("Составить пару"),
            _("Выберите форму, наставника и наставляемого. Затем директор утвердит пару приказом."),
        )
    if found.consents_to_check:
        words = ngettext(
            "%(count)s согласие требует новой подписи",
            "Согласий, которым нужна новая подпись: %(count)s",
            found.consents_to_check,
        )
        return NextStep(
            words % {"count": found.consents_to_check},
            reverse("consents:to-check"),
            _("Посмотреть, кому"),
            _("Закончился срок или исполнилось 18 лет: пока подписи нет, человек не входит в охват."),
        )
    return (_year_step(actor, year) if year else None) or _coverage_step(missing, year)


def missing_to_target(figure: OwnFigure) -> int | None:
    """Return how many more people reach the target; None without a target or without anybody in the base."""
    if figure.target is None or not figure.den:
        return None
    return max(ceil(Fraction(figure.target) * figure.den / 100) - figure.num, 0)


def _year_step(actor: Actor, year: YearAtHand) -> NextStep | None:
    if not year.is_started:
        if not actor.has("programme.edit"):
            return None
        return NextStep(
            _("Начните год программы"),
            reverse("programme:start"),
            _("Выбрать профиль"),
            _("Этапы, дела и обычные сроки появятся сами: из профиля или из прошлого года."),
        )
    return _task_step(year.late, has_passed=True) if year.late else None


def _new_year_step(past: ProgrammeYear) -> NextStep:
    hint = _("«%(title)s» уже позади. Дела, сроки и ответственные скопируются, отметки начнутся заново.")
    return NextStep(
        _("Начните новый год программы"), reverse("programme:start"), _("Начать год"), hint % {"title": past.title}
    )


def _task_step(task: ProgrammeTask, *, has_passed: bool = False, more: str = "") -> NextStep:
    address = reverse("programme:task", args=[task.pk])
    hint = _("Срок прошёл: %(term)s") % {"term": term_of_task(task)} if has_passed else task.stage
    return NextStep(task.title, address, _("Открыть дело"), ". ".join(filter(None, [hint, more])))


def _step_of_others(actor: Actor, found: Numbers, year: YearAtHand | None) -> NextStep | None:
    if actor.has("consents.edit") and found.without_consent:
        words = ngettext(
            "В вашем классе %(count)s человек без согласия",
            "В ваших классах без согласия: %(count)s",
            found.without_consent,
        )
        return NextStep(
            words % {"count": found.without_consent},
            reverse("consents:missing"),
            _("Записать согласия"),
            _("Отметьте тех, чьи бумаги уже подписаны."),
        )
    # A curator sees the whole year: of it only what is late is his next step; the others see their own tasks alone.
    sees_all = actor.reach("programme.view").everything
    if year and (task := year.late or (None if sees_all else year.next)):
        return _task_step(task)
    if actor.has("pairs.edit"):
        return NextStep(
            _("Составьте пару"),
            reverse("pairs:new"),
            _("Составить пару"),
            _("Утверждает пары директор: новые появятся у него сами."),
        )
    if actor.has("pairs.unpaired_view"):
        return NextStep(_("Посмотрите, кто остался без наставника"), reverse("pairs:unpaired"), _("Открыть список"))
    return None


def _order_step(actor: Actor, waiting: int) -> NextStep:
    words = ngettext("%(count)s пара ждёт приказа", "Пар ждут приказа: %(count)s", waiting) % {"count": waiting}
    if actor.has("orders.approve"):
        return NextStep(
            words,
            reverse("orders:approve"),
            _("Утвердить пары приказом"),
            _("Впишите номер и дату: с неё пары действуют."),
        )
    return NextStep(
        words,
        reverse("orders:record"),
        _("Внести подписанный приказ"),
        _("Утверждает директор на своей странице. Если приказ уже подписан на бумаге, внесите его."),
    )


def _coverage_step(missing: int | None, year: YearAtHand | None) -> NextStep:
    words = ""
    if missing:
        words = ngettext("До цели не хватает %(count)s человека", "До цели не хватает: %(count)s чел.", missing)
        words %= {"count": missing}
    if year and year.next:
        return _task_step(year.next, more=words)
    if words:
        return NextStep(
            words,
            reverse("coverage:own"),
            _("Кого не хватает"),
            _("В списке видно, кому нужна пара, а кому только согласие или приказ."),
        )
    return NextStep(
        _("Всё в порядке: срочных дел нет"), reverse("coverage:own"), _("Посмотреть охват"), _("Пары действуют.")
    )


def tasks(actor: Actor, found: Numbers) -> list[TaskGroup]:
    """Return the stages of the year that the product can see for itself, with what is done in each."""
    people = Task(
        _("Загрузить учеников и педагогов"),
        _state(found.enrolled, 0),
        reverse("people:list"),
        _("Числится: %(count)s") % {"count": found.enrolled},
    )
    consents = Task(
        _("Собрать согласия"),
        _state(found.consented, found.without_consent),
        reverse("consents:missing"),
        _("Есть у %(done)s из %(total)s") % {"done": found.consented, "total": found.enrolled},
    )
    pairs = Task(
        _("Составить пары и группы"),
        _state(found.pairs_acting + found.pairs_waiting, 0),
        reverse("pairs:list"),
        _("Действует: %(count)s") % {"count": found.pairs_acting},
    )
    order = Task(
        _("Утвердить пары приказом"),
        _state(found.pairs_acting, found.pairs_waiting),
        reverse("orders:list") if actor.has("orders.view") else "",
        _("Ждут приказа: %(count)s") % {"count": found.pairs_waiting},
    )
    return [
        TaskGroup(_("%(base)s наставляемых и наставников") % {"base": words_of_year().base_title}, [people, consents]),
        TaskGroup(_("Наставнические пары и группы"), [pairs, order]),
    ]


def _state(done: int, left: int) -> Status:
    if not done:
        return Status("none", _("Не начато"))
    return Status("work", _("В работе")) if left else Status("ok", _("Сделано"))


def imports_url() -> str:
    """Return the address of the import wizard, or an empty string on a host without it."""
    try:
        return reverse("imports:list")
    except NoReverseMatch:
        return ""
