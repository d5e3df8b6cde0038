"""The fleet's migration: canary, batches, one broken school, a lock, a kill, and nothing to do."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from core.tenancy import region, school
from tenants.provisioning.fingerprint import fingerprint
from tenants.provisioning.models import SchoolSchema
from tests.support import world
from tests.support.database import superuser_url
from tests.support.more_migrations import COLUMN, INDEX, STEP, TABLE, write_more
from tests.tenants.provisioning.migrator import as_migrator

pytestmark = [pytest.mark.django_db(transaction=True)]

_SCHOOLS = """
import django
django.setup()
from core.tenancy import region
from tenants.provisioning.services import create_school, provision_pending
with region():
    for number in range(NUMBER):
        create_school(actor="test", code=f"fleet-{number}", title="Школа", district=None)
provision_pending()
"""
_KILLED = """
import os, signal, django
django.setup()
from tenants.provisioning import fleet, plan
real, batches = plan._claim, []
def claim(*args):
    batches.append(1)
    if len(batches) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args)
plan._claim = claim
fleet.BATCH = 2
fleet.migrate_fleet()
"""
_COUNTED = """
import django
django.setup()
from django.db import connection
from tenants.provisioning.fleet import migrate_fleet
queries = []
with connection.execute_wrapper(lambda run, *rest: (queries.append(rest[0]), run(*rest))[1]):
    assert not migrate_fleet().migrated
print(len(queries))
"""


def make(number: int, forget_roles) -> list[str]:
    done = as_migrator("-c", _SCHOOLS.replace("NUMBER", str(number)), spares=1)
    assert done.returncode == 0, done.stderr
    names = sorted(ledger())
    for name in names:
        if name not in (world.SCHOOL_A.schema, world.SCHOOL_B.schema):
            forget_roles(name)
    assert len(names) == number + 3, done.stdout + done.stderr
    return names


def ledger() -> dict[str, tuple[str, str]]:
    with region():
        return {
            name: (stands, error)
            for name, stands, error in SchoolSchema.objects.values_list("schema_name", "migration_set", "error")
        }


def marks(names: list[str]) -> set[str]:
    with region():
        return {fingerprint(name) for name in names}


def numbers(schema: str) -> list[str]:
    with school(schema), connection.cursor() as cursor:
        cursor.execute("SELECT number FROM consents_consent")
        return [number for (number,) in cursor.fetchall()]


@pytest.mark.nightly
def test_schools_and_spares_migrate_in_batches_around_a_broken_one(forget_roles, tmp_path, client_at):
    names = make(3, forget_roles)
    before = ledger()
    broken = world.SCHOOL_B.schema
    with psycopg.connect(superuser_url(connection.settings_dict["NAME"]), autocommit=True) as hand:
        hand.execute(f"CREATE INDEX consent_by_day ON {broken}.consents_consent (id)")
        more = write_more(
            tmp_path, "additive", more=("", f"{COLUMN}, {INDEX}, {TABLE}"), data=(STEP, "migrations.RunPython(upper)")
        )
        done = as_migrator("platform/manage.py", "migrate_schools", more=more)
        assert done.returncode == 3
        assert f"{broken}: DuplicateTable" in done.stderr
        now = ledger()
        assert now[broken] == (before[broken][0], "DuplicateTable")
        sound = [name for name in names if name != broken]
        assert len({now[name] for name in sound}) == 1
        assert now[sound[0]][0] != before[sound[0]][0]
        assert len(marks(sound)) == 1
        # The broken one goes on serving, and its data step has not run.
        assert client_at("sch-b").get("/accounts/login/").status_code == 200
        assert numbers(broken) == [world.SCHOOL_B.canary[:20]]
        assert numbers(world.SCHOOL_A.schema) == [f"{world.SCHOOL_A.canary[:20]}-{world.CONSENT.hex[:4]}"]
        hand.execute(f"DROP INDEX {broken}.consent_by_day")
    again = as_migrator("platform/manage.py", "migrate_schools", more=more)
    assert (again.returncode, again.stdout) == (0, "1 schools were migrated, all are up to date\n"), again.stderr
    assert len(marks(names)) == 1
    counted = as_migrator("-c", _COUNTED, more=more)
    assert counted.stdout.splitlines()[-1] == "1", counted.stderr
    # A new school by the new script equals the migrated ones.
    assert as_migrator("platform/manage.py", "provision_pending", more=more, spares=2).returncode == 0
    added = set(ledger()) - set(names)
    for name in added:
        forget_roles(name)
    assert len(added) == 1
    assert len(marks([*names, *added])) == 1


@pytest.mark.nightly
def test_a_killed_run_goes_on_where_it_stopped(forget_roles, tmp_path):
    names = make(5, forget_roles)
    more = write_more(tmp_path, "additive", more=("", f"{COLUMN}, {INDEX}, {TABLE}"))
    killed = as_migrator("-c", _KILLED, more=more)
    assert killed.returncode == -9, killed.stderr
    stands = [stands for stands, _ in ledger().values()]
    assert sorted(map(stands.count, set(stands))) == [3, 5]
    done = as_migrator("platform/manage.py", "migrate_schools", more=more)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "5 schools were migrated, all are up to date\n"
    assert len(marks(names)) == 1


@pytest.mark.nightly
def test_a_school_that_somebody_holds_is_left_and_taken_by_the_next_run(forget_roles, tmp_path):
    names = make(2, forget_roles)
    held = world.SCHOOL_B.schema
    more = write_more(tmp_path, "additive", more=("", COLUMN))
    with psycopg.connect(superuser_url(connection.settings_dict["NAME"])) as other:
        other.execute(f"SELECT 1 FROM {held}.consents_consent")
        done = as_migrator("platform/manage.py", "migrate_schools", more=more)
    assert (done.returncode, ledger()[held][1]) == (3, "LockNotAvailable"), done.stderr
    assert sum(not error for _, error in ledger().values()) == len(names) - 1
    assert as_migrator("platform/manage.py", "migrate_schools", more=more).returncode == 0
    assert len(marks(names)) == 1


@pytest.mark.nightly
def test_a_migration_that_fails_everywhere_stops_after_three(forget_roles, tmp_path):
    names = make(2, forget_roles)
    before = ledger()
    more = write_more(tmp_path, "bad", more=("", "migrations.RunSQL('SELECT 1 / 0')"))
    done = as_migrator("platform/manage.py", "migrate_schools", more=more)
    assert done.returncode == 1
    assert "the rest were left as they are" in done.stderr
    assert sorted(error for _, error in ledger().values()) == [""] * 2 + ["DivisionByZero"] * 3
    assert {stands for stands, _ in ledger().values()} == {stands for stands, _ in before.values()}
    assert len(marks(names)) == 1


@pytest.mark.nightly
@pytest.mark.parametrize("left", ["nothing", "an index that is not valid", "a valid index that nobody recorded"])
def test_a_migration_outside_transactions_is_left_to_django_and_begun_again(forget_roles, tmp_path, left):
    names = make(1, forget_roles)
    # What a run leaves whose server, or whose client alone, was killed while an index was made.
    with psycopg.connect(superuser_url(connection.settings_dict["NAME"]), autocommit=True) as hand:
        if left != "nothing":
            hand.execute(f"CREATE INDEX consent_by_day ON {names[-1]}.consents_consent (given_on)")
        if left == "an index that is not valid":
            where = f"indexrelid = '{names[-1]}.consent_by_day'::regclass"
            hand.execute(f"UPDATE pg_catalog.pg_index SET indisvalid = false WHERE {where}")
    index = "AddIndexConcurrently('consent', models.Index(fields=['given_on'], name='consent_by_day'))]"
    more = write_more(
        tmp_path,
        "outside",
        more=(
            "from django.contrib.postgres.operations import AddIndexConcurrently",
            f"{index}\n    atomic = False\n    _rest = [",
        ),
    )
    done = as_migrator("platform/manage.py", "migrate_schools", more=more)
    assert done.returncode == 0, done.stderr
    assert "fleet_without_batches" in done.stderr
    assert ("unfinished_indexes_dropped" in done.stderr) == (left != "nothing")
    assert len({stands for stands, _ in ledger().values()}) == 1
    assert len(marks(names)) == 1
