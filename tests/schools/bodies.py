"""Acts whose ids stand in the body, or are an order's or a round's: each in every state, by page and by API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from schools.meetings.domain import MeetingState
from schools.pairs.domain import Act as PairAct
from schools.pairs.domain import Step, may_do, step_of
from schools.questionnaires.domain import ResponseState
from tests.schools.driving import Case, ask, doors, pair_of, state_of
from tests.schools.makers import TODAY, make_order, make_pair, make_person
from tests.schools.matching.makers import make_mentee, make_mentor
from tests.schools.matching.makers import make_round as make_matching
from tests.schools.questionnaires.makers import make_response
from tests.schools.questionnaires.makers import make_round as make_survey
from tests.support import world


def cases_by_body(pupil: Any) -> list[Case]:
    """Return all of them; ``pupil`` is who is asked to fill in questionnaires. In the school that is entered."""
    return [*_orders(), *_leavers(), *_papers(pupil), *_publications(), *_new_meetings()]


def _orders() -> Iterator[Case]:
    """Acts of orders over pairs in each step, whose ids stand in the body; then acts on orders themselves."""
    order, ended_on = make_order("98"), TODAY - timedelta(days=3)
    steps = (
        {},
        {"order": order},
        {"ends_on": ended_on},
        {"order": order, "ends_on": ended_on, "end_code": "completed"},
    )
    for at, fields in enumerate(steps):
        mentor = make_person(f"Шестов Ян{at}", date(1980, 1, 1), ("teacher",))
        pair = make_pair(mentor, make_person(f"Седьмов Ян{at}"), **fields)
        step = step_of(is_ordered="order" in fields, ends_on=fields.get("ends_on"), day=TODAY)
        stored, before = partial(pair_of, pair.pk), pair_of(pair.pk)
        for where in ("pairs", "endings"):
            is_open = may_do(step, PairAct.APPROVE) if where == "pairs" else step is Step.ENDED
            for page, path in (("approve", "approve"), ("record", "signed")):
                body = {"number": "100", "signed_on": "2026-11-20", where: [str(pair.pk)]}
                for door, call in doors(f"/orders/{page}/", body, "POST", f"orders/{path}/", body):
                    name = f"{where} {step} {page} {door}"
                    yield Case(name, "director", call, stored, None if is_open else before)
    yield from _orders_themselves()


def _orders_themselves() -> Iterator[Case]:
    """A whole order, one without a date, one that is cancelled and the one that cancels it."""
    from schools.pairs.models import Order

    day, cancelled = date(2026, 9, 10), make_order("91")
    cancelling = Order.objects.create(number="92", signed_on=day, created_at="2026-11-01T00:00Z", cancels=cancelled)
    known = {"whole": make_order("93"), "undated": make_order("94", None), "cancelled": cancelled, "other": cancelling}
    for state, order in known.items():
        stored, before = partial(_order_of, order.pk), _order_of(order.pk)
        page, path = f"/orders/{order.pk}/", f"orders/{order.pk}/"
        for number, signed_on in (("95", order.signed_on), ("95", date(2026, 9, 20))):
            is_moved = signed_on != order.signed_on
            is_open = signed_on is not None and not (is_moved and state in ("cancelled", "other"))
            body = {"number": number, "signed_on": signed_on.isoformat() if signed_on else ""}
            for door, call in doors(f"{page}correct/", body, "PUT", path, body):
                yield Case(f"order {state} {signed_on} {door}", "director", call, stored, None if is_open else before)
        body = {"number": "96", "signed_on": TODAY.isoformat()}
        for door, call in doors(f"{page}cancel/", body, "POST", f"{path}cancel/", body):
            expected = None if state == "whole" else before
            yield Case(f"order {state} cancelled {door}", "director", call, stored, expected)


def _order_of(pk: Any) -> Any:
    from django.db.models import Q

    from schools.pairs.models import Order

    return list(Order.objects.filter(Q(pk=pk) | Q(cancels=pk)).order_by("pk").values())


def _leavers() -> Iterator[Case]:
    """Pairs of somebody who has left, or stays, before and after their last day."""
    left, order = date(2026, 11, 1), make_order("97")
    for at, (has_left, fields) in enumerate(
        (has_left, fields)
        for has_left in (True, False)
        for fields in ({}, {"order": order}, {"ends_on": left - timedelta(days=1)})
    ):
        mentee = make_person(f"Восьмов Ян{at}", left=left if has_left else None)
        pair = make_pair(make_person(f"Девятов Ян{at}", date(1980, 1, 1), ("teacher",)), mentee, **fields)
        stored, before = partial(pair_of, pair.pk), pair_of(pair.pk)
        body = {"pairs": [str(pair.pk)], "reason": "Выбыл из школы"}
        expected = None if has_left and "ends_on" not in fields else before
        for door, call in doors("/pairs/leavers/", body, "POST", "pairs/leavers/", body):
            yield Case(f"leaver {has_left} {sorted(fields)} {door}", "director", call, stored, expected)


def _papers(pupil: Any) -> Iterator[Case]:
    """Rows of the sheet for paper: what somebody sent himself stays, what came from paper is mended."""
    from schools.questionnaires.models import Response

    for is_open in (True, False):
        for state in ResponseState:
            for channel in ("paper", "account"):
                asked = make_survey(closed_at=None if is_open else datetime(2026, 11, 20, 10, tzinfo=UTC))
                is_sent = state in (ResponseState.SUBMITTED, ResponseState.REOPENED)
                row = make_response(asked, pupil, {"comfort": 5} if is_sent else None)
                Response.objects.filter(pk=row.pk).update(state=state, channel=channel)
                stored, before = partial(_answers_of, row.pk), _answers_of(row.pk)
                expected = (ResponseState.SUBMITTED, {"comfort": 7}) if is_open and channel == "paper" else before
                body = {"rows": [{"response": str(row.pk), "answers": {"comfort": 7}}]}
                page = {f"c-{row.pk}-comfort": "7"}
                sheet = f"questionnaires/{asked.pk}/"
                for door, call in doors(f"/{sheet}grid/", page, "PUT", f"{sheet}sheet/", body):
                    name = f"paper {state} {channel} open={is_open} {door}"
                    yield Case(name, "director", call, stored, expected)


def _answers_of(pk: Any) -> Any:
    from schools.questionnaires.models import Response

    row = Response.objects.get(pk=pk)
    return row.state, row.answers


def _publications() -> Iterator[Case]:
    from schools.matching.models import Round

    for state in Round.State:
        found = make_matching(state=state, published_at=None if state == "open" else datetime(2026, 11, 1, tzinfo=UTC))
        make_mentee(found, "Доскин Ян", partner=make_mentor(found, "Доскина Ия"))
        days = {"starts_on": "2026-12-01", "version": found.version, "answer_days": 5}
        publish, close = f"matching/rounds/{found.pk}/publication/", f"matching/rounds/{found.pk}/closing/"
        stored = partial(state_of, found)
        expected = "published" if state == Round.State.OPEN else state
        for how, body in (("proposals", {}), ("choices", {"choices": 3}), ("drafts", {"as_drafts": True})):
            typed = {**days, "how": how}
            for door, call in doors(f"/matching/{found.pk}/publish/", typed, "POST", publish, {**days, **body}):
                yield Case(f"round {state} published {how} {door}", "director", call, stored, expected)
        expected = "closed" if state == Round.State.PUBLISHED else state
        for door, call in doors(f"/matching/{found.pk}/close/", {}, "POST", close, {}):
            yield Case(f"round {state} closed {door}", "director", call, stored, expected)


def _new_meetings() -> Iterator[Case]:
    """A new meeting beside none, a planned, a cancelled and a held one of its day: new ones are planned or held."""
    from schools.meetings.models import Meeting

    for at, there in enumerate((None, *MeetingState)):
        day = date(2026, 10, 1 + at)
        if there is not None:
            said = {"kind": "regular", "held_on": day, "created_at": "2026-10-01T08:00Z"}
            Meeting.objects.create(pair_id=world.PAIR, state=there, **said)
        stored = partial(_meetings_on, day)
        before = stored()
        for state in MeetingState:
            expected = before
            if state is MeetingState.HELD and there is not MeetingState.HELD:
                kept = [each for each in before if each != MeetingState.PLANNED]
                expected = sorted([*kept, MeetingState.HELD.value])
            body = {"pair": str(world.PAIR), "state": state.value, "held_on": day.isoformat(), "kind": "regular"}
            call = partial(ask, method="POST", path="/api/v1/meetings/", body={**body, "result": "Итог"})
            yield Case(f"meeting beside {there} {state} api", "mentor", call, stored, expected)


def _meetings_on(day: date) -> list[str]:
    from schools.meetings.models import Meeting

    return sorted(Meeting.objects.filter(pair_id=world.PAIR, held_on=day).values_list("state", flat=True))
