"""Schools of the demonstration that live a year: everything by the product's services, once."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from core.tenancy import school
from deploy.demo import lives
from deploy.demo.accounts import furnish
from deploy.demo.plan import Situation
from deploy.demo.routine import work_in_pairs
from deploy.demo.stages import LIVED, Stage
from deploy.launch import instance
from tests.schools.makers import make_consent, make_order, make_pair, make_person
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """Let the first school of the check stand at a stage, with its staff; return what lives its year."""
    demo: Any = SimpleNamespace(in_situation=lambda situation: [SimpleNamespace(code=SCHOOL_A.code)])

    def at(stage: Stage) -> Any:
        for code in list(LIVED):
            monkeypatch.delitem(LIVED, code)
        monkeypatch.setitem(LIVED, SCHOOL_A.code, stage)
        monkeypatch.setattr("deploy.demo.accounts.code_at", lambda wanted: SCHOOL_A.code if wanted is stage else "")
        furnish(tmp_path, demo)
        return lambda: (lives.live(timezone.localdate(), seed=1), furnish(tmp_path, demo))

    return SimpleNamespace(at=at, accounts=lambda: instance.load(tmp_path)["accounts"])


def make_pairs(number: int, *, ended_days_ago: int | None = None) -> None:
    day = timezone.localdate()
    # As last year's, whatever the day of the check.
    began = day - timedelta(days=60 if ended_days_ago is None else ended_days_ago + 100)
    order = make_order(signed_on=began)
    mentors = [make_person(f"Учителева {name} Львовна", day.replace(1980, 3, 3), ("teacher",)) for name in "АБ"]
    for mentor in mentors:
        make_consent(mentor)
    for place in range(number):
        mentee = make_person(f"Учеников {place}-й Ильич", day.replace(2012, 3, 1))
        last = None if ended_days_ago is None else day - timedelta(days=ended_days_ago)
        make_pair(mentors[place % 2], mentee, order=order, starts_on=began, ends_on=last)


def test_acting_pairs_meet_and_some_are_in_trouble(stand: Any):
    from schools.meetings.models import Meeting, Plan
    from schools.pairs.models import PartnerRequest
    from schools.participants.models import Concern
    from schools.questionnaires.models import Response
    from schools.worklist.models import Contact, Reminder

    with school(SCHOOL_A.schema):
        make_pairs(3)
    again = stand.at(Stage.WORKING)
    assert [again() for _ in range(2)] == [(1, 0), (0, 0)]
    with school(SCHOOL_A.schema):
        assert Plan.objects.count() >= 3
        assert Meeting.objects.filter(kind="planning").count() >= 3
        assert Meeting.objects.filter(is_for_mentor=False).exists()
        assert (PartnerRequest.objects.count(), Concern.objects.count(), Reminder.objects.count()) == (1, 1, 1)
        assert Contact.objects.exists()
        assert set(Response.objects.values_list("round__template__role", flat=True)) == {"mentor", "mentee"}
    roles = {account["role"] for account in stand.accounts() if account["host"].startswith(SCHOOL_A.code)}
    assert roles >= {"director", "curator", "psychologist", "mentor", "mentee", "parent"}


@pytest.mark.nightly
def test_last_years_pairs_are_reported_on(stand: Any):
    from schools.meetings.models import Meeting, Plan
    from schools.pairs.models import Pair
    from schools.questionnaires.models import Response, Round

    with school(SCHOOL_A.schema):
        make_pairs(2, ended_days_ago=400)
        ended = Pair.objects.filter(ends_on__isnull=False)
        days = set(ended.values_list("ends_on", flat=True))
    again = stand.at(Stage.CLOSED)
    assert [again() for _ in range(2)] == [(1, 0), (0, 0)]
    with school(SCHOOL_A.schema):
        assert Plan.objects.filter(reported_at__isnull=False).count() == 2
        assert Meeting.objects.filter(kind="final").count() == 2
        # Figures of the past stay as they were.
        assert set(ended.values_list("ends_on", "end_code")) == {(day, "completed") for day in days}
        sent = Response.objects.filter(state="submitted").values_list("round__template__code", flat=True)
        codes = {f"{kind}-{side}" for kind in ("after", "satisfaction") for side in ("mentee", "mentor")}
        assert set(sent) == codes
        assert not Round.objects.filter(closed_at__isnull=True).exists()


@pytest.mark.nightly
def test_a_board_is_published_and_another_waits(stand: Any):
    from schools.matching.models import Proposal, Round
    from schools.people.models import Enrolment, SchoolClass
    from schools.questionnaires.models import Response

    with school(SCHOOL_A.schema):
        make_pairs(8)
        day = timezone.localdate()
        for grade in (6, 10):
            room = SchoolClass.objects.create(title=f"{grade}Я", grade=grade, letter="Я")
            for place in range(12):
                one = make_person(f"Свободный {grade} {place}-й", day.replace(day.year - grade - 6, 4, 2))
                make_consent(one)
                Enrolment.objects.filter(person=one).update(school_class=room)
    again = stand.at(Stage.MATCHING)
    assert [again() for _ in range(2)] == [(1, 2), (0, 0)]
    with school(SCHOOL_A.schema):
        assert set(Round.objects.values_list("form_code", "state")) == {
            ("teacher-pupil", "published"),
            ("pupil-pupil", "open"),
        }
        assert {"open", "agreed", "declined"} == set(Proposal.objects.values_list("state", flat=True))
        asked = Response.objects.filter(round__template__kind="preference", state="submitted")
        assert {"wanted_mentors", "wanted_mentees"} <= {code for answers in asked for code in answers.answers}


def test_pairs_of_a_school_without_a_story_have_met_once():
    from schools.meetings.models import Meeting, Plan
    from schools.pairs.models import Pair
    from schools.questionnaires.models import Response

    day = timezone.localdate()
    with school(SCHOOL_A.schema):
        make_pairs(3)
    schools: list[Any] = [
        SimpleNamespace(code=SCHOOL_A.code, situation=Situation.ORDINARY),
        SimpleNamespace(code=SCHOOL_B.code, situation=Situation.NOTHING_YET),
        SimpleNamespace(code="not-ready", situation=Situation.ORDINARY),
    ]
    assert [work_in_pairs(schools, day, seed=1) for _ in range(2)] == [1, 0]
    with school(SCHOOL_A.schema):
        acting = Pair.objects.filter(starts_on__lte=day - timedelta(days=21), order__isnull=False)
        assert not acting.exclude(meetings__state="held").exists()
        assert set(Meeting.objects.values_list("kind", flat=True)) == {"first", "trial"}
        assert Meeting.objects.filter(held_on__gte=day - timedelta(days=14)).exists()
        assert not Meeting.objects.filter(held_on__gt=day).exists()
        assert Plan.objects.exists()
        assert Response.objects.filter(state="submitted").exists()
