"""Builds the template database: bootstrap, migrations, two schools, the same keys in both. Run as the migrator.

``python -m tests.support.template`` with TEST_DATABASE_NAME, TEST_DATABASE_SUPERUSER_URL and DOOR_LOGIN=migrator.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime


def build() -> None:
    """Build everything."""
    import config.settings.test  # noqa: F401  completes the environment
    from core.tenancy.bootstrap import bootstrap
    from tests.support.database import superuser_url

    weaker = bootstrap(
        superuser_url(os.environ["TEST_DATABASE_NAME"]), os.environ["DATABASE_URL"], os.environ["DATABASE_ADMIN_URL"]
    )
    if weaker:
        raise SystemExit(f"the test cluster cannot close the door: {weaker}")

    import django

    django.setup()
    from django.db import connection

    from tenants.provisioning.schema import make_schema, migrate_region_schema
    from tests.support import world

    migrate_region_schema()
    _seed_region()
    for school in (world.SCHOOL_A, world.SCHOOL_B):
        make_schema(school.schema)
        _seed_school(school)
    connection.close()


def _seed_region() -> None:
    from core.tenancy import region
    from tenants.registry.models import District, Domain, Region, School
    from tests.support import world

    with region():
        Region.objects.create(title="Проверочная область")
        district = District.objects.create(id=world.DISTRICT, title="Проверочный район")
        other = District.objects.create(id=world.OTHER_DISTRICT, title="Соседний район")
        for seed, place in ((world.SCHOOL_A, district), (world.SCHOOL_B, other)):
            row = School(
                id=seed.id,
                code=seed.code,
                title=seed.title,
                schema_name=seed.schema,
                district=place,
                state=School.State.READY,
            )
            row.save()
            Domain.objects.create(domain=seed.code, tenant=row, is_primary=True)


def _seed_school(seed) -> None:
    from core.tenancy import school
    from schools.consents.models import Consent
    from schools.pairs.models import Order, Pair
    from schools.people.models import Enrolment, Person, PersonKind, SchoolClass
    from tests.support import world

    now = datetime(2026, 9, 1, 8, tzinfo=UTC)
    with school(seed.schema):
        room = SchoolClass.objects.create(id=world.CLASS, grade=7, letter="А", title="7А")
        for pk, name, born, kind in (
            (world.MENTOR, "Учитель", date(1980, 5, 5), "teacher"),
            (world.MENTEE, "Ученик", date(2013, 3, 3), "pupil"),
        ):
            person = Person.objects.create(
                id=pk,
                surname=seed.surname,
                name=name,
                patronymic=seed.canary,
                folded_name=f"{seed.surname} {name} {seed.canary}".lower(),
                birth_date=born,
                name_key=f"{seed.canary}-{name}"[:32],
                created_at=now,
                updated_at=now,
            )
            PersonKind.objects.create(person=person, kind=kind)
            Enrolment.objects.create(
                person=person,
                kind=kind,
                admitted_on=world.SEPTEMBER,
                school_class=room if kind == "pupil" else None,
                post="" if kind == "pupil" else f"учитель {seed.canary}",
            )
        order = Order.objects.create(
            id=world.ORDER, number=seed.canary[:20], signed_on=date(2026, 9, 10), created_at=now
        )
        Pair.objects.create(
            id=world.PAIR,
            mentor_id=world.MENTOR,
            mentee_id=world.MENTEE,
            form_code="teacher-pupil",
            role_variant=seed.canary,
            starts_on=date(2026, 9, 15),
            order=order,
            created_at=now,
        )
        Consent.objects.create(
            id=world.CONSENT,
            person_id=world.MENTEE,
            kind="processing",
            signer="representative",
            signer_kinship="мать",
            number=seed.canary[:20],
            given_on=date(2026, 9, 2),
            created_at=now,
        )


if __name__ == "__main__":
    build()
