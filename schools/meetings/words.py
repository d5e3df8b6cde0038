"""How meetings and plans are said on screen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from core.ui.components import Fact, Status, StatusKind
from schools.meetings.domain import PROGRAMME_PARTS, MeetingState, PlanKind, TermRemark, term_remark
from schools.meetings.models import PLAN_TITLES, STATE_TITLES, Meeting, Plan
from schools.pairs.models import Pair
from schools.people.models import Person
from schools.people.selectors import current_enrolment, place_of, with_enrolments
from tenants.reference.selectors import forms_now
from tenants.reference.words import manners_of_form, words_of_form

_STATUS: dict[MeetingState, StatusKind] = {
    MeetingState.PLANNED: "info",
    MeetingState.HELD: "ok",
    MeetingState.MISSED: "wait",
    MeetingState.CANCELLED: "none",
}


def meeting_status(meeting: Meeting, day: date) -> Status:
    """Return the state of a meeting; of a planned one whose day is over it is not known what became of it."""
    state = MeetingState(meeting.state)
    if state is MeetingState.PLANNED and meeting.held_on < day:
        return Status("wait", _("Отметьте, состоялась ли"))
    words = str(STATE_TITLES[state])
    return Status(_STATUS[state], words[:1].upper() + words[1:])


def plan_kind_for(pair: Pair) -> PlanKind:
    """Return the usual kind of plan: a персонализированная программа where the year's profile for the pair has one."""
    return PlanKind.PERSONALISED if words_of_form(pair.form_code).is_personalised else PlanKind.INDIVIDUAL


def plan_title(pair: Pair, plan: Plan | None) -> str:
    """Return what the plan of a pair is called on screen: a program by the word of the year's profile."""
    year = words_of_form(pair.form_code)
    usual = PlanKind.PERSONALISED if year.is_personalised else PlanKind.INDIVIDUAL
    kind = PlanKind(plan.kind) if plan is not None and plan.version else usual
    words = year.programme if year.is_personalised and kind is usual else str(PLAN_TITLES[kind])
    return words[:1].upper() + words[1:]


def periods_in_words(periods: Iterable[tuple[date, date | None]]) -> str:
    """Return days as «15.09.2026 – 25.05.2027, с 01.09.2027»; none is a dash."""
    said = []
    for first, last in periods:
        start = f"{first:%d.%m.%Y}"
        said.append(_("с %(start)s") % {"start": start} if last is None else f"{start} – {last:%d.%m.%Y}")
    return ", ".join(said) or "–"


def typed_id(text: str) -> UUID | None:
    """Return the id in an address, or None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def sections_of(pair: Pair) -> tuple[str, ...]:
    """Return the sections of a plan by who the mentee is (domain: teacher three, pupil two)."""
    if _is_of_teacher(pair):
        return (
            _("Анализ профессиональных трудностей и способы их преодоления"),
            _("Вхождение в должность"),
            _("Направления профессионального развития"),
        )
    return (_("Анализ трудностей и способы их преодоления"), _("Направления развития ученика"))


def column_titles() -> dict[str, str]:
    """Return what the columns of a plan are called on paper, by their names."""
    return {
        "task": _("Проект, задание"),
        "term": _("Срок"),
        "planned": _("Планируемый результат"),
        "actual": _("Фактический результат"),
        "mark": _("Оценка наставника"),
    }


def programme_titles() -> dict[str, str]:
    """Return what the parts of a персонализированная программа are called on paper, by their names."""
    return {
        "manner": _("Вид наставничества"),
        "reason": _("Основание: выявленные трудности и сильные стороны"),
        "directions": _("Направления работы"),
        "expected": _("Ожидаемые результаты"),
        "control": _("Контрольные точки"),
    }


def manners_for(pair: Pair) -> tuple[str, ...]:
    """Return the kinds of mentoring (виды) that the region's methodology offers for such a pair."""
    return manners_of_form(pair.form_code)


def is_personalised(pair: Pair, plan: Plan | None) -> bool:
    """Return whether this pair has, or usually would have, a персонализированная программа."""
    kind = PlanKind(plan.kind) if plan is not None and plan.version else plan_kind_for(pair)
    return kind is PlanKind.PERSONALISED


def facts_of_programme(pair: Pair, plan: Plan, day: date) -> list[Fact]:
    """Return what a персонализированная программа says besides goal and rows; nothing for an individual plan.

    Posts and experience are those of the day, of an ended pair those of its last day. A part that nobody has written
    is shown with a dash: the paper has it.
    """
    if not is_personalised(pair, plan) and not plan.programme:
        return []
    day = min(day, pair.ends_on or day)
    people = {row.pk: row for row in with_enrolments(Person.objects.filter(pk__in=(pair.mentor_id, pair.mentee_id)))}
    sides = ((_("Наставник"), pair.mentor_id), (_("Наставляемый"), pair.mentee_id))
    said = programme_titles()
    return [
        *(Fact(title, _person_line(people[key], day)) for title, key in sides),
        *(Fact(said[part.name], plan.programme.get(part.name, "")) for part in PROGRAMME_PARTS),
    ]


def _person_line(person: Person, day: date) -> str:
    """Return who it is as the head of the paper says it: name, class or post, years of experience."""
    row = current_enrolment(person, day)
    years = row.experience_years if row is not None else None
    experience = _("стаж, лет: %(n)s") % {"n": years} if years is not None else ""
    return ", ".join(filter(None, (person.full_name, place_of(person, day), experience)))


def remark_on_term(plan: Plan) -> str:
    """Return what to look at in the term of a plan, or nothing; it forbids nothing."""
    found = term_remark(PlanKind(plan.kind), plan.starts_on, plan.extended_until or plan.ends_on)
    if found is TermRemark.SHORT:
        return _("Персонализированная программа обычно длится от трёх месяцев: проверьте срок.")
    if found is TermRemark.LONG:
        return _("Персонализированная программа обычно длится не больше года: проверьте срок.")
    return ""


def _is_of_teacher(pair: Pair) -> bool:
    form = next((row for row in forms_now(with_withdrawn=True) if row.code == pair.form_code), None)
    return form is not None and bool(form.mentee_kinds) and not {"pupil", "student"} & set(form.mentee_kinds)
