"""P14 by day: each operation of a school that shows or gives somebody's data leaves one record.

The lists are those of the declarations (``viewed``, ``gives``, a search by POST) and, for whatever declares none of
these, of the answers themselves: one that names somebody is a view. Pages are walked by night the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from core.audit.models import AuditRecord
from core.authz.registry import World
from core.tenancy import school
from tests.permissions.test_reads_leave_a_record import READS, names_somebody
from tests.permissions.walk import Endpoint, endpoints, own_values
from tests.support import seeds, world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db
# What is sent to a search that keeps names out of addresses; a new one is missing here, and fails.
SEARCHES: dict[str, Any] = {
    "api:people-search": {"q": SCHOOL_A.surname},
    "api:people-export": {},
    "api:candidates": {"q": SCHOOL_A.surname},
    "api:consents-search": {"q": SCHOOL_A.surname},
    "api:consents-missing-search": {"q": SCHOOL_A.surname},
    "api:clearances-search": {"q": SCHOOL_A.surname},
    "api:clearances-export": {},
    "api:pairs-search": {"q": SCHOOL_A.surname},
    "api:pairs-export": {},
    "api:unpaired-search": {"q": SCHOOL_A.surname},
    "api:meetings-pairs-search": {"q": SCHOOL_A.surname},
    "api:matching-eligible-search": {"q": SCHOOL_A.surname},
    "api:survey-preview": {"code": "entry-mentee", "people": [str(world.MENTEE)]},
}
# Numbers alone, and files that nobody stands in.
OF_NOBODY = {"api:survey-preview", "api:import-sample"}


def reads() -> Iterator[tuple[Endpoint, str, Any]]:
    """Yield every operation of a school that changes nothing, with its declaration."""
    for endpoint in endpoints(World.SCHOOL):
        for method, declared in endpoint.operations.items():
            if method == "GET" or not declared.acts:
                yield endpoint, method, declared


def test_every_read_of_somebody_by_a_programme_leaves_one_record(client_at):
    seeds.seed_all()
    client = sign_in(client_at, SCHOOL_A, "director", person_id=world.MENTOR)
    with school(SCHOOL_A.schema):
        from core.accounts.models import RoleGrant

        RoleGrant.objects.create(user=client.user, role="mentor")
    found, wrong = [], []
    for endpoint, method, declared in reads():
        sent = json.dumps(SEARCHES[endpoint.name]).encode() if method == "POST" else b""
        with transaction.atomic():
            with school(SCHOOL_A.schema):
                before = AuditRecord.objects.count()
            answer = client.generic(method, endpoint.path(own_values(endpoint)), sent, content_type="application/json")
            is_declared = bool(declared.viewed or declared.gives or method == "POST") and endpoint.name not in OF_NOBODY
            is_personal = answer.status_code == 200 and names_somebody(answer)
            with school(SCHOOL_A.schema):
                left = list(AuditRecord.objects.order_by("at", "pk").values_list("action", flat=True))[before:]
            transaction.set_rollback(True)
        if not is_declared and not is_personal:
            continue
        found.append(endpoint.name)
        if answer.status_code != 200 or len(left) != 1 or not left[0].endswith((*READS, "given")):
            wrong.append((method, endpoint.name, answer.status_code, left))
    assert wrong == [], "\n".join(map(str, wrong))
    assert len(found) >= 50, found
    print(f"P14: {len(found)} reads of the API are about somebody; each left one record")
