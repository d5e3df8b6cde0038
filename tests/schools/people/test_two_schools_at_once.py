"""Two schools decide on one transfer at once: it is accepted once, or withdrawn, and nobody is enrolled in between."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from core.authz import Actor, system_actor
from core.tenancy import region, school
from schools.people import receiving, releasing
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment, Person, Release
from tenants.transfers.models import Transfer
from tests.schools.makers import make_person
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: tuple[str, Callable[[Actor], object]]) -> list[str]:
    """Do acts at the same time, each in its school; return «done» or the code of the refusal, in their order."""
    start = Barrier(len(acts))

    def do(place_and_act: tuple[str, Callable[[Actor], object]]) -> str:
        place, act = place_and_act
        try:
            with school(place):
                start.wait()
                act(system_actor("check"))
        except FaultyActError as refusal:
            return refusal.faults[0].code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def released() -> UUID:
    from django.utils import timezone

    with school(SCHOOL_A.schema):
        pupil = make_person("Спешилов Пётр", date(2012, 5, 5), admitted=date(2020, 9, 1))
        data = releasing.ReleaseData(to_code="sch-b", leaves_on=timezone.localdate(), basis="Заявление")
        return releasing.release_pupil(actor=system_actor("check"), person_id=pupil.pk, data=data).pk


def test_whoever_decides_first_decides():
    for acts in (("accept", "accept"), ("accept", "decline"), ("accept", "withdraw"), ("withdraw", "decline")):
        key = released()
        known = {
            "accept": (
                SCHOOL_B.schema,
                lambda actor, key=key: receiving.accept_transfer(actor=actor, transfer_id=key, class_name="7Б"),
            ),
            "decline": (
                SCHOOL_B.schema,
                lambda actor, key=key: receiving.decline_transfer(actor=actor, transfer_id=key),
            ),
            "withdraw": (
                SCHOOL_A.schema,
                lambda actor, key=key: releasing.withdraw_release(actor=actor, transfer_id=key),
            ),
        }
        settle = (SCHOOL_A.schema, lambda _actor, key=key: releasing.settle_release(transfer_id=key))
        ended = at_once(*(known[act] for act in acts), settle)
        assert sorted(ended[:2]) == ["decided", "done"], acts
        with region():
            state = Transfer.objects.get(pk=key).state
        assert (
            state == {"accept": "accepted", "decline": "declined", "withdraw": "withdrawn"}[acts[ended.index("done")]]
        )
        with school(SCHOOL_B.schema):
            came = Enrolment.objects.filter(person__surname="Спешилов")
            assert came.count() == (state == "accepted")
            Person.objects.filter(surname="Спешилов").delete()
        with school(SCHOOL_A.schema):
            releasing.settle_release(transfer_id=key)
            assert Release.objects.get(pk=key).outcome == state
            left = Enrolment.objects.get(person__surname="Спешилов").left_on
            assert (left is not None) == (state == "accepted")
            Person.objects.filter(surname="Спешилов").delete()
