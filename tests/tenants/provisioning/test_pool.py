"""Spares: whole, unreachable, taken once each, given back by a rollback, made anew after a kill."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection, transaction

from core.audit.models import AuditRecord
from core.events.models import Outbox
from core.tenancy import region, school
from schools.people.models import Person
from tenants.provisioning.errors import CodeTakenError
from tenants.provisioning.fingerprint import fingerprint
from tenants.provisioning.models import SchoolSchema
from tenants.provisioning.pool import is_pool_low
from tenants.provisioning.services import create_school
from tenants.registry.models import District, Domain, School, StateChange
from tenants.registry.routing import school_route
from tests.support import world
from tests.support.database import superuser_url
from tests.tenants.provisioning.migrator import as_migrator

_KILLED = """
import os, signal, django
django.setup()
from tenants.provisioning import pool, script
real, runs = script._run, []
def run(text, schema):
    runs.append(1)
    if len(runs) == 2:
        real(text[: text.index(";\\nCREATE TABLE", len(text) // 2)], schema)
        os.kill(os.getpid(), signal.SIGKILL)
    real(text, schema)
script._run = run
pool.fill_pool()
"""


def spares() -> list[str]:
    with region():
        rows = SchoolSchema.objects.filter(is_spare=True).order_by("changed_at")
        return list(rows.values_list("schema_name", flat=True))


def schemas() -> set[str]:
    with region(), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname LIKE 's\\_%%'")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def pool(settings, forget_roles, transactional_db):
    """Fill a pool of two; return their schemas, oldest first."""
    settings.SPARE_SCHOOLS = 2
    done = as_migrator("platform/manage.py", "provision_pending", spares=2)
    assert done.returncode == 0, done.stderr
    names = spares()
    for name in names:
        forget_roles(name)
    assert len(names) == 2
    return names


def test_a_school_from_the_pool_is_ready_at_once(pool, actor, client_at):
    with region():
        assert School.objects.count() == 2
        assert {fingerprint(name) for name in pool} == {fingerprint(world.SCHOOL_A.schema)}
        assert not is_pool_low()
        district = District.objects.get(pk=world.DISTRICT)
        made = create_school(actor=actor, code="from-pool", title="Школа «Запас»", district=district)
        stored = School.objects.get(pk=made.pk)
        for row in (made, stored):
            assert (row.code, row.title, row.district_id, row.state, row.schema_name, row.last_error) == (
                "from-pool", "Школа «Запас»", world.DISTRICT, "ready", pool[0], ""
            )  # fmt: skip
        assert Domain.objects.values_list("domain", "is_primary").get(tenant=made) == ("from-pool", True)
        steps = StateChange.objects.filter(school=made).values_list("state", "reason", "by_id")
        assert list(steps) == [("ready", "", actor.pk), ("creating", "", actor.pk)]
        audit = AuditRecord.objects.get(action="school.created")
        assert (audit.actor_id, audit.object_type, audit.object_id) == (actor.pk, "school", str(made.pk))
        assert audit.details == {"from": "spare"}
        assert not Outbox.objects.exists()
        assert is_pool_low()
    assert spares() == pool[1:]
    assert school_route("from-pool").schema_name == pool[0]
    assert client_at("from-pool").get("/accounts/login/").status_code == 200
    with school(pool[0]):
        assert not Person.objects.exists()


def test_each_spare_is_taken_once_and_given_back_by_a_rollback(pool, actor):
    with region():
        with pytest.raises(CodeTakenError):
            create_school(actor=actor, code="sch-a", title="Школа", district=None)
        with pytest.raises(CodeTakenError), transaction.atomic():
            create_school(actor=actor, code="sch-a", title="Школа", district=None)
        with transaction.atomic():
            create_school(actor=actor, code="undone", title="Школа", district=None)
            transaction.set_rollback(True)
        assert School.objects.count() == 2
        assert not AuditRecord.objects.exists()
    assert spares() == pool
    # One that somebody else is taking is passed over; then they run out.
    with psycopg.connect(superuser_url(connection.settings_dict["NAME"])) as other:
        other.execute("SELECT 1 FROM region.provisioning_schoolschema WHERE schema_name = %s FOR UPDATE", [pool[0]])
        assert ask(actor, "second") == (pool[1], "ready")
    assert ask(actor, "first") == (pool[0], "ready")
    assert ask(actor, "third")[1] == "creating"
    with region():
        assert Outbox.objects.count() == 1


def ask(actor, code: str) -> tuple[str, str]:
    with region():
        made = create_school(actor=actor, code=code, title="Школа", district=None)
    return made.schema_name, made.state


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_a_provisioner_killed_while_filling_leaves_whole_spares_only(forget_roles):
    killed = as_migrator("-c", _KILLED, spares=3)
    assert killed.returncode == -9, killed.stderr
    assert len(spares()) == 1
    assert schemas() == {world.SCHOOL_A.schema, world.SCHOOL_B.schema, *spares()}
    assert as_migrator("platform/manage.py", "provision_pending", spares=3).returncode == 0
    for name in spares():
        forget_roles(name)
    assert len(spares()) == 3
    assert schemas() == {world.SCHOOL_A.schema, world.SCHOOL_B.schema, *spares()}
    with region():
        assert len({fingerprint(name) for name in schemas()}) == 1
