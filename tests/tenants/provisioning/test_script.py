"""The script makes the school that Django's own migration makes; the fingerprint sees every kind of difference."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction

from core.tenancy import region
from tenants.provisioning.fingerprint import fingerprint
from tenants.provisioning.migration_set import migration_set
from tenants.provisioning.models import SchoolSchema
from tests.support import world
from tests.tenants.provisioning.migrator import as_migrator
from tests.tenants.provisioning.scripted import DIFFERENCES


@pytest.mark.django_db(transaction=True)
def test_the_script_makes_what_django_makes():
    done = as_migrator("-m", "tests.tenants.provisioning.scripted")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["differ"] == []
    assert told["facts"] > 500
    assert told["seen"] == dict.fromkeys(DIFFERENCES, True)
    assert told["order"] is True
    assert told["foreign"] == "the script was made from other migrations"
    assert told["invents"] == ["nothing was refused", "a RunPython wrote rows"]
    print(f"{told['facts']} facts of a school equal, {len(DIFFERENCES)} kinds of difference seen")


@pytest.mark.django_db
def test_two_schools_have_one_fingerprint_and_stand_in_the_ledger():
    with region():
        assert fingerprint(world.SCHOOL_A.schema) == fingerprint(world.SCHOOL_B.schema)
        versions = dict(SchoolSchema.objects.values_list("schema_name", "migration_set"))
    assert versions == {world.SCHOOL_A.schema: migration_set(), world.SCHOOL_B.schema: migration_set()}


@pytest.mark.django_db
def test_the_region_neither_reads_the_script_nor_adds_to_the_ledger():
    for statement in (
        "SELECT text FROM provisioning_schemascript",
        "UPDATE provisioning_schemascript SET text = ''",
        "INSERT INTO provisioning_schoolschema (schema_name) VALUES ('s_cccccccccccc')",
        "DELETE FROM provisioning_schoolschema",
    ):
        with region(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
