"""Soft checks: what people should look at, said in words; nothing here ever blocks (dates on paper are fiction)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schools.clearances.selectors import checklist_of
from schools.clearances.words import sentences
from schools.pairs.domain import PairState
from schools.pairs.models import Order, Pair
from schools.pairs.own_child import remark_on_own_child
from schools.people.domain import age_on, is_adult_on
from schools.people.models import Person
from schools.people.selectors import current_enrolment
from schools.training.words import remarks_on_training
from tenants.reference.selectors import Definition, Form

_OLD_ORDER_DAYS = 366
_DRAFT = (PairState.AWAITS_CONSENT, PairState.AWAITS_ORDER)


def remarks_on_pair(pair: Pair, day: date, *, form: Form | None, definitions: Collection[Definition]) -> list[str]:
    """Return what to check about a pair annotated by ``with_state``, whose people have their enrolments loaded."""
    remarks = []
    state = str(getattr(pair, "state", ""))
    if state == PairState.ENDED:
        return []
    if not getattr(pair, "mentor_consents", True):
        remarks.append(_no_consent(pair.mentor, day))
    if not getattr(pair, "mentee_consents", True):
        remarks.append(_no_consent(pair.mentee, day))
    remarks += [_withdrew(person) for person in withdrawn_of(pair)]
    remarks += remark_on_own_child(pair) + _remarks_on_papers(pair.mentor, day)
    # Of a pair that works already it would come too late: mentors are taught before.
    remarks += remarks_on_training(pair.mentor, day) if state in _DRAFT else []
    remarks += _remark_on_place(pair.mentee, day)
    if form is None or not form.is_mentor_outside:
        remarks += _remark_on_place(pair.mentor, day)
    remarks += _remark_on_age(pair.mentee, day, definitions)
    if state == PairState.ACTING and pair.order and pair.order.signed_on and pair.order.signed_on > pair.starts_on:
        remarks.append(
            _("Пара началась %(start)s, а приказ от %(order)s: в охват она входит с даты приказа.")
            % {"start": f"{pair.starts_on:%d.%m.%Y}", "order": f"{pair.order.signed_on:%d.%m.%Y}"}
        )
    return remarks


def remarks_on_mentor(mentor: Person, day: date) -> list[str]:
    """Return what the mentor of a new pair lacks: papers of one from outside, and training."""
    return [*_remarks_on_papers(mentor, day), *remarks_on_training(mentor, day)]


def _remarks_on_papers(mentor: Person, day: date) -> list[str]:
    """Return which papers a mentor from outside lacks; those without which the school admits nobody come first."""
    found = checklist_of(mentor, day)
    return [*sentences(found, blocking=True), *sentences(found, blocking=False)]


def remarks_on_requisites(number: str, signed_on: date, *, today: date, others: Iterable[Order]) -> list[str]:
    """Return what to check about an order's number and date; ``others`` are the school's other orders."""
    remarks = []
    if signed_on > today:
        remarks.append(_("Проверьте: дата приказа позже сегодняшнего дня. Пары начнут действовать с этой даты."))
    elif (today - signed_on).days > _OLD_ORDER_DAYS:
        remarks.append(_("Проверьте год: приказу больше года."))
    if any(order.number == number and order.signed_on != signed_on for order in others):
        remarks.append(_("Проверьте: приказ с таким номером уже есть, но с другой датой."))
    return remarks


def remark_on_unconsented(count: int) -> list[str]:
    """Return a sentence about the pairs of an order in which somebody has no consent in force, if there are any."""
    if not count:
        return []
    sentence = ngettext(
        "В %(count)s паре приказа нет согласия участника: без согласия человек не войдёт в охват.",
        "В %(count)s парах приказа нет согласия участников: без согласия человек не войдёт в охват.",
        count,
    )
    return [sentence % {"count": count}]


def remark_on_withdrawn(count: int) -> list[str]:
    """Return a sentence about the pairs of an order in which somebody takes part no more, if there are any."""
    if not count:
        return []
    sentence = ngettext(
        "В %(count)s паре приказа отозвано согласие на участие: решите, завершать ли её.",
        "В %(count)s парах приказа отозвано согласие на участие: решите, завершать ли их.",
        count,
    )
    return [sentence % {"count": count}]


def withdrawn_of(pair: Pair) -> list[Person]:
    """Return who of a pair annotated by ``with_state`` takes part no more by a withdrawn consent."""
    sides = ((pair.mentor, "mentor_withdrew"), (pair.mentee, "mentee_withdrew"))
    return [person for person, mark in sides if getattr(pair, mark, False)]


def _withdrew(person: Person) -> str:
    return _("%(name)s: согласие на участие отозвано. Решите, завершать ли пару.") % {"name": person.full_name}


def _no_consent(person: Person, day: date) -> str:
    if is_adult_on(person.birth_date, day):
        sentence = _("%(name)s: нет действующего согласия. Без него человек не войдёт в охват.")
    else:
        sentence = _("%(name)s: нет действующего согласия родителя. Без него человек не войдёт в охват.")
    return sentence % {"name": person.full_name}


def _remark_on_place(person: Person, day: date) -> list[str]:
    if current_enrolment(person, day) is not None:
        return []
    return [_("%(name)s сейчас не числится в школе.") % {"name": person.full_name}]


def _remark_on_age(person: Person, day: date, definitions: Collection[Definition]) -> list[str]:
    if not any(row.kind == "pupil" for row in person.kinds.all()):
        return []
    age = age_on(person.birth_date, day)
    for row in definitions:
        low, high = row.age_from, row.age_to
        if (low is not None and age < low) or (high is not None and age > high):
            return [
                _("%(name)s: полных лет %(age)s. В показатель «%(title)s» не входит.")
                % {"name": person.full_name, "age": age, "title": row.title}
            ]
    return []
