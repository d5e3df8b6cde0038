"""Schools whose year has come to work in pairs, without a story of their own: some meetings, plans and answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Final

from django.db import transaction

from core.authz import Actor, system_actor
from core.tenancy import region, school
from deploy.demo.asking import answer_some, ask_by_name
from deploy.demo.build import DemoSchool
from deploy.demo.chains import make_plan, meet_on
from deploy.demo.plan import Situation
from deploy.demo.stages import LIVED
from schools.meetings.models import Meeting
from schools.pairs.models import Pair
from schools.pairs.selectors import acting_q
from tenants.registry.models import School

AT_WORK: Final = (Situation.ORDINARY, Situation.ABOVE_TARGET)
# So many pairs of a school have met, spread over all its mentors: in turn one that goes on by a plan, one that has just
# begun, one that met once and not since.
_PAIRS, _GOES_ON, _BEGAN_LATE, _KINDS = 9, 0, 1, 3
# A pair younger than that need not have met.
_SETTLED_DAYS, _BETWEEN_DAYS = 21, 11
_ASKED: Final = 4


def work_in_pairs(schools: Iterable[DemoSchool], day: date, *, seed: int) -> int:
    """Let some pairs of every school at work have met by the day; return how many schools were brought there now."""
    with region():
        schemas = dict(School.objects.filter(state=School.State.READY).values_list("code", "schema_name"))
    worked = 0
    for place in schools:
        if place.situation in AT_WORK and place.code in schemas and place.code not in LIVED:
            random = Random(f"{seed} {place.code}")  # noqa: S311 - invented people, no secret
            with school(schemas[place.code]), transaction.atomic():
                worked += _work(system_actor("demo"), day, random)
    return worked


def _work(actor: Actor, day: date, random: Random) -> bool:
    if Meeting.objects.exists():
        return False
    settled = Pair.objects.filter(acting_q(day), starts_on__lte=day - timedelta(days=_SETTLED_DAYS))
    rows = settled.order_by("mentor__folded_name", "mentee__folded_name", "starts_on")
    pairs = list(rows.select_related("mentor", "mentee", "order"))
    pairs = pairs[:: -(-len(pairs) // _PAIRS) or 1]
    for place, pair in enumerate(pairs):
        began = pair.order.signed_on if pair.order and pair.order.signed_on else pair.starts_on
        first = max(pair.starts_on, began) + timedelta(days=random.randint(1, _BETWEEN_DAYS))
        lately = day - timedelta(days=random.randint(1, _BETWEEN_DAYS))
        turn = place % _KINDS
        days = {lately} if turn == _BEGAN_LATE else {min(first, lately)}
        meet_on(actor, pair, sorted(days | {lately} if turn == _GOES_ON else days), random)
        if turn == _GOES_ON:
            make_plan(actor, pair, random)
    mentors = list(dict.fromkeys(pair.mentor_id for pair in pairs))[:_ASKED]
    if (survey := ask_by_name(actor, "satisfaction-mentor", mentors)) is not None:
        answer_some(actor, random, survey, share=0.7)
    return bool(pairs)
