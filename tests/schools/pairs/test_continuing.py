"""A pair goes on after its order was cancelled, and its plan with another mentor; nobody begins anew."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from schools.meetings import selectors
from schools.meetings.models import Meeting, Plan
from schools.notifications.models import Notice
from schools.pairs.cancelling import cancel_order
from schools.pairs.mentor_change import NewMentor, change_mentor
from schools.pairs.models import Group, Pair
from schools.pairs.orders import approve_pairs
from schools.pairs.services import discard_draft
from schools.people.errors import FaultyActError
from schools.worklist.domain import Matter
from schools.worklist.models import Contact
from schools.worklist.selectors import contacts_of, what_waits
from tests.schools.makers import TODAY, actor_with, make_order, make_pair, make_person

pytestmark = pytest.mark.usefixtures("inside")
AT, LAST = "2026-10-01T08:00Z", date(2026, 11, 4)
CANCELLED = LAST + timedelta(days=1)
CHAIN = {"first": date(2026, 9, 20), "trial": date(2026, 10, 4), "planning": date(2026, 11, 3)}


@pytest.fixture
def director() -> Any:
    return actor_with("director")


def teacher(name: str = "Учителев Олег") -> Any:
    return make_person(name, date(1980, 1, 1), kinds=("teacher",))


def met(day: date, kind: str = "regular", state: str = "held", **unit: Any) -> Meeting:
    made: Meeting = Meeting.objects.create(held_on=day, kind=kind, state=state, created_at=AT, **unit)
    return made


def worked(**fields: Any) -> Pair:
    """Make a pair with a plan and its report, the three first meetings, two talks and a meeting planned."""
    pair: Pair = make_pair(teacher(), make_person("Ученик Пётр"), order=make_order(), **fields)
    unit = {"group": pair.group} if pair.group else {"pair": pair}
    for kind, day in CHAIN.items():
        met(day, kind, **unit)
    met(date(2026, 12, 5), state="planned", **unit)
    for day in (date(2026, 10, 1), date(2026, 10, 12)):
        Contact.objects.create(pair=pair, held_on=day, created_at=AT)
    rows = [{"section": 0, "task": "Проект", "term": "", "planned": "", "actual": "", "mark": ""}]
    programme = {"basis": "приказ"}
    Plan.objects.create(
        pair=pair, kind="personalised", goal="Освоиться", rows=rows, programme=programme, version=3, versions=[{}],
        changed_at=AT, report={"done": "Многое"}, reported_at=AT,
    )  # fmt: skip
    return pair


def cancelled(actor: Any, pair: Pair, *, number: str = "97", day: date = CANCELLED) -> Pair:
    assert pair.order_id is not None
    cancel_order(actor=actor, order_id=pair.order_id, number=number, signed_on=day)
    pair.refresh_from_db()
    return Pair.objects.get(replaces=pair)


def ordered(actor: Any, pair: Pair, number: str, day: date) -> None:
    approve_pairs(actor=actor, pair_ids=[pair.pk], number=number, signed_on=day)
    pair.refresh_from_db()


def waits(actor: Any, matter: Matter, day: date) -> set[Any]:
    return {row.pair.pk for found in what_waits(actor, day, matters=[matter]) for row in found.rows if row.pair}


@pytest.mark.parametrize("is_group", [False, True])
def test_meetings_talks_and_the_plan_go_on(director: Any, is_group: bool):
    pair = worked(group=Group.objects.create(title="Шахматы") if is_group else None)
    draft = cancelled(director, pair)
    assert {row.state for row in Meeting.objects.filter(held_on=date(2026, 12, 5))} == {"planned"}
    planned = selectors.next_planned(draft, TODAY)
    assert planned is not None
    assert planned.pair_id == (None if is_group else draft.pk)
    copy, plan = Plan.objects.get(pair=draft), Plan.objects.get(pair=pair)
    for name in ("goal", "rows", "programme", "version", "versions", "report", "reported_at", "changed_at"):
        assert getattr(copy, name) == getattr(plan, name), name
    assert selectors.kinds_held(draft) == set(CHAIN)
    # The new order comes late; by then the pair has met, only not lately, and two talks are behind it.
    ordered(director, draft, "98", date(2026, 11, 6))
    day = date(2026, 11, 21)
    seen = selectors.with_rhythm(Pair.objects.filter(pk=draft.pk), day).get()
    assert (seen.last_met, seen.next_meeting, seen.met_times) == (CHAIN["planning"], date(2026, 12, 5), 3)
    assert waits(director, Matter.NEVER_MET, day) & {pair.pk, draft.pk} == set()
    assert waits(director, Matter.STUCK, day + timedelta(days=3)) == {draft.pk}
    due = date(2026, 10, 12) + timedelta(days=30)
    assert draft.pk not in waits(director, Matter.CONTACT, due - timedelta(days=1))
    assert draft.pk in waits(director, Matter.CONTACT, due)
    assert contacts_of(actor=director, pair_id=draft.pk)[1].count() == 2


def test_a_second_cancelled_order_breaks_nothing_either(director: Any):
    pair = worked()
    draft = cancelled(director, pair)
    ordered(director, draft, "98", date(2026, 11, 6))
    second = cancelled(director, draft, number="99", day=date(2026, 11, 16))
    ordered(director, second, "100", date(2026, 11, 17))
    assert selectors.kinds_held(second) == set(CHAIN)
    seen = selectors.with_rhythm(Pair.objects.filter(pk=second.pk), TODAY).get()
    assert (seen.last_met, seen.next_meeting, seen.met_times) == (CHAIN["planning"], date(2026, 12, 5), 3)
    assert Plan.objects.get(pair=second).version == 3


def test_the_two_are_told(director: Any):
    pair = worked()
    told = {actor_with("mentor", login="m-1", person_id=pair.mentor_id).pk}
    told.add(actor_with("mentee", login="m-2", person_id=pair.mentee_id).pk)
    cancelled(director, pair)
    news = Notice.objects.filter(news="ended", about=pair.pk)
    assert set(news.values_list("user", flat=True)) == told


@pytest.mark.parametrize("until", [None, date(2026, 12, 20)])
def test_another_mentor_begins_with_the_plan_without_its_report(director: Any, until: date | None):
    pair = worked()
    data = NewMentor(mentor_id=teacher("Новикова Нина").pk, starts_on=TODAY, until=until)
    made = change_mentor(actor=director, pair_id=pair.pk, data=data)
    copy = Plan.objects.get(pair=made)
    assert (copy.goal, copy.rows[0]["task"], copy.programme) == ("Освоиться", "Проект", {"basis": "приказ"})
    assert (copy.version, copy.versions, copy.report, copy.reported_at) == (1, [], {}, None)
    # He and the mentee have not met yet.
    assert (selectors.kinds_held(made), selectors.next_planned(made, TODAY)) == (set(), None)
    assert not selectors.meetings_of(made).exists()
    assert Plan.objects.get(pair=pair).report == {"done": "Многое"}


def test_a_copy_that_nobody_wrote_in_keeps_no_draft(director: Any):
    pair = worked()
    data = NewMentor(mentor_id=teacher("Новикова Нина").pk, starts_on=TODAY)
    made = change_mentor(actor=director, pair_id=pair.pk, data=data)
    Plan.objects.filter(pair=made).update(changed_at=timezone.now() + timedelta(minutes=1))
    with pytest.raises(FaultyActError):
        discard_draft(actor=director, pair_id=made.pk)
    Plan.objects.filter(pair=made).update(changed_at=AT)
    discard_draft(actor=director, pair_id=made.pk)
    assert Plan.objects.get().pair_id == pair.pk
