"""What the data say of a task is what the task means: not that some pair, or somebody, is there."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from schools.meetings.models import Meeting, Plan
from schools.pairs.models import Pair
from schools.programme import year_services, years
from schools.programme.evidence import YearEvidence, offered_tasks
from schools.programme.home import numbers
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.people import base_of
from schools.questionnaires.models import Round, Template
from tests.schools.makers import TODAY, actor_with, make_consent, make_order, make_pair, make_person

pytestmark = [pytest.mark.usefixtures("inside", "today"), pytest.mark.urls("config.urls.school")]
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def started(*profiles: str) -> ProgrammeYear:
    data = year_services.YearData(starts_on=date(2026, 9, 1))
    return year_services.start_year(actor=actor_with("coordinator"), data=data, profiles=profiles or ["r-145"])


def offered(year: ProgrammeYear) -> set[str]:
    """Return the codes of the tasks that by the data are done; of a second profile with its name before it."""
    director = actor_with("director")
    known = YearEvidence(director, year, numbers(director, TODAY), TODAY)
    found = offered_tasks(years.stages_of(director, year), known)
    return {
        row.product if row.profile == year.profiles[0]["code"] else f"{row.profile}:{row.product}"
        for row in year.tasks.filter(pk__in=found)
    }


def known(year: ProgrammeYear, product: str):
    director = actor_with("director")
    task = year.tasks.filter(product=product).first()
    return YearEvidence(director, year, numbers(director, TODAY), TODAY).of(task)


def pair(of_teacher: bool = False, **fields):
    number = Pair.objects.count()
    mentor = make_person(f"Наставник Ян{number}", date(1980, 1, 1), ("teacher",))
    kinds, form = (("teacher",), "teacher-teacher") if of_teacher else (("pupil",), "teacher-pupil")
    return make_pair(mentor, make_person(f"Ученик Ян{number}", date(1990, 1, 1), kinds), form, **fields)


def test_a_pair_that_acts_ends_nothing_and_one_of_last_year_begins_nothing():
    Pair.objects.all().delete()
    year = started()
    old = pair(order=make_order("1", date(2026, 5, 1)), starts_on=date(2026, 5, 1))
    assert not offered(year) & {"pairs", "orders", "closing", "mentors", "mentees", "plans"}
    acting = pair(order=make_order("84-од"))
    assert offered(year) & {"pairs", "orders", "closing"} == {"pairs", "orders"}
    assert known(year, "orders").url == f"/orders/{acting.order_id}/"
    pair()
    assert "orders" not in offered(year)
    assert old.mentor in base_of("mentor", TODAY)
    assert known(year, "mentors").url == "/people/?role=mentor"
    assert not base_of("mentor", TODAY).filter(pk=acting.mentee_id).exists()


def test_the_last_stage_is_done_when_every_pair_has_ended_with_a_report():
    year = started()
    Pair.objects.all().delete()
    done = pair(order=make_order("84-од"), ends_on=date(2026, 11, 10), end_code="completed")
    assert "closing" not in offered(year)
    Plan.objects.create(pair=done, kind="individual", changed_at=NOW, report={"done": "да"}, reported_at=NOW)
    assert "closing" in offered(year)
    pair(order=done.order)
    assert "closing" not in offered(year)


def test_plans_and_meetings_are_shown_by_all_acting_pairs():
    year = started()
    Pair.objects.all().delete()
    first, second = pair(order=make_order("84-од")), pair(order=make_order("85-од"))
    for kind in ("first", "trial"):
        for each in (first, second):
            Meeting.objects.create(pair=each, kind=kind, state="held", held_on=date(2026, 10, 1), created_at=NOW)
    Plan.objects.create(pair=first, kind="individual", version=1, changed_at=NOW)
    assert offered(year) & {"plans", "first-meetings", "planning-meetings"} == {"first-meetings"}
    Plan.objects.create(pair=second, kind="individual", version=1, changed_at=NOW)
    assert "plans" in offered(year)


def test_a_questionnaire_is_done_when_its_round_is_closed():
    year = started()
    template = Template.objects.create(
        code="x", version=1, title="Входная", kind="entry", role="mentor", created_at=NOW
    )
    asked = Round.objects.create(template=template, title="Входная наставников", opened_at=NOW)
    assert not offered(year) & {"entry-mentor", "entry-mentee"}
    assert known(year, "entry-mentor").words == "Опрос идёт: Входная наставников"
    Round.objects.filter(pk=asked.pk).update(closed_at=NOW)
    assert offered(year) & {"entry-mentor", "entry-mentee"} == {"entry-mentor"}
    assert known(year, "entry-mentor").url == f"/questionnaires/{asked.pk}/"


def test_each_profile_has_its_own_pairs_and_consents():
    year = started("r-145", "az-1128")
    Pair.objects.all().delete()
    of_teacher = pair(of_teacher=True, order=make_order("84-од"))
    assert offered(year) & {"pairs", "az-1128:pairs"} == {"az-1128:pairs"}
    make_consent(of_teacher.mentor)
    assert offered(year) & {"az-1128:mentor-consents", "az-1128:mentee-consents"} == {"az-1128:mentor-consents"}
    assert ProgrammeTask.objects.filter(year=year, product="mentor-consents").count() == 2
