"""Whoever left before the rollover that moved him: the leaving is of the whole stay, whichever class it is said of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from core.audit.models import AuditRecord
from core.tenancy import school
from schools.imports.absence import record_leavings
from schools.people.chains import stays_of
from schools.people.enrolments import correct_enrolment, record_leaving
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment, Person
from schools.people.rollover import people_in_the_way, roll_over
from schools.people.selectors import has_left, with_enrolments
from tests.schools.makers import TODAY, actor_with, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

CAME, LAST, DAY, SUMMER = date(2020, 9, 1), date(2025, 9, 1), date(2026, 9, 1), date(2026, 8, 28)


def moved(name: str = "Летов Лев", *, first: date = CAME) -> Any:
    """Make a pupil whom two rollovers moved: 4А, 5А, 6А."""
    person = make_person(name, room="4А", admitted=first, left=LAST)
    for title, since, until in (("5А", LAST, DAY), ("6А", DAY, None)):
        link = make_link(person, since, until)
        link.school_class = make_person(f"Сосед{title} Олег", room=title).enrolments.get().school_class
        link.save()
    return person


def make_link(person: Any, since: date, until: date | None) -> Enrolment:
    return Enrolment.objects.create(person=person, kind="pupil", admitted_on=since, left_on=until, is_continuation=True)


def stays(person: Any) -> list[tuple[str, date, date | None]]:
    rows = Enrolment.objects.filter(person=person).select_related("school_class").order_by("admitted_on")
    return [(row.school_class.title if row.school_class else "", row.admitted_on, row.left_on) for row in rows]


def link(person: Any, since: date) -> Any:
    return Enrolment.objects.get(person=person, admitted_on=since)


def refused(act: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(FaultyActError) as refusal:
        act()
    return [(fault.code, fault.field) for fault in refusal.value.faults]


def test_a_day_before_the_rollover_is_one_of_the_class_before_and_can_be_corrected_and_taken_back(inside: None) -> None:
    director, person = actor_with("director"), moved()
    now = link(person, DAY)
    record_leaving(actor=director, enrolment_id=now.pk, left_on=SUMMER)
    assert stays(person) == [("4А", CAME, LAST), ("5А", LAST, SUMMER), ("6А", DAY, DAY)]
    assert has_left(with_enrolments(Person.objects.filter(pk=person.pk)).get(), TODAY)
    details = AuditRecord.objects.get(action="people.left").details
    assert (details["was"], details["now"]) == ("", "2026-08-28")
    assert details["links"] == {str(link(person, LAST).pk): ["2026-09-01", "2026-08-28"]}
    # The card shows the stay that there was, and what is corrected there is the whole again.
    rows = stays_of(with_enrolments(Person.objects.filter(pk=person.pk)).get())
    assert [(row.left_on, is_continued) for row, is_continued in rows] == [(SUMMER, False), (LAST, True)]
    was = link(person, LAST)
    record_leaving(actor=director, enrolment_id=was.pk, left_on=date(2026, 9, 20))
    assert stays(person)[1:] == [("5А", LAST, DAY), ("6А", DAY, date(2026, 9, 20))]
    record_leaving(actor=director, enrolment_id=now.pk, left_on=date(2024, 5, 25))
    assert stays(person) == [("4А", CAME, date(2024, 5, 25)), ("5А", LAST, LAST), ("6А", DAY, DAY)]
    correct_enrolment(actor=director, enrolment_id=link(person, CAME).pk, admitted_on=CAME, left_on=None)
    assert stays(person) == [("4А", CAME, LAST), ("5А", LAST, DAY), ("6А", DAY, None)]


def test_the_days_of_a_link_are_corrected_but_its_end_is_where_the_next_begins(inside: None) -> None:
    director, person = actor_with("director"), moved()
    first, was, now = link(person, CAME), link(person, LAST), link(person, DAY)
    for each in (first, was):
        for left_on in (SUMMER, date(2026, 10, 1)):
            assert refused(lambda k=each.pk, d=left_on: record_leaving(actor=director, enrolment_id=k, left_on=d)) == [
                ("continued", "left_on")
            ]
    assert refused(lambda: correct_enrolment(actor=director, enrolment_id=was.pk, admitted_on=LAST, left_on=None)) == [
        ("continued", "left_on")
    ]
    assert refused(
        lambda: correct_enrolment(actor=director, enrolment_id=was.pk, admitted_on=date(2025, 8, 1), left_on=DAY)
    ) == [("enrolled_already", "admitted_on")]
    assert refused(lambda: record_leaving(actor=director, enrolment_id=now.pk, left_on=date(2020, 8, 31))) == [
        ("left_before", "left_on")
    ]
    correct_enrolment(actor=director, enrolment_id=first.pk, admitted_on=date(2019, 9, 1), left_on=LAST)
    correct_enrolment(actor=director, enrolment_id=now.pk, admitted_on=DAY, left_on=SUMMER)
    assert stays(person) == [("4А", date(2019, 9, 1), LAST), ("5А", LAST, SUMMER), ("6А", DAY, DAY)]


def test_a_later_day_does_not_reach_into_what_began_since(inside: None) -> None:
    director, person = actor_with("director"), moved()
    record_leaving(actor=director, enrolment_id=link(person, DAY).pk, left_on=SUMMER)
    Enrolment.objects.create(person=person, kind="pupil", admitted_on=date(2026, 10, 1))
    act = {"actor": director, "enrolment_id": link(person, LAST).pk}
    assert refused(lambda: record_leaving(**act, left_on=date(2026, 10, 2))) == [("enrolled_already", "left_on")]
    assert refused(lambda: correct_enrolment(**act, admitted_on=LAST, left_on=None)) == [
        ("enrolled_already", "admitted_on")
    ]
    record_leaving(**act, left_on=date(2026, 10, 1))
    assert stays(person)[1:] == [("5А", LAST, DAY), ("6А", DAY, date(2026, 10, 1)), ("", date(2026, 10, 1), None)]


def test_of_somebody_enrolled_twice_over_both_links_end(inside: None) -> None:
    director = actor_with("director")
    person = make_person("Дважды Иван", room="5А", admitted=CAME)
    Enrolment.objects.create(
        person=person, kind="pupil", admitted_on=LAST, school_class=person.enrolments.get().school_class
    )
    row = roll_over(actor=director, year=2026)
    record_leaving(actor=director, enrolment_id=link(person, DAY).pk, left_on=SUMMER)
    assert stays(person) == [("5А", CAME, SUMMER), ("5А", LAST, SUMMER), ("6А", DAY, DAY)]
    assert people_in_the_way(actor=director, row=row) == [person]


def test_whom_a_newer_list_does_not_name_may_have_left_in_summer(inside: None) -> None:
    director, old, new = actor_with("director"), moved(), make_person("Новый Ян", admitted=DAY)
    both = [link(old, DAY).pk, link(new, DAY).pk]
    with pytest.raises(FaultyActError) as refusal:
        record_leavings(actor=director, enrolment_ids=both, left_on=SUMMER)
    assert "зачислены: Новый Ян." in refusal.value.faults[0].sentence
    assert stays(old)[2:] == [("6А", DAY, None)]
    assert record_leavings(actor=director, enrolment_ids=both[:1], left_on=SUMMER) == 1
    assert stays(old)[1:] == [("5А", LAST, SUMMER), ("6А", DAY, DAY)]


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_the_card_offers_what_can_be_done_with_each_link(client_at: Callable[[str], Client]) -> None:
    client = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        person = moved()
        was, now = link(person, LAST).pk, link(person, DAY).pk
    card = client.get(f"/people/{person.pk}/").content.decode()
    assert f"/enrolments/{was}/leave/" not in card
    assert f"/enrolments/{was}/days/" in card
    assert 'name="left_on"' not in client.get(f"/people/enrolments/{was}/days/").content.decode()
    told = client.post(f"/people/enrolments/{now}/leave/", {"left_on": "28.08.2026"}, follow=True).content.decode()
    assert "Дата выбытия записана." in told
    assert "выбытие 28.08.2026" in told
    assert f"/enrolments/{now}/" not in told
