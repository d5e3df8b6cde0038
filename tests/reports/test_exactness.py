"""P9: a folder of workbooks, loaded by the product's own commands, against the independent recount.

Every case is a database of its own: a region whose schools are made once by the ordinary provisioner, cloned
for each folder. Coverage and reports are compared to the last person and row.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from tests.support.database import clone, drop, ensure_template, superuser_url
from tests.support.oracle import read_region, recount, report_of
from tests.support.regions import build_region, write_region

# One worker for all of them: the region is provisioned once.
pytestmark = pytest.mark.xdist_group("exactness")

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
DAY = date(2026, 10, 31)
DAYS = [DAY + timedelta(days=shift) for shift in (-400, -60, -30, -1, 0, 1, 30, 90, 200)]
ORDINARY_SEEDS = range(1)
NIGHTLY_SEEDS = [*range(1, 6), *range(1000, 1060)]


def run(command: str, *arguments: object) -> Any:
    """Run a management command and read its JSON."""
    out = StringIO()
    call_command(command, *(str(argument) for argument in arguments), stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def made_region(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the database of a region that has the sample region's seven schools and nothing in them."""
    name = f"exact_{os.getpid()}_{uuid.uuid4().hex[:6]}"
    clone(ensure_template(), name)
    folder = tmp_path_factory.mktemp("described")
    shutil.copy(SAMPLES / "region.json", folder)
    schemas: list[str] = []
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        for variable in ("DATABASE_URL", "DATABASE_ADMIN_URL"):
            patch.setenv(variable, f"{os.environ[variable].rsplit('/', 1)[0]}/{name}")
        patch.setenv("TEST_DATABASE_NAME", name)
        _forget_schools_of_the_check(name)
        before = _switch_to(name)
        try:
            loaded = run("load_region", folder)
            assert len(loaded["schools"]) == 7
            schemas = _schemas(name)
            assert set(run("coverage", "--as-of", DAY, "--json")["region"]["pupils"]) == {0}
            connection.close()
            yield name
        finally:
            _switch_to(before)
            drop(name)
            _drop_roles(schemas)


@pytest.fixture
def load(made_region: str, tmp_path: Path) -> Iterator[Callable[[Path], str]]:
    """Return a function that loads a folder into a fresh copy of the region and returns the database's name."""
    name = f"{made_region}_copy"

    def load_folder(folder: Path) -> str:
        connection.close()
        clone(made_region, name)
        _switch_to(name)
        assert run("load_region", folder)["files_refused"] == []
        return name

    before = connection.settings_dict["NAME"]
    yield load_folder
    _switch_to(before)
    drop(name)


def _switch_to(name: str) -> str:
    connection.close()
    before, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
    return before


def _forget_schools_of_the_check(name: str) -> None:
    """Empty the region's register, so that the database is that of a new installation."""
    from tenants.registry.models import District, Domain, Region, School

    tables = [model._meta.db_table for model in (Region, District, School, Domain)]
    with psycopg.connect(superuser_url(name)) as cluster:
        names = sql.SQL(", ").join(sql.Identifier("region", table) for table in tables)
        cluster.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))


def _schemas(name: str) -> list[str]:
    from tenants.registry.models import School

    with psycopg.connect(superuser_url(name)) as cluster:
        table = sql.Identifier("region", School._meta.db_table)
        return [schema for (schema,) in cluster.execute(sql.SQL("SELECT schema_name FROM {}").format(table))]


def _drop_roles(schemas: list[str]) -> None:
    with psycopg.connect(superuser_url(), autocommit=True) as cluster:
        for schema in schemas:
            cluster.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(schema)))


def _fingerprint(name: str) -> dict[tuple[str, str], tuple[int, str]]:
    """Digest every table of every school and of the region: number of rows and what they say."""
    prints = {}
    with psycopg.connect(superuser_url(name)) as cluster:
        tables = cluster.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'region' OR schemaname LIKE 's\\_%'"
        ).fetchall()
        for schema, table in tables:
            rows = cluster.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(schema, table)))
            told = sorted(row for (row,) in rows)
            prints[schema, table] = (len(told), hashlib.sha256("\n".join(told).encode()).hexdigest())
    return prints


def assert_equal_to_recount(folder: Path, days: list[date]) -> int:
    """Compare everything that the commands tell with the recount of the folder; return the people compared."""
    region, readings = read_region(folder)
    for code, reading in readings.items():
        assert run("import_report", code, "--json") == report_of(reading), code
    for day in days:
        assert run("coverage", "--as-of", day, "--json") == recount(region, day), day
    return sum(len(school.people) for school in region.schools.values())


def test_the_samples_without_and_with_falsified_figures_and_a_second_time(
    load: Callable[[Path], str], tmp_path: Path
) -> None:
    folder = tmp_path / "samples"
    shutil.copytree(SAMPLES, folder)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    (folder / "expected.json").unlink()
    database = load(folder)
    told = run("coverage", "--as-of", expected["as_of"], "--json")
    assert (told["districts"], told["region"]) == (expected["districts"], expected["region"])
    for code, school in expected["schools"].items():
        assert {**told["schools"][code], **run("import_report", code, "--json")} == school
    assert assert_equal_to_recount(folder, DAYS) > 800

    before = _fingerprint(database)
    assert len(before) > 100
    falsified = json.dumps({**expected, "region": {"pupils": [1, 1]}, "as_of": "1999-01-01"})
    (folder / "expected.json").write_text(falsified, encoding="utf-8")
    (folder / "sch01" / "заметки.txt").write_text("не читать", encoding="utf-8")
    again = run("load_region", folder)
    assert all(school == {"imported": False} for school in again["schools"].values())
    assert _fingerprint(database) == before
    assert run("coverage", "--as-of", expected["as_of"], "--json") == told


@pytest.mark.nightly
def test_the_samples_beside_falsified_figures(load: Callable[[Path], str], tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    shutil.copytree(SAMPLES, folder)
    (folder / "expected.json").write_text('{"as_of": "2026-10-31", "schools": {}, "region": {}}', encoding="utf-8")
    load(folder)
    assert_equal_to_recount(folder, [DAY])


@pytest.mark.parametrize("seed", ORDINARY_SEEDS)
def test_a_random_region_is_counted_to_the_last_person(load: Callable[[Path], str], tmp_path: Path, seed: int) -> None:
    people = _compare_random(load, tmp_path, seed, pupils=(5, 20))
    assert people > 100


@pytest.mark.nightly
@pytest.mark.parametrize("seed", NIGHTLY_SEEDS)
def test_many_random_regions_are_counted_to_the_last_person(
    load: Callable[[Path], str], tmp_path: Path, seed: int
) -> None:
    assert _compare_random(load, tmp_path, seed, pupils=(10, 120)) > 300


def _lose_some_files(folder: Path, seed: int) -> None:
    """Let some schools send less: no consents, no lists of people, or nothing at all."""
    random = Random(seed)
    silent, without_people, without_consents = random.sample(sorted(folder.glob("*/")), 3)
    shutil.rmtree(silent)
    (without_consents / "согласия.xlsx").unlink()
    if seed % 3 == 0:
        (without_people / "контингент.xlsx").unlink()


def _compare_random(load: Callable[[Path], str], folder: Path, seed: int, *, pupils: tuple[int, int]) -> int:
    region = build_region(seed, pupils=pupils, day=DAY, layout=SAMPLES / "region.json")
    write_region(region, folder, seed=seed, untidiness=seed % 6 / 5)
    _lose_some_files(folder, seed)
    load(folder)
    people = assert_equal_to_recount(folder, DAYS)
    print(f"P9 seed {seed}: {people} people of {len(region.schools)} schools equal on {len(DAYS)} days")
    return people
