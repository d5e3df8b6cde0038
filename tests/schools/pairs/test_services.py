"""Making, changing and ending pairs by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.http import Http404

from core.authz import RefusedError
from schools.pairs.models import Group, Pair
from schools.pairs.services import PairData, create_pairs, discard_draft, edit_pair, end_pair
from schools.people.errors import FaultyActError
from schools.people.models import Guardianship
from tests.schools.makers import actor_with, audited, make_order, make_pair, make_person
from tests.support import world

pytestmark = pytest.mark.usefixtures("inside")


def chosen(mentor: Any, *mentees: Any, form: str = "teacher-pupil", **fields: Any) -> PairData:
    return PairData(
        form_code=form,
        mentor_id=mentor and mentor.pk,
        mentee_ids=[person.pk for person in mentees],
        starts_on=fields.pop("starts_on", date(2026, 9, 15)),
        **fields,
    )


def teacher(name: str = "Опытный Педагог", kinds: tuple[str, ...] = ("teacher",)) -> Any:
    return make_person(name, date(1980, 1, 1), kinds)


def codes(refusal: pytest.ExceptionInfo[FaultyActError]) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in refusal.value.faults]


def test_a_pair_is_made_as_a_draft():
    mentor, mentee = teacher(), make_person()
    data = chosen(mentor, mentee, role_variant=" учитель –  одарённый ученик ", ends_on=date(2027, 5, 25))
    (pair,) = create_pairs(actor=actor_with("coordinator"), data=data)
    stored = Pair.objects.get(pk=pair.pk)
    assert (stored.mentor_id, stored.mentee_id, stored.form_code) == (mentor.pk, mentee.pk, "teacher-pupil")
    assert (stored.role_variant, stored.order, stored.group) == ("учитель – одарённый ученик", None, None)
    assert (stored.starts_on, stored.ends_on) == (date(2026, 9, 15), date(2027, 5, 25))
    assert audited() == [("pairs.created", str(pair.pk))]


def test_several_mentees_make_a_group():
    mentor, mentees = teacher(), [make_person(f"Ученик Имя{number}") for number in range(3)]
    pairs = create_pairs(actor=actor_with("director"), data=chosen(mentor, *mentees, group_title="Олимпиада"))
    assert [group.title for group in Group.objects.all()] == ["Олимпиада"]
    assert {pair.mentee_id for pair in Group.objects.get().pairs.all()} == {person.pk for person in mentees}
    assert (len(pairs), len(audited())) == (3, 1)


def test_a_person_is_no_mentor_of_himself():
    mentor = make_person(kinds=("teacher", "pupil"))
    with pytest.raises(FaultyActError) as refusal:
        create_pairs(actor=actor_with("director"), data=chosen(mentor, mentor))
    assert codes(refusal) == [("own_mentor", "mentees")]


def test_a_parent_is_no_mentor_of_the_own_child():
    mother, child = teacher("Мать Педагог", ("teacher", "parent")), make_person("Дитя Малое")
    Guardianship.objects.create(guardian=mother, ward=child, kinship="мать")
    with pytest.raises(FaultyActError) as refusal:
        create_pairs(actor=actor_with("director"), data=chosen(mother, child))
    assert codes(refusal) == [("own_child", "mentees")]
    assert refusal.value.faults[0].sentence == "Дитя Малое: родитель не может быть наставником своего ребёнка."
    other = make_person("Чужое Дитя")
    assert len(create_pairs(actor=actor_with("director"), data=chosen(mother, other))) == 1


@pytest.mark.parametrize(
    ("form", "mentor_kinds", "mentee_kinds", "faults"),
    [
        ("teacher-pupil", ("pupil",), ("pupil",), [("mentor_side", "mentor")]),
        ("teacher-pupil", ("teacher",), ("teacher",), [("mentee_side", "mentees")]),
        ("pupil-pupil", ("teacher",), ("parent",), [("mentor_side", "mentor"), ("mentee_side", "mentees")]),
        ("employer-pupil", ("teacher",), ("pupil",), [("mentor_side", "mentor")]),
    ],
)
def test_kinds_fit_the_sides_of_the_form(form: str, mentor_kinds: Any, mentee_kinds: Any, faults: list):
    mentor, mentee = (
        make_person("Первый Человек", kinds=mentor_kinds),
        make_person("Второй Человек", kinds=mentee_kinds),
    )
    with pytest.raises(FaultyActError) as refusal:
        create_pairs(actor=actor_with("director"), data=chosen(mentor, mentee, form=form))
    assert codes(refusal) == faults
    assert Pair.objects.count() == 1


def test_additive_kinds_fit_any_side():
    mentor = teacher("Директор Школы", ("staff", "teacher"))
    assert create_pairs(actor=actor_with("director"), data=chosen(mentor, make_person()))


def test_what_is_missing_is_told_at_once():
    data = replace(chosen(None), ends_on=date(2026, 9, 1))
    with pytest.raises(FaultyActError) as refusal:
        create_pairs(actor=actor_with("director"), data=data)
    assert codes(refusal) == [("no_mentor", "mentor"), ("no_mentee", "mentees"), ("ends_before", "ends_on")]
    with pytest.raises(FaultyActError) as refusal:
        create_pairs(actor=actor_with("director"), data=replace(data, form_code="nonsense"))
    assert codes(refusal) == [("no_form", "form_code")]


def test_the_same_pair_on_the_same_days_is_refused_and_on_others_not():
    actor, mentor, mentee = actor_with("coordinator"), teacher(), make_person()
    make_pair(mentor, mentee, ends_on=date(2026, 10, 31))
    with pytest.raises(FaultyActError) as refusal:
        create_pairs(actor=actor, data=chosen(mentor, mentee, starts_on=date(2026, 10, 31)))
    assert codes(refusal) == [("repeated", "mentees")]
    assert create_pairs(actor=actor, data=chosen(mentor, mentee, starts_on=date(2026, 11, 1)))


def test_a_curator_makes_and_ends_pairs_of_the_own_form_only():
    actor, mentor, mentee = actor_with("curator", "teacher-pupil"), teacher(), make_person()
    (pair,) = create_pairs(actor=actor, data=chosen(mentor, mentee))
    end_pair(actor=actor, pair_id=pair.pk, ends_on=date(2026, 11, 1), reason="смена наставника")
    other = actor_with("curator", "pupil-pupil")
    with pytest.raises(RefusedError, match="курирует другой"):
        create_pairs(actor=other, data=chosen(mentor, make_person("Другой Ученик")))
    with pytest.raises(Http404):
        end_pair(actor=other, pair_id=pair.pk, ends_on=date(2026, 11, 2), reason="просто")
    assert Pair.objects.get(pk=pair.pk).ends_on == date(2026, 11, 1)


@pytest.mark.parametrize("role", ["class_teacher", "psychologist", "mentor", None])
def test_others_make_no_pairs(role: str | None):
    actor = actor_with(role, str(world.CLASS))
    with pytest.raises(RefusedError):
        create_pairs(actor=actor, data=chosen(teacher(), make_person()))
    with pytest.raises(RefusedError):
        end_pair(actor=actor, pair_id=world.PAIR, ends_on=date(2026, 11, 1), reason="просто")
    assert Pair.objects.get().ends_on is None
    assert audited() == []


def test_days_are_changed():
    pair = make_pair(teacher(), make_person())
    edit_pair(actor=actor_with("director"), pair_id=pair.pk, starts_on=date(2026, 10, 1), ends_on=None)
    assert Pair.objects.get(pk=pair.pk).starts_on == date(2026, 10, 1)
    with pytest.raises(FaultyActError) as refusal:
        edit_pair(actor=actor_with("director"), pair_id=pair.pk, starts_on=date(2026, 10, 1), ends_on=date(2026, 9, 30))
    assert codes(refusal) == [("ends_before", "ends_on")]


def test_a_pair_that_goes_on_again_has_no_reason_for_its_end():
    end_pair(actor=actor_with("director"), pair_id=world.PAIR, ends_on=date(2026, 10, 1), code="left")
    edit_pair(actor=actor_with("director"), pair_id=world.PAIR, starts_on=date(2026, 9, 15), ends_on=None)
    pair = Pair.objects.get(pk=world.PAIR)
    assert (pair.ends_on, pair.end_reason, pair.end_code) == (None, "", "")


def test_an_end_has_a_reason_and_a_day_not_before_the_first():
    with pytest.raises(FaultyActError) as refusal:
        end_pair(actor=actor_with("director"), pair_id=world.PAIR, ends_on=date(2026, 9, 14), reason=" ")
    assert codes(refusal) == [("no_reason", "reason"), ("ends_before", "ends_on")]
    end_pair(actor=actor_with("director"), pair_id=world.PAIR, ends_on=date(2026, 9, 15), reason="выбыл")
    pair = Pair.objects.get(pk=world.PAIR)
    assert (pair.ends_on, pair.end_reason) == (date(2026, 9, 15), "выбыл")
    assert audited() == [("pairs.ended", str(world.PAIR))]


def test_only_a_draft_is_discarded():
    actor, mentor = actor_with("coordinator"), teacher()
    (draft,) = create_pairs(actor=actor, data=chosen(mentor, make_person(), group_title="Одна"))
    discard_draft(actor=actor, pair_id=draft.pk)
    assert not Pair.objects.filter(pk=draft.pk).exists()
    assert not Group.objects.exists()
    incomplete = make_pair(mentor, make_person("Другой Ученик"), order=make_order("", None))
    discard_draft(actor=actor, pair_id=incomplete.pk)
    with pytest.raises(FaultyActError) as refusal:
        discard_draft(actor=actor, pair_id=world.PAIR)
    assert codes(refusal) == [("has_order", "")]
    assert Pair.objects.get().pk == world.PAIR
