"""P14: whatever shows or gives somebody's personal data leaves exactly one record, whichever way it was asked for.

Complete by construction: every endpoint of a school's host is asked; one whose answer names somebody is a view.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from core.audit.models import AuditRecord
from core.authz.registry import World
from core.tenancy import school
from tests.permissions.walk import endpoints, own_values
from tests.support import seeds, world
from tests.support.accounts import sign_in
from tests.support.opened import text_of
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.nightly]
# The surname of everybody in the first school; in this case of letters it stands in names of people alone.
NAME = SCHOOL_A.surname
READS = ("viewed", "exported", "printed", "taken")


def names_somebody(answer: Any) -> bool:
    """Tell whether an answer names somebody; files are opened."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return NAME in text_of(content)


def test_every_view_of_somebody_leaves_exactly_one_record(client_at):
    seeds.seed_all()
    client = sign_in(client_at, SCHOOL_A, "director", person_id=world.MENTOR)
    asked, personal, wrong = 0, [], []
    for endpoint in endpoints(World.SCHOOL):
        if endpoint.name in seeds.ENDS_THE_SESSION or endpoint.name.endswith("schema"):
            continue
        with transaction.atomic():
            before = _records()
            answer = client.get(endpoint.path(own_values(endpoint)))
            asked += 1
            if answer.status_code == 200 and names_somebody(answer):
                personal.append(endpoint.name)
                left = _records()[len(before) :]
                if len(left) != 1 or not left[0].endswith(READS):
                    wrong.append((endpoint.name, left))
            transaction.set_rollback(True)
    assert asked >= 100
    assert len(personal) >= 40, personal
    assert wrong == [], "\n".join(map(str, wrong))
    print(f"P14: {len(personal)} of {asked} addresses name somebody; each left one record")


def _records() -> list[str]:
    with school(SCHOOL_A.schema):
        return list(AuditRecord.objects.order_by("at", "pk").values_list("action", flat=True))
