"""A consent of minors alone: from 18 years on it is asked of nobody, anywhere."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import Http404

from schools.consents.selectors import (
    consents_ending_soon,
    consents_to_check,
    ending_soon_of,
    minors_kinds,
    people_without_consent,
)
from schools.consents.services import record_paper_consents
from schools.consents.sheets import ADULTS, people_of_sheet
from schools.consents.words import status_of
from schools.papers.consent_services import class_consents_file, consent_file
from schools.programme.home import numbers
from schools.worklist.domain import Matter
from schools.worklist.selectors import what_waits
from tests.schools.makers import TODAY, actor_with, make_consent, make_person

pytestmark = pytest.mark.usefixtures("inside", "today")

KIND = "participation"
GROWN, NEARLY, CHILD = date(2008, 11, 21), date(2008, 12, 5), date(2012, 5, 5)


def about(rows, person) -> set[str]:
    return set(rows.filter(person=person).values_list("kind", flat=True))


def test_whoever_turned_18_is_asked_for_the_other_consents_alone():
    director, grown, nearly = actor_with("director"), make_person("Взрослый Ян", GROWN), make_person("Скоро Ян", NEARLY)
    for person in (grown, nearly):
        for kind in ("processing", "dissemination", KIND):
            make_consent(person, "representative", kind=kind)
    assert about(consents_to_check(director, TODAY), grown) == {"processing", "dissemination"}
    assert about(consents_ending_soon(director, TODAY), nearly) == {"processing", "dissemination"}
    # The home page says who is out of the coverage: only what decides it counts there.
    assert numbers(director, TODAY).consents_to_check == 1


def test_nothing_waits_for_somebody_who_outgrew_his_only_consent():
    director = actor_with("director")
    outgrown = make_consent(make_person("Взрослый Ян", GROWN), "representative", kind=KIND)
    ending = make_consent(make_person("Скоро Ян", NEARLY), "representative", kind=KIND)
    waiting = {each.matter for each in what_waits(director, TODAY)}
    assert not waiting & {Matter.CONSENT_ENDED, Matter.SOON_ADULT}
    minors = minors_kinds()
    assert str(status_of(outgrown, TODAY, minors).text) == "Не нужно: исполнилось 18 лет"
    words = "Действует по 04.12.2026: затем 18 лет, больше не понадобится"
    assert str(status_of(ending, TODAY, minors).text) == words
    assert ending_soon_of(ending, TODAY, minors) is not None


def test_lists_sheets_and_papers_name_children_alone():
    director = actor_with("director")
    child, grown = make_person("Дитя Ян", CHILD, room="7К"), make_person("Рослый Ян", GROWN, room="7К")
    teacher = make_person("Педагог Ян", date(1980, 1, 1), ("teacher",))
    missing = set(people_without_consent(director, TODAY, KIND))
    assert child in missing
    assert not missing & {grown, teacher}
    room = str(child.enrolments.get().school_class_id)
    assert list(people_of_sheet(director, room, KIND, TODAY)) == [child]
    assert list(people_of_sheet(director, room, "processing", TODAY)) == [child, grown]
    assert not people_of_sheet(director, ADULTS, KIND, TODAY)
    for refused in (
        lambda: consent_file(actor=director, school="Школа", person_id=grown.pk, kind=KIND, way="docx"),
        lambda: class_consents_file(actor=director, school="Школа", room=ADULTS, kind=KIND, way="docx"),
    ):
        with pytest.raises(Http404):
            refused()
    pile = [child.pk, grown.pk]
    assert record_paper_consents(actor=director, people_ids=pile, kind=KIND, given_on=date(2026, 11, 20)) == 1
