"""The daily digest: once, in its window, numbers alone, and a thousand schools not at once."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.accounts.models import User
from core.events.models import Outbox
from core.tenancy import region, school
from schools.notifications.digests import make_day_digests, moment_of, plan_digests
from schools.notifications.domain import WINDOW_LENGTH, Window, begin_of
from schools.notifications.models import Letter, Preference
from schools.notifications.posting import post_due_letters
from schools.notifications.tasks import make_digests
from tests.schools.makers import actor_with, make_pair, make_person
from tests.support.world import SCHOOL_A

DAY = date(2026, 11, 23)


def reader(role: str = "curator", scope: str = "teacher-pupil", window: str = "morning") -> User:
    user = User.objects.get(pk=actor_with(role, scope).pk)
    Preference.objects.create(user=user, email=f"{user.login}@mail.test", confirmed_at=timezone.now(), digest=window)
    return user


def drafts(number: int) -> None:
    for each in range(number):
        mentor = make_person(f"Учитель{'абвгдежз'[each]} Инна", date(1980, 1, 1), kinds=["teacher"])
        make_pair(mentor, make_person(f"Ученик{'абвгдежз'[each]} Ян", date(2012, 5, each + 1)))


@pytest.mark.parametrize("window", list(Window))
def test_a_thousand_schools_do_not_write_at_once(window: Window):
    begin = begin_of(window, DAY, timezone.get_default_timezone())
    moments = [moment_of(f"s_{number * 2654435761 % 2**48:012x}", window, DAY) for number in range(1000)]
    assert all(begin <= moment < begin + WINDOW_LENGTH for moment in moments)
    per_minute = Counter((moment - begin) // timedelta(minutes=1) for moment in moments)
    print(
        f"digests of 1,000 schools: at most {max(per_minute.values())} schools a minute over {len(per_minute)} minutes"
    )
    assert max(per_minute.values()) <= 25
    assert len(per_minute) >= 110


@pytest.mark.django_db
def test_a_digest_delivered_three_times_is_one_letter_of_numbers(inside: None):
    reader()
    drafts(3)
    day = timezone.localdate()
    for _again in range(3):
        make_day_digests(day, Window.MORNING)
        post_due_letters()
    (letter,) = mail.outbox
    assert "Пары ждут приказа: 3" in letter.body
    assert "Учитель" not in letter.body
    assert "Ученик" not in letter.body
    assert Letter.objects.count() == 1


@pytest.mark.django_db
def test_only_who_follows_somebody_has_a_confirmed_address_and_wants_it_gets_one(inside: None):
    drafts(1)
    reader("mentor", "")
    reader(window="")
    reader(window="evening")
    Preference.objects.filter(user=reader()).update(email="", wanted="typed@mail.test")
    assert make_day_digests(timezone.localdate(), Window.MORNING) == 0
    assert make_day_digests(timezone.localdate() - timedelta(days=1), Window.EVENING) == 0, "a day that is over"
    assert make_day_digests(timezone.localdate(), Window.EVENING) == 1


@pytest.mark.django_db
def test_a_reader_for_whom_nothing_waits_gets_no_letter(inside: None):
    reader(scope="pupil-pupil")
    assert make_day_digests(timezone.localdate(), Window.MORNING) == 0


@pytest.mark.django_db
def test_queries_do_not_grow_with_what_waits(inside: None):
    reader()
    counts = []
    for number in (2, 8):
        drafts(number)
        Letter.objects.all().delete()
        with CaptureQueriesContext(connection) as seen:
            assert make_day_digests(timezone.localdate(), Window.MORNING) == 1
        counts.append(len(seen))
    assert counts[0] == counts[1], counts
    assert counts[0] <= 30


@pytest.mark.django_db
def test_the_chore_plans_each_window_that_somebody_wants(school_a: Any, monkeypatch: pytest.MonkeyPatch):
    night = begin_of(Window.MORNING, timezone.localdate(), timezone.get_default_timezone()) - timedelta(hours=2)
    monkeypatch.setattr("schools.notifications.digests.timezone.now", lambda: night)
    with school(SCHOOL_A.schema):
        reader()
        reader(window="evening")
        assert plan_digests() == 2
    with region():
        rows = list(Outbox.objects.filter(task=make_digests.name).order_by("next_attempt_at"))
    assert [row.payload["window"] for row in rows] == ["morning", "evening"]
    assert rows[0].next_attempt_at == moment_of(SCHOOL_A.schema, Window.MORNING, night.date())
    assert rows[0].payload.keys() == {"day", "window"}
