"""Another pepper for the region: no figure changes, nothing counts in between, and a killed run goes on."""

from __future__ import annotations

from random import Random

import pytest
from django.db import connection, transaction

from core.tenancy import region, rollup, school
from reports.rollup.fold import fold_marks, reconcile
from reports.rollup.live import coverage_as_of
from reports.rollup.models import Cell, PersonKey, PersonRepeat, Repeat
from reports.rollup.rotation import rotate_schools, schools_with_people, settle_identities
from reports.rollup.sources import rules_now
from reports.rollup.work import roll_up_due
from schools.people.keys import name_key, snils_key
from schools.people.models import Person
from tenants.registry.checks import pepper_is_this_regions
from tenants.registry.installation import RotationUnfinishedError
from tests.reports.support import CENTRE, random_region, write_region
from tests.support.world import SCHOOL_A, SCHOOL_B
from tests.tenants.provisioning.migrator import as_migrator

NEW = "another-pepper-" + "q7" * 20
OLD = "test-only-" + "p" * 50
PEPPERS = {"PERSON_KEY_PEPPER": NEW, "PERSON_KEY_PEPPER_FORMER": OLD}
COMMAND = ("platform/manage.py", "rotate_pepper", "--even-if-connected")
_COUNTED = ("district_id", "definition_id", "num", "den", "lacks_consent")
# Dies as kill -9 does when the second school is about to be done.
KILLED = """
import os, sys
sys.path[:0] = ["platform", "."]
import django; django.setup()
from reports.rollup import rotation
first = []
def rekey():
    if first:
        os.kill(os.getpid(), 9)
    first.append(1)
    return whole()
whole, rotation.rekey_people = rotation.rekey_people, rekey
from django.core.management import call_command
call_command("rotate_pepper", even_if_connected=True)
"""


def fill(seed: int) -> None:
    """Two schools full of people who look alike, rolled up."""
    write_region(random_region(Random(seed)))
    with rollup():
        reconcile()
        fold_marks()
    assert roll_up_due(CENTRE) == 2


def figures() -> dict[str, object]:
    """Everything that the region tells, live and stored."""
    with region():
        rules = rules_now()
    live = coverage_as_of(CENTRE, rules)
    with rollup():
        return {
            "live": live,
            "cells": sorted(Cell.objects.values_list("school_id", "definition_id", "num", "den", "lacks_consent")),
            "repeats": sorted(
                map(str, Repeat.objects.values_list("district_id", "definition_id", "num", "den", "people"))
            ),
            "people": sorted(map(str, PersonRepeat.objects.values_list("district_id", "definition_id", "num", "den"))),
            "shared": sorted(map(str, PersonKey.objects.filter(is_shared=True).values_list("school_id", "person"))),
        }


def keys_are_the_running_peppers() -> bool:
    """Whether every key in both schools and in the roll-up is made with the running pepper."""
    for place in (SCHOOL_A, SCHOOL_B):
        with school(place.schema):
            rows = list(Person.objects.values_list("pk", "folded_name", "birth_date", "snils", "name_key", "snils_key"))
        made = {pk: (name_key(name, born), snils_key(snils)) for pk, name, born, snils, _one, _other in rows}
        if made != {pk: (one, other) for pk, _name, _born, _snils, one, other in rows}:
            return False
        with rollup():
            told = PersonKey.objects.filter(school_id=place.id).values_list("person", "name_key", "snils_key")
            if {pk: (one, other) for pk, one, other in told} != made:
                return False
    return True


@pytest.mark.parametrize("seed", [3, 11])
def test_no_figure_changes_with_the_pepper(db, settings, seed):
    fill(seed)
    before = figures()
    assert before["shared"]
    settings.PERSON_KEY_PEPPER = NEW
    assert not keys_are_the_running_peppers()
    with region():
        schools = schools_with_people()
    assert {schema for _pk, schema in schools} >= {SCHOOL_A.schema, SCHOOL_B.schema}
    assert sum(rotate_schools(schools)) > 4
    with transaction.atomic():
        settle_identities()
    assert keys_are_the_running_peppers()
    assert figures() == before
    # The next roll-up finds nothing to put right.
    with rollup():
        fold_marks()
    roll_up_due(CENTRE)
    assert figures() == before


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_a_killed_rotation_stops_everything_and_goes_on(settings):
    fill(7)
    before = figures()
    refused = as_migrator(*COMMAND, more={**PEPPERS, "PERSON_KEY_PEPPER_FORMER": NEW[::-1]})
    assert refused.returncode == 1
    assert "not the one this database was filled with" in refused.stderr
    open_sessions = as_migrator(*COMMAND[:2], more=PEPPERS)
    assert "stop web, worker and sweeper first" in open_sessions.stderr

    killed = as_migrator("-c", KILLED, more=PEPPERS)
    assert killed.returncode == -9, killed.stderr
    for pepper in (OLD, NEW):
        settings.PERSON_KEY_PEPPER = pepper
        (error,) = pepper_is_this_regions(None, databases=["default"])
        assert error.id == "registry.E003"
    with pytest.raises(RotationUnfinishedError):
        roll_up_due(CENTRE)
    with pytest.raises(RotationUnfinishedError):
        figures()
    third = as_migrator(*COMMAND, more={**PEPPERS, "PERSON_KEY_PEPPER": "third-pepper-" + "r8" * 20})
    assert third.returncode == 1
    assert "is not finished" in third.stderr

    done = as_migrator(*COMMAND, more=PEPPERS)
    assert done.returncode == 0, done.stderr
    assert "under the new pepper" in done.stdout
    connection.close()
    settings.PERSON_KEY_PEPPER = NEW
    assert pepper_is_this_regions(None, databases=["default"]) == []
    assert keys_are_the_running_peppers()
    assert figures() == before
    again = as_migrator(*COMMAND, more=PEPPERS)
    assert (again.returncode, again.stdout) == (0, "the pepper is this region's already\n")
    settings.PERSON_KEY_PEPPER = OLD
    (error,) = pepper_is_this_regions(None, databases=["default"])
    assert error.id == "registry.E001"
