"""Work inside a production installation, as a process of its own: ``python -m tests.faults.installation VERB …``.

``destroy CODE`` has a pupil's data destroyed and the journal written; ``fill CODE`` asks for a school, has it
provisioned (migrator's variables in the environment) and writes people, a pair and a consent into it; ``read`` prints
what the application sees.
"""

from __future__ import annotations

import json
import sys
from uuid import uuid4


def fill(code: str) -> None:
    """Make a school by the product's own services and put rows into it."""
    from core.tenancy import region
    from tenants.provisioning.services import create_school, provision
    from tenants.registry.models import School
    from tests.support.template import _seed_school
    from tests.support.world import TestSchool

    with region():
        school = create_school(actor="rehearsal", code=code, title=f"Школа {code}", district=None)
    provision(school.pk)
    with region():
        assert School.objects.get(pk=school.pk).state == "ready"
    seed = TestSchool(uuid4(), code, school.schema_name, school.title, f"канарейка{code}"[:20], f"Фамилия{code}")
    _seed_school(seed)


def destroy(code: str) -> None:
    """Destroy the data of the seeded pupil of a school, by request, as its director does."""
    from django.utils import timezone

    from core.authz import system_actor
    from core.tenancy import region, school
    from schools.rights.services import RequestData, register_request
    from schools.rights.services import destroy as execute
    from tenants.registry.models import School
    from tenants.tombstones.services import journal_everything
    from tests.support.world import MENTEE

    with region():
        schema = School.objects.get(code=code).schema_name
    with school(schema):
        director = system_actor("rehearsal")
        data = RequestData(asked_by="subject", basis="withdrawn", asked_on=timezone.localdate())
        request = register_request(actor=director, person_id=MENTEE, data=data)
        execute(actor=director, request_id=request.pk, confirmation="уничтожить")
    # The worker's task; the rehearsal has none.
    assert journal_everything() == 1


def read() -> None:
    """Print, for each school, what a request in it reads, and what the region is refused."""
    from django.db import DatabaseError, connection

    from core.tenancy import region, school
    from schools.people.models import Person
    from tenants.registry.models import School

    with region():
        places = dict(School.objects.order_by("code").values_list("code", "schema_name"))
    seen = {}
    for code, schema in places.items():
        with school(schema):
            seen[code] = sorted(Person.objects.values_list("surname", flat=True))
        with region(), connection.cursor() as cursor:
            try:
                cursor.execute(f'SELECT 1 FROM "{schema}".people_person')
            except DatabaseError as error:
                seen[code].append(type(error.__cause__).__name__)
            else:
                seen[code].append("OPEN")
    sys.stdout.write(json.dumps(seen, ensure_ascii=False))


if __name__ == "__main__":
    import django

    django.setup()
    {"destroy": destroy, "fill": fill, "read": read}[sys.argv[1]](*sys.argv[2:])
