"""Who is told of what, once a day, and never of what he would not be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.accounts.models import User
from core.authz import load_actor
from core.events.catalogue import announce
from core.tenancy import school
from schools.matching.models import Proposal
from schools.meetings.domain import MeetingState
from schools.meetings.models import Meeting
from schools.meetings.services import MeetingData, correct_meeting, log_meeting
from schools.notifications import services
from schools.notifications.domain import KEPT_DAYS, News
from schools.notifications.models import Notice
from schools.pairs.orders import approve_pairs
from schools.pairs.partner_requests import ask_for_another
from schools.pairs.services import edit_pair
from schools.participants.services import tell_concern
from schools.people.models import Guardianship
from schools.questionnaires.reminding import remind_unanswered
from schools.questionnaires.services import open_round
from tests.schools.makers import TODAY, actor_with, make_order, make_pair, make_person
from tests.schools.matching.makers import make_mentee, make_mentor, make_round
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def two(inside: None) -> Any:
    """A draft of a pair whose two have accounts, and so has the pupil's mother."""
    mentor = make_person("Учителева Инна", date(1980, 1, 1), kinds=["teacher"])
    mentee, mother = make_person("Ученикова Яна"), make_person("Ученикова Ольга", date(1985, 1, 1), kinds=["parent"])
    Guardianship.objects.create(guardian=mother, ward=mentee)
    for role, person in (("mentor", mentor), ("mentee", mentee), ("parent", mother)):
        actor_with(role, login=f"{role}-of-two", person_id=person.pk)
    return make_pair(mentor, mentee)


def told() -> dict[str, list[str]]:
    """Return what each account was told, by login."""
    found: dict[str, list[str]] = {}
    for login, news in Notice.objects.order_by("at", "news").values_list("user__login", "news"):
        found.setdefault(login, []).append(news)
    return found


def test_an_order_is_news_to_both_and_to_the_parent_and_counted_in_the_header(two: Any):
    approve_pairs(actor=actor_with("director", login="boss"), pair_ids=[two.pk], number="1", signed_on=TODAY)
    assert told() == {f"{role}-of-two": ["ordered"] for role in ("mentor", "mentee", "parent")}
    assert set(User.objects.filter(unread=1).values_list("login", flat=True)) == set(told())
    assert User.objects.get(login="boss").unread == 0


def test_of_a_grown_up_s_pair_his_parents_are_told_nothing(two: Any):
    two.mentee.birth_date = date(TODAY.year - 18, TODAY.month, TODAY.day)
    two.mentee.save(update_fields=["birth_date"])
    approve_pairs(actor=actor_with("director"), pair_ids=[two.pk], number="1", signed_on=TODAY)
    assert set(told()) == {"mentor-of-two", "mentee-of-two"}


def test_a_closed_account_or_one_out_of_term_is_told_nothing(two: Any):
    User.objects.filter(login="mentor-of-two").update(is_active=False)
    User.objects.filter(login="mentee-of-two").update(expires_at=timezone.now() - timedelta(hours=1))
    approve_pairs(actor=actor_with("director"), pair_ids=[two.pk], number="1", signed_on=TODAY)
    assert set(told()) == {"parent-of-two"}


def test_a_concern_reaches_those_who_may_read_it_and_nobody_of_the_pair(two: Any):
    two.order = make_order()
    two.save()
    for role, scope in (("psychologist", ""), ("director", ""), ("curator", "teacher-pupil")):
        actor_with(role, scope, login=role)
    actor_with("curator", "pupil-pupil", login="other")
    actor_with("coordinator", login="the-mentor-himself", person_id=two.mentor_id)
    mentee = actor_with("mentee", person_id=two.mentee_id)
    tell_concern(actor=mentee, pair_id=two.pk)
    assert told() == {role: ["concern"] for role in ("psychologist", "director", "curator")}
    ask_for_another(actor=mentee, pair_id=two.pk, wish="time")
    assert told() == {role: ["concern", "request"] for role in ("psychologist", "director", "curator")}


def test_a_proposal_is_told_to_the_two_it_is_made_to(inside: None):
    found = make_round(state="published")
    mentor, mentee = make_mentor(found, "Учителева Инна Львовна"), make_mentee(found, "Ученикова Яна Ильинична")
    for role, row in (("mentor", mentor), ("mentee", mentee)):
        actor_with(role, login=role, person_id=row.person_id)
    made = Proposal.objects.create(mentor=mentor, mentee=mentee, asked_at=timezone.now(), expires_on=TODAY)
    announce("matching.proposed", {"proposals": [made.pk]})
    assert told() == {"mentor": ["proposed"], "mentee": ["proposed"]}


def test_a_questionnaire_is_asked_and_asked_again_once_a_day(two: Any):
    two.order = make_order()
    two.save()
    director = actor_with("director")
    opened = open_round(actor=director, code="entry-mentee", with_pairs=True)
    for _again in range(2):
        remind_unanswered(actor=director, round_id=opened.pk)
    assert told()["mentee-of-two"] == ["asked", "asked-again"]
    assert User.objects.get(login="mentee-of-two").unread == 2


def test_a_meeting_to_come_is_news_to_the_others(two: Any):
    by = User.objects.get(login="mentor-of-two")
    for state in ("planned", "held"):
        row = Meeting.objects.create(
            pair=two, kind="regular", state=state, held_on=TODAY, logged_by=by.pk, created_at=timezone.now()
        )
        data = {"meeting": row.pk, "pair": two.pk, "group": None, "held_on": TODAY, "state": MeetingState(state)}
        announce("meeting.logged", data)
    assert told() == {"mentee-of-two": ["planned"]}


def test_a_meeting_that_will_not_be_is_news_and_one_that_was_written_by_mistake_is_not(two: Any):
    mentor = load_actor(User.objects.get(login="mentor-of-two"))
    soon = MeetingData(held_on=TODAY + timedelta(days=3), kind="regular", state="planned")
    made = log_meeting(actor=mentor, data=soon, pair_id=two.pk).meeting
    gone = replace(soon, state="cancelled")
    correct_meeting(actor=actor_with("coordinator"), meeting_id=made.pk, data=gone, version=0)
    # Not only whoever had not written it down: somebody else took it back.
    assert told() == {"mentee-of-two": ["planned", "cancelled"], "mentor-of-two": ["cancelled"]}
    held = replace(soon, held_on=TODAY, state="held")
    slip = log_meeting(actor=mentor, data=held, pair_id=two.pk).meeting
    correct_meeting(actor=mentor, meeting_id=slip.pk, data=replace(held, state="cancelled"), version=0)
    old = Meeting.objects.create(
        pair=two, kind="regular", state="planned", held_on=TODAY - timedelta(days=1), created_at=timezone.now()
    )
    correct_meeting(actor=mentor, meeting_id=old.pk, data=replace(gone, held_on=old.held_on), version=0)
    assert Notice.objects.count() == 3


def test_a_last_day_to_come_is_news_of_its_own_with_the_meetings_that_it_takes_away(two: Any):
    director, days = actor_with("director"), {"starts_on": two.starts_on}
    edit_pair(actor=director, pair_id=two.pk, ends_on=TODAY + timedelta(days=90), **days)
    assert told() == {}  # a draft is no pair yet to its two
    approve_pairs(actor=director, pair_ids=[two.pk], number="1", signed_on=TODAY)
    log_meeting(
        actor=load_actor(User.objects.get(login="mentor-of-two")),
        data=MeetingData(held_on=TODAY + timedelta(days=30), kind="regular", state="planned"),
        pair_id=two.pk,
    )
    Notice.objects.all().delete()
    edit_pair(actor=director, pair_id=two.pk, ends_on=TODAY + timedelta(days=40), **days)
    of_the_day = {f"{role}-of-two": ["last-day"] for role in ("mentor", "mentee", "parent")}
    assert told() == of_the_day
    edit_pair(actor=director, pair_id=two.pk, ends_on=TODAY + timedelta(days=20), **days)
    assert Meeting.objects.get().state == "cancelled"
    assert {login: sorted(news) for login, news in told().items()} == {
        "mentor-of-two": ["cancelled", "last-day"],
        "mentee-of-two": ["cancelled", "last-day"],
        "parent-of-two": ["last-day"],
    }
    Notice.objects.all().delete()
    # A later one takes nothing away, and of a pair that is over nothing is news.
    edit_pair(actor=director, pair_id=two.pk, ends_on=TODAY + timedelta(days=60), **days)
    assert told() == {}
    edit_pair(actor=director, pair_id=two.pk, ends_on=TODAY - timedelta(days=1), **days)
    edit_pair(actor=director, pair_id=two.pk, ends_on=TODAY - timedelta(days=2), **days)
    assert told() == {f"{role}-of-two": ["ended"] for role in ("mentor", "mentee", "parent")}


def test_seen_news_is_no_longer_counted_and_old_news_is_forgotten(two: Any):
    mentee = User.objects.get(login="mentee-of-two")
    rows = [(mentee.pk, two.pk)]
    services.tell(News.STUCK, rows)
    services.tell(News.STUCK, rows)
    assert (Notice.objects.count(), User.objects.get(pk=mentee.pk).unread) == (1, 1)
    # What came after the list was read is still new.
    reader, before = load_actor(mentee), timezone.now() - timedelta(minutes=1)
    assert (services.see_all(actor=reader, until=before), User.objects.get(pk=mentee.pk).unread) == (0, 1)
    Notice.objects.update(day=TODAY - timedelta(days=KEPT_DAYS + 1))
    services.tell(News.ORDERED, rows)
    assert services.forget_old_notices() == 1
    assert (Notice.objects.get().news, User.objects.get(pk=mentee.pk).unread) == ("ordered", 1)


def test_the_page_shows_one_s_own_news_in_as_many_queries_for_many_as_for_few(client_at: Callable[[str], Client]):
    client = sign_in(client_at, SCHOOL_A, "mentor", person_id=world.MENTOR)
    client.get("/notifications/")
    counts = []
    for number in (1, 20):
        with school(SCHOOL_A.schema):
            other = actor_with("mentor", person_id=world.MENTEE)
            for day in range(number):
                row = {"day": TODAY - timedelta(days=day + 30 * number), "at": timezone.now()}
                Notice.objects.create(user_id=client.user.pk, news="stuck", about=world.PAIR, **row)
                Notice.objects.create(user_id=other.pk, news="planned", about=world.PAIR, **row)
        with CaptureQueriesContext(connection) as seen:
            page = client.get("/notifications/").content.decode()
        counts.append(len(seen))
        assert "Назначена встреча" not in page
        assert page.count("Новое</strong>") == number
    assert counts[0] == counts[1], counts
    assert counts[0] <= 16
