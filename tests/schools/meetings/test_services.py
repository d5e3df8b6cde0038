"""Logging and correcting meetings: once, by whom, with which conflicts; who is said not to meet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import Http404

from core.authz import RefusedError
from schools.meetings import selectors
from schools.meetings.models import Meeting
from schools.meetings.selectors import Sight
from schools.meetings.services import MeetingData, correct_meeting, log_meeting
from schools.pairs.models import Group
from schools.pairs.services import discard_draft, edit_pair, end_pair
from schools.people.errors import FaultyActError
from schools.people.models import Guardianship
from tests.schools.makers import TODAY, actor_with, audited, make_order, make_pair, make_person

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def pair() -> Any:
    return make_pair(teacher(), make_person("Ученик Пётр", room="7А"), order=make_order())


def teacher(name: str = "Учителев Олег") -> Any:
    return make_person(name, date(1980, 1, 1), kinds=("teacher",))


def mentor_of(pair: Any) -> Any:
    return actor_with("mentor", person_id=pair.mentor_id)


def held(day: date = TODAY, **more: Any) -> MeetingData:
    return MeetingData(held_on=day, **{"kind": "first", "result": "Познакомились", **more})


def fault(act: Any) -> tuple[str, str]:
    with pytest.raises(FaultyActError) as refusal:
        act()
    return refusal.value.faults[0].code, refusal.value.faults[0].field


def test_the_same_key_makes_one_meeting(pair: Any):
    mentor, key = mentor_of(pair), uuid4()
    first = log_meeting(actor=mentor, data=held(), pair_id=pair.pk, key=key)
    again = log_meeting(actor=mentor, data=held(), pair_id=pair.pk, key=key)
    assert (first.is_repetition, again.is_repetition) == (False, True)
    assert again.meeting.pk == first.meeting.pk == Meeting.objects.get().pk
    assert audited()[-1] == ("meetings.logged", str(first.meeting.pk))
    # Gone back to in the browser and filled in anew: what is typed now is not taken for what was sent.
    rewritten = held(TODAY - timedelta(days=1), result="Другая встреча")
    assert fault(lambda: log_meeting(actor=mentor, data=rewritten, pair_id=pair.pk, key=key)) == ("key_used", "")
    other = make_pair(pair.mentor, make_person("Вторая Вера"), order=pair.order)
    used = lambda **to: lambda: log_meeting(data=held(), key=key, **to)  # noqa: E731
    assert fault(used(actor=mentor, pair_id=other.pk)) == ("key_used", "")
    assert fault(used(actor=actor_with("coordinator"), pair_id=pair.pk)) == ("key_used", "")


def test_somebody_else_s_meeting_of_the_day_is_a_conflict_until_confirmed(pair: Any):
    curator = actor_with("curator", "teacher-pupil", name="Кураторова Инна")
    log_meeting(actor=curator, data=held(), pair_id=pair.pk)
    assert Meeting.objects.get().is_for_mentor
    mentor = mentor_of(pair)
    with pytest.raises(FaultyActError, match="same_day") as refusal:
        log_meeting(actor=mentor, data=held(), pair_id=pair.pk, key=uuid4())
    assert "Кураторова Инна" in refusal.value.faults[0].sentence
    assert log_meeting(actor=mentor, data=held(), pair_id=pair.pk, is_another=True).meeting.is_for_mentor is False
    assert Meeting.objects.count() == 2


def test_a_planned_meeting_becomes_the_one_that_took_place(pair: Any):
    mentor = mentor_of(pair)
    planned = log_meeting(actor=mentor, data=held(state="planned", result=""), pair_id=pair.pk).meeting
    done = log_meeting(actor=mentor, data=held(kind="trial"), pair_id=pair.pk, key=uuid4()).meeting
    assert (done.pk, done.state, done.kind, done.result) == (planned.pk, "held", "trial", "Познакомились")
    assert done.corrections[0]["was"] == {"state": "planned", "kind": "first", "result": ""}


def test_what_cannot_be_is_refused_at_its_field(pair: Any):
    log = lambda data, **to: lambda: log_meeting(actor=mentor_of(pair), data=data, **(to or {"pair_id": pair.pk}))  # noqa: E731
    tomorrow = TODAY + timedelta(days=1)
    assert fault(log(held(tomorrow))) == ("in_future", "held_on")
    assert fault(log(held(TODAY - timedelta(days=1), state="planned"))) == ("in_past", "held_on")
    assert fault(log(held(date(202, 1, 1)))) == ("too_early", "held_on")
    assert fault(log(held(kind="tea"))) == ("no_kind", "kind")
    assert fault(log(held(state="missed"))) == ("bad_state", "state")
    assert fault(log(held(state="x"))) == ("bad_state", "state")
    assert fault(log(held(duration_minutes=0))) == ("bad_duration", "duration_minutes")
    assert fault(log(held(), pair_id=make_pair(teacher("Другова Яна"), make_person("Чужой Чук")).pk))[0] == "no_unit"
    assert fault(log(held(), group_id=uuid4()))[0] == "no_unit"
    assert not Meeting.objects.exists()
    log(held(tomorrow, state="planned"))()
    assert Meeting.objects.get().state == "planned"


def test_a_correction_keeps_what_was_and_sees_a_newer_one(pair: Any):
    mentor = mentor_of(pair)
    meeting = log_meeting(actor=mentor, data=held(note="личное"), pair_id=pair.pk).meeting
    to = {"actor": mentor, "meeting_id": meeting.pk}
    fixed = correct_meeting(**to, data=held(TODAY - timedelta(days=1), result="Иначе"), version=0)
    assert fixed.corrections[0]["was"] == {"held_on": "2026-11-21", "result": "Познакомились"}
    assert (fixed.note, fixed.corrections[0]["by"]) == ("личное", str(mentor.pk))
    assert fault(lambda: correct_meeting(**to, data=held(), version=0))[0] == "stale"
    assert fault(lambda: correct_meeting(**to, data=held(state="planned"), version=1))[0] == "bad_state"
    gone = correct_meeting(**to, data=held(state="cancelled"), version=1)
    assert (gone.state, len(gone.corrections)) == ("cancelled", 2)
    assert fault(lambda: correct_meeting(**to, data=held(), version=2))[0] == "bad_state"


def test_nobody_else_s_pair_is_written_about(pair: Any):
    meeting = log_meeting(actor=mentor_of(pair), data=held(note="не для него"), pair_id=pair.pk).meeting
    parent = make_person("Родителева Ольга", date(1985, 1, 1), kinds=("parent",))
    Guardianship.objects.create(guardian=parent, ward=pair.mentee)
    sights = {
        "mentor": (mentor_of(pair), Sight.WRITES),
        "mentee": (actor_with("mentee", person_id=pair.mentee_id), Sight.WHOLE),
        "parent": (actor_with("parent", person_id=parent.pk), Sight.DAYS),
        "curator": (actor_with("curator", "teacher-pupil"), Sight.WRITES),
    }
    for name, (actor, sight) in sights.items():
        assert selectors.sight_of(actor, selectors.pair_with_meetings(actor=actor, pair_id=pair.pk)) is sight, name
        assert selectors.meetings_seen_by(actor).exists() == (sight > Sight.DAYS), name
    for actor in (sights["mentee"][0], sights["parent"][0], actor_with("psychologist")):
        with pytest.raises(RefusedError):
            log_meeting(actor=actor, data=held(), pair_id=pair.pk)
    stranger = actor_with("mentor", person_id=teacher("Другова Яна").pk)
    for ask in (
        lambda: selectors.pair_with_meetings(actor=stranger, pair_id=pair.pk),
        lambda: selectors.meeting_for(actor=stranger, meeting_id=meeting.pk),
        lambda: correct_meeting(actor=stranger, meeting_id=meeting.pk, data=held(), version=0),
    ):
        with pytest.raises(Http404):
            ask()
    chief = actor_with("coordinator", person_id=pair.mentee_id)
    assert not selectors.reads_notes(chief, meeting, selectors.sight_of(chief, pair))


def test_a_group_is_shown_within_one_s_own_days_and_nobody_reads_the_note_about_himself(pair: Any):
    group = Group.objects.create(title="Кружок")
    more = {"order": pair.order, "group": group}
    stays = make_pair(pair.mentor, make_person("Аистов Ян"), **more)
    gone = make_pair(pair.mentor, make_person("Яблокова Инна"), **more, ends_on=TODAY - timedelta(days=30))
    log = lambda day: log_meeting(actor=mentor_of(pair), data=held(day, note="о группе"), group_id=group.pk).meeting  # noqa: E731
    before, after = log(TODAY - timedelta(days=40)), log(TODAY)
    seen = lambda who: set(selectors.meetings_seen_by(actor_with("mentee", person_id=who)))  # noqa: E731
    assert seen(stays.mentee_id) == {before, after}
    assert seen(gone.mentee_id) == {before}
    assert set(selectors.meetings_seen_by(mentor_of(pair))) == {before, after}
    # Not the first of the group by name: whichever pair the page stands on, the note is about him as well.
    chief = actor_with("coordinator", person_id=gone.mentee_id)
    assert not selectors.reads_notes(chief, before, Sight.WRITES)
    assert selectors.reads_notes(mentor_of(pair), before, Sight.WRITES)


def test_on_a_day_on_which_nobody_is_in_the_group_it_does_not_meet(pair: Any):
    group, mentor = Group.objects.create(title="Кружок"), mentor_of(pair)
    more = {"order": pair.order, "group": group}
    spring = make_pair(
        pair.mentor, make_person("Аистов Ян"), **more, starts_on=date(2026, 3, 1), ends_on=date(2026, 5, 25)
    )
    autumn = make_pair(pair.mentor, make_person("Яблокова Инна"), **more, starts_on=date(2026, 11, 1))
    log = lambda day, **more: log_meeting(actor=mentor, data=held(day, **more), group_id=group.pk).meeting  # noqa: E731
    with pytest.raises(FaultyActError, match="outside_group") as refusal:
        log(date(2026, 9, 20))
    assert refusal.value.faults[0].field == "held_on"
    assert "дни её пар: 01.03.2026 – 25.05.2026, с 01.11.2026." in refusal.value.faults[0].sentence
    assert not Meeting.objects.exists()
    early, late = log(date(2026, 3, 1)), log(date(2026, 11, 1))
    assert [selectors.pair_of_meeting(mentor, row) for row in (early, late)] == [spring, autumn]
    # A correction cannot lead out of those days either; one that moves nothing, or cancels, is still possible.
    to = {"actor": mentor, "meeting_id": late.pk}
    assert fault(lambda: correct_meeting(**to, data=held(date(2026, 9, 20)), version=0)) == ("outside_group", "held_on")
    type(autumn).objects.filter(pk=autumn.pk).update(starts_on=date(2026, 11, 10))
    assert correct_meeting(**to, data=held(date(2026, 11, 1), result="Иначе"), version=0).result == "Иначе"
    assert correct_meeting(**to, data=held(date(2026, 11, 1), state="cancelled"), version=1).state == "cancelled"


def test_what_a_group_planned_is_cancelled_once_nobody_is_left_in_it(pair: Any):
    group, director = Group.objects.create(title="Кружок"), actor_with("director")
    more = {"order": pair.order, "group": group}
    one, other = (make_pair(pair.mentor, make_person(name), **more) for name in ("Аистов Ян", "Яблокова Инна"))
    rows = [
        log_meeting(actor=director, data=held(TODAY + timedelta(days=days), state="planned"), group_id=group.pk).meeting
        for days in (5, 15)
    ]
    states = lambda: [Meeting.objects.get(pk=row.pk).state for row in rows]  # noqa: E731
    end_pair(actor=director, pair_id=one.pk, ends_on=TODAY, code="completed")
    assert states() == ["planned", "planned"]
    edit_pair(actor=director, pair_id=other.pk, starts_on=other.starts_on, ends_on=TODAY + timedelta(days=10))
    assert states() == ["planned", "cancelled"]
    (was,) = Meeting.objects.get(pk=rows[1].pk).corrections
    assert (was["by"], was["was"]) == ("", {"state": "planned"})


def test_who_has_not_met_and_who_is_stuck(pair: Any):
    director = actor_with("director")
    lists = lambda: (  # noqa: E731
        set(selectors.pairs_without_meeting(director, TODAY).values_list("pk", flat=True)) & {pair.pk, lone.pk},
        set(selectors.stuck_pairs(director, TODAY).values_list("pk", flat=True)) & {pair.pk, lone.pk},
    )
    group = Group.objects.create(title="Шахматы")
    lone = make_pair(teacher("Группов Глеб"), make_person("Групповая Аня"), order=pair.order, group=group)
    fresh = make_pair(pair.mentor, make_person("Новая Нина"), order=make_order("99", TODAY - timedelta(days=13)))
    assert lists() == ({pair.pk, lone.pk}, set())
    assert fresh.pk not in set(selectors.pairs_without_meeting(director, TODAY).values_list("pk", flat=True))
    log_meeting(actor=director, data=held(TODAY - timedelta(days=21)), group_id=group.pk)
    log_meeting(actor=director, data=held(TODAY - timedelta(days=20)), pair_id=pair.pk)
    assert lists() == (set(), {lone.pk})
    days = selectors.last_meetings([pair.pk, lone.pk, fresh.pk], TODAY)
    assert days == {pair.pk: TODAY - timedelta(days=20), lone.pk: TODAY - timedelta(days=21)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT last_meeting FROM coverage_engagement WHERE last_meeting IS NOT NULL")
        assert {day for (day,) in cursor.fetchall()} == set(days.values())
    seen = selectors.with_rhythm(selectors.pairs_with_meetings(director), TODAY).get(pk=pair.pk)
    assert (seen.last_met, seen.next_meeting, seen.met_times) == (TODAY - timedelta(days=20), None, 1)


def test_a_draft_with_meetings_stays():
    draft = make_pair(teacher(), make_person("Черновой Чук"))
    director = actor_with("director")
    log_meeting(actor=director, data=held(), pair_id=draft.pk)
    assert fault(lambda: discard_draft(actor=director, pair_id=draft.pk))[0] == "stands"
