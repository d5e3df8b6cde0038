"""Fills an installation with schools and prints who may come: ``python -m tests.benchmarks.soak.furnish NUMBER``.

Runs as the migrator with the installation's own secrets. Prints ``{"schools": {code: {"session": key, "token":
secret}}, "region": key}``. Every school holds the same primary keys with canaries of its own.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from uuid import uuid4

PEOPLE = 120


def furnish(number: int) -> dict[str, object]:
    """Make the schools, their people and one coordinator each; return the keys."""
    from core.events.models import Outbox
    from core.tenancy import region

    schools = {code: _school(code) for code in (f"soak{place:03d}" for place in range(number))}
    with region():
        Outbox.objects.all().delete()
        session = _session("region_admin")
    return {"schools": schools, "region": session}


def _school(code: str) -> dict[str, str]:
    from core.accounts.services.tokens import issue_token
    from core.authz import load_actor
    from core.tenancy import region, school
    from tenants.provisioning.services import create_school, provision
    from tests.support.accounts import make_user, session_for
    from tests.support.template import _seed_school
    from tests.support.world import TestSchool

    with region():
        made = create_school(actor="soak", code=code, title=f"Школа {code}", district=None)
    provision(made.pk)
    _seed_school(TestSchool(uuid4(), code, made.schema_name, made.title, f"канарейка{code}", f"Фамилия{code}"))
    with school(made.schema_name):
        _more_people(code)
        user = make_user("coordinator")
        token = issue_token(actor=load_actor(user), title="Нагрузка", roles=[("coordinator", "")], days=30)
        return {"session": session_for(user), "token": token.secret}


def _more_people(code: str) -> None:
    from schools.people.models import Enrolment, Person, PersonKind
    from tests.support import world

    now = datetime(2026, 9, 1, tzinfo=UTC)
    rows = [
        Person(
            surname=f"Фамилия{code}",
            name=f"Имя{place}",
            patronymic=f"канарейка{code}",
            folded_name=f"фамилия{code} имя{place} канарейка{code}",
            birth_date=date(2011 + place % 5, 1 + place % 12, 1 + place % 28),
            name_key=uuid4().hex,
            created_at=now,
            updated_at=now,
        )
        for place in range(PEOPLE)
    ]
    Person.objects.bulk_create(rows)
    PersonKind.objects.bulk_create([PersonKind(person=row, kind="pupil") for row in rows])
    Enrolment.objects.bulk_create(
        [Enrolment(person=row, kind="pupil", admitted_on=world.SEPTEMBER, school_class_id=world.CLASS) for row in rows]
    )


def _session(role: str) -> str:
    from tests.support.accounts import make_user, session_for

    return session_for(make_user(role))


if __name__ == "__main__":
    import django

    django.setup()
    sys.stdout.write(json.dumps(furnish(int(sys.argv[1]))))
