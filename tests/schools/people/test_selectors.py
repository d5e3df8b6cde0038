"""Who sees whom."""

from __future__ import annotations

from datetime import date

import pytest

from core.authz import RefusedError
from schools.people.models import Person, SchoolClass
from schools.people.selectors import candidates, named, people_visible_to, wards_of
from tests.schools.makers import actor_with, make_order, make_pair, make_person
from tests.support import world

pytestmark = pytest.mark.usefixtures("inside")


def ids(people) -> set:
    return set(people.values_list("pk", flat=True))


def test_director_and_coordinator_see_everybody_others_nobody():
    for role in ("director", "coordinator"):
        assert ids(people_visible_to(actor_with(role))) == {world.MENTOR, world.MENTEE}
    for role in ("psychologist", "mentor", "mentee", "parent", None):
        assert ids(people_visible_to(actor_with(role))) == set()


def test_a_class_teacher_sees_today_s_own_classes_only():
    mine = make_person("Свой Ученик", room="9В")
    make_person("Чужой Ученик", room="9Г")
    make_person("Выбывший Ученик", room="9В", left=date(2026, 11, 21))
    make_person("Будущий Ученик", room="9В", admitted=date(2026, 11, 22))
    scope = str(SchoolClass.objects.get(title="9В").pk)
    assert ids(people_visible_to(actor_with("class_teacher", scope))) == {mine.pk}
    assert ids(people_visible_to(actor_with("class_teacher"))) == set()


def test_a_curator_sees_the_people_in_pairs_of_his_forms():
    old, new = make_person("Опытный Педагог", kinds=("teacher",)), make_person("Новый Педагог", kinds=("teacher",))
    make_pair(old, new, "teacher-teacher", order=make_order())
    assert ids(people_visible_to(actor_with("curator", "teacher-teacher"))) == {old.pk, new.pk}
    assert ids(people_visible_to(actor_with("curator", "teacher-pupil"))) == {world.MENTOR, world.MENTEE}


def test_a_draft_opens_no_card_to_a_curator():
    old, new = make_person("Опытный Педагог", kinds=("teacher",)), make_person("Новый Педагог", kinds=("teacher",))
    make_pair(old, new, "teacher-teacher")
    other = make_person("Третий Педагог", kinds=("teacher",))
    make_pair(old, other, "teacher-teacher", order=make_order("", None))
    assert ids(people_visible_to(actor_with("curator", "teacher-teacher"))) == set()


@pytest.mark.parametrize("typed", ["семен", "СЕМЁНОВА", " ольга   семёнова ", "Ольга Семен"])
def test_search_forgives_case_yo_and_order(typed: str):
    olga = make_person("Семёнова Ольга Ивановна")
    make_person("Семага Пётр")
    assert ids(named(Person.objects.all(), typed)) == {olga.pk}


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1 --", "\\"])
def test_search_takes_signs_as_letters(typed: str):
    assert ids(named(Person.objects.all(), typed)) == set()


def test_candidates_fit_the_side_and_have_not_left():
    teacher = make_person("Абрамов Лев", date(1980, 1, 1), ("teacher", "parent"))
    make_person("Абрамова Юлия", kinds=("pupil",))
    make_person("Абрамцев Олег", kinds=("teacher",), left=date(2026, 10, 1))
    outside = make_person("Абрамян Карен", kinds=("enterprise",))
    found, has_more = candidates(actor=actor_with("director"), typed="абрам", kinds=("teacher", "enterprise"))
    assert [(row.id, row.full_name, row.age) for row in found] == [
        (teacher.pk, "Абрамов Лев", 46),
        (outside.pk, "Абрамян Карен", 14),
    ]
    assert has_more is False
    found, _more = candidates(actor=actor_with("curator", "teacher-pupil"), typed="абрамов лев", kinds=("teacher",))
    assert [(row.id, row.age) for row in found] == [(teacher.pk, None)]


def test_the_chosen_stay_listed_and_12_are_offered():
    for number in range(14):
        make_person(f"Иванов Имя{number:02}")
    chosen = make_person("Яковлев Ян")
    found, has_more = candidates(actor=actor_with("coordinator"), typed="иванов", kinds=("pupil",), chosen=[chosen.pk])
    assert [row.full_name for row in found][:2] == ["Яковлев Ян", "Иванов Имя00"]
    assert (len(found), has_more) == (13, True)


@pytest.mark.parametrize("role", ["class_teacher", "psychologist", "mentor"])
def test_others_may_not_look_people_up(role: str):
    with pytest.raises(RefusedError):
        candidates(actor=actor_with(role, "x"), typed="", kinds=())


def test_a_parent_s_children():
    from schools.people.models import Guardianship

    mother = make_person("Мать Родная", kinds=("parent",))
    child = make_person("Ребёнок Родной")
    Guardianship.objects.create(guardian=mother, ward=child, kinship="мать")
    Guardianship.objects.create(guardian=mother, ward_id=world.MENTEE, kinship="опекун", to_date=date(2026, 11, 21))
    assert ids(wards_of(actor=actor_with("parent", person_id=mother.pk))) == {child.pk}
    assert ids(wards_of(actor=actor_with("parent"))) == set()
