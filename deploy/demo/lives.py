"""The year of the programme in the schools that live one: what their staff and participants have done by the day.

Everything is done by the product's own services, by accounts of the demonstration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from random import Random

import structlog
from django.db import transaction

from core.accounts.models import User
from core.authz import Actor, load_actor
from core.tenancy import region, school
from deploy.demo.asking import ask_at_entry
from deploy.demo.chains import close_last_year, work_since_autumn
from deploy.demo.rounds import match
from deploy.demo.stages import LIVED, Stage
from schools.matching.models import Round as MatchingRound
from schools.meetings.models import Meeting
from schools.people.errors import FaultyActError
from schools.questionnaires.models import Round as Survey
from tenants.registry.models import School

_log = structlog.get_logger(__name__)
Act = Callable[[Actor, date, Random], None]
Done = Callable[[], bool]
# What a school's staff did to come so far, and how it is seen that they have: a second run does nothing twice.
_LIVES: Mapping[Stage, tuple[Act, Done]] = {
    Stage.ASKING: (ask_at_entry, lambda: Survey.objects.exists()),
    Stage.MATCHING: (match, lambda: MatchingRound.objects.exists()),
    Stage.WORKING: (work_since_autumn, lambda: Meeting.objects.exists()),
    Stage.CLOSED: (close_last_year, lambda: Meeting.objects.exists()),
}


def live(day: date, *, seed: int) -> int:
    """Bring each school of :data:`LIVED` to its stage; return how many were brought now.

    A school comes there in one transaction: what was interrupted begins anew.
    """
    with region():
        schemas = dict(School.objects.filter(state=School.State.READY).values_list("code", "schema_name"))
    lived = 0
    for code, stage in LIVED.items():
        if code in schemas and stage in _LIVES:
            with school(schemas[code]):
                lived += _live(stage, day, Random(f"{seed} {code}"))  # noqa: S311 - invented people, no secret
    return lived


def _live(stage: Stage, day: date, random: Random) -> bool:
    act, is_done = _LIVES[stage]
    account = User.objects.filter(login="coordinator", is_active=True).first()
    if account is None or is_done():
        return False
    try:
        with transaction.atomic():
            act(load_actor(account), day, random)
    except FaultyActError as refusal:
        # On some days of the year there is nobody to ask or to match: the school stays as its files made it.
        _log.warning("year_not_lived", stage=stage.value, faults=[fault.code for fault in refusal.faults])
        return False
    return True
