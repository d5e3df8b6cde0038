"""Pairs, their states, and who sees them."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from core.authz import RefusedError
from schools.pairs.domain import PairState
from schools.pairs.models import Pair
from schools.pairs.remarks import remarks_on_pair
from schools.pairs.selectors import (
    own_pairs,
    pairs_named,
    pairs_visible_to,
    unpaired_mentees,
    with_state,
)
from schools.people.models import Guardianship
from tenants.reference.selectors import definitions_now
from tests.schools.makers import TODAY, actor_with, make_consent, make_order, make_pair, make_person
from tests.support import world

pytestmark = pytest.mark.usefixtures("inside")


def state(pair: Pair, day: date = TODAY) -> str:
    return with_state(Pair.objects.filter(pk=pair.pk), day).get().state


def couple(number: int = 0, *, consents: bool = True) -> tuple:
    mentor = make_person(f"Педагог Имя{number}", date(1980, 1, 1), ("teacher",))
    mentee = make_person(f"Ученик Имя{number}")
    if consents:
        make_consent(mentor)
        make_consent(mentee)
    return mentor, mentee


def test_states_in_the_order_of_the_contract():
    order = make_order()
    assert state(make_pair(*couple(1, consents=False))) == PairState.AWAITS_CONSENT
    assert state(make_pair(*couple(2))) == PairState.AWAITS_ORDER
    assert state(make_pair(*couple(3), order=make_order("", date(2026, 9, 1)))) == PairState.AWAITS_ORDER
    assert state(make_pair(*couple(4), order=make_order("7", None))) == PairState.AWAITS_ORDER
    assert state(make_pair(*couple(5), order=order)) == PairState.ACTING
    assert state(make_pair(*couple(6, consents=False), order=order)) == PairState.ACTING
    assert state(make_pair(*couple(7), order=order, starts_on=date(2026, 11, 22))) == PairState.NOT_YET
    assert state(make_pair(*couple(8), order=make_order("9", date(2026, 11, 22)))) == PairState.NOT_YET
    assert state(make_pair(*couple(9), order=order, ends_on=date(2026, 11, 20))) == PairState.ENDED
    assert state(make_pair(*couple(10), order=order, ends_on=TODAY)) == PairState.ACTING


def test_who_sees_which_pairs():
    teachers = make_pair(*couple(1), "teacher-teacher")
    everything = {world.PAIR, teachers.pk}
    seen = {
        ("director", ""): everything,
        ("coordinator", ""): everything,
        ("curator", "teacher-teacher"): {teachers.pk},
        ("class_teacher", str(world.CLASS)): {world.PAIR},
        ("psychologist", ""): set(),
        ("mentor", ""): set(),
    }
    for (role, scope), wanted in seen.items():
        found = pairs_visible_to(actor_with(role, scope)).values_list("pk", flat=True)
        assert set(found) == wanted, role


def test_participants_see_their_own_pairs():
    mother = make_person("Мать Родная", kinds=("parent",))
    Guardianship.objects.create(guardian=mother, ward_id=world.MENTEE, kinship="мать")
    make_pair(*couple(1))
    for role, person in (("mentor", world.MENTOR), ("mentee", world.MENTEE), ("parent", mother.pk)):
        assert [pair.pk for pair in own_pairs(actor_with(role, person_id=person))] == [world.PAIR]
    assert not own_pairs(actor_with("mentor")).exists()
    assert not own_pairs(actor_with("director", person_id=world.MENTOR)).exists()


def test_search_by_either_name():
    mentor, mentee = couple(1)
    pair = make_pair(mentor, mentee)
    for typed in ("педагог имя1", "УЧЕНИК имя1"):
        assert list(pairs_named(Pair.objects.all(), typed)) == [pair]
    assert list(pairs_named(Pair.objects.all(), "никто")) == []


def test_unpaired_are_enrolled_pupils_without_a_pair():
    free = make_person("Свободный Ученик", room="5А")
    make_person("Выбывший Ученик", left=date(2026, 10, 1))
    mentor, mentee = couple(1)
    make_pair(mentor, mentee, ends_on=date(2026, 11, 20), order=make_order())
    for role in ("director", "curator", "psychologist"):
        assert [person.pk for person in unpaired_mentees(actor=actor_with(role, "x"))] == [free.pk, mentee.pk]
    actor = actor_with("director")
    first = free.folded_name.split()[0]
    assert free in unpaired_mentees(actor=actor, typed=first.upper())
    assert list(unpaired_mentees(actor=actor, typed="никтотакой")) == []
    assert list(unpaired_mentees(actor=actor, class_id=uuid4())) == []
    with pytest.raises(RefusedError):
        unpaired_mentees(actor=actor_with("class_teacher", "x"))


def test_remarks_say_what_to_check():
    mentor = make_person("Педагог Опытный", date(1980, 1, 1), ("teacher",))
    child = make_person("Малыш Юный", date(2018, 1, 1), left=date(2026, 10, 1))
    make_consent(mentor)
    pair = make_pair(mentor, child, order=make_order("5", date(2026, 11, 1)))
    loaded = with_state(Pair.objects.select_related("mentor", "mentee", "order"), TODAY).get(pk=pair.pk)
    assert remarks_on_pair(loaded, TODAY, form=None, definitions=definitions_now()) == [
        "Малыш Юный: нет действующего согласия родителя. Без него человек не войдёт в охват.",
        "Малыш Юный сейчас не числится в школе.",
        "Малыш Юный: полных лет 8. В показатель «Обучающиеся 10–19 лет в роли наставляемого» не входит.",
        "Пара началась 15.09.2026, а приказ от 01.11.2026: в охват она входит с даты приказа.",
    ]
