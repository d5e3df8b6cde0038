"""The school's home page: the one next step, what is done, and the figures behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

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
from schools.people.selectors import enrolled_q, people_visible_to
from schools.programme.models import ProgrammeTask
from schools.programme.year_words import is_late, term_of_task
from schools.programme.years import StageTasks, State
from tenants.reference.selectors import consent_kinds_now
from tenants.reference.words import words_of_year


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
    """What the programme year says of the next step: whether there is one, and its first open tasks."""

    is_started: bool
    late: ProgrammeTask | None = None
    next: ProgrammeTask | None = None


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


def year_at_hand(stages: Sequence[StageTasks] | None, day: date) -> YearAtHand:
    """Return what a year says of the next step; ``stages`` are None where no year was started."""
    if stages is None:
        return YearAtHand(is_started=False)
    tasks = [task for stage in stages for task in stage.tasks if task.state in (State.TODO, State.WORK)]
    late = min((task for task in tasks if is_late(task, day)), key=lambda task: task.due_on or day, default=None)
    begun = next((task for task in tasks if task.state == State.WORK), None)
    return YearAtHand(is_started=True, late=late, next=begun or next(iter(tasks), None))


def next_step(
    actor: Actor, found: Numbers, *, missing: int | None = None, year: YearAtHand | None = None
) -> NextStep | None:
    """Return the one next step for somebody who keeps the school's data; None for those who have nothing to do here.

    What the data say is missing comes first, then what the programme year says. ``missing`` is how many people the
    main figure lacks, None when there is no target or no figure; ``year`` is None where the programme is not asked.
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
    if not found.pairs_acting:
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
    return _task_step(year.late, _("Срок прошёл: %(term)s")) if year.late else None


def _task_step(task: ProgrammeTask, hint: str = "") -> NextStep:
    address = reverse("programme:task", args=[task.pk])
    return NextStep(task.title, address, _("Открыть дело"), hint % {"term": term_of_task(task)} if hint else task.stage)


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
    if missing:
        words = ngettext("До цели не хватает %(count)s человека", "До цели не хватает: %(count)s чел.", missing)
        return NextStep(
            words % {"count": missing},
            reverse("coverage:own"),
            _("Кого не хватает"),
            _("В списке видно, кому нужна пара, а кому только согласие или приказ."),
        )
    if year and year.next:
        return _task_step(year.next)
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
