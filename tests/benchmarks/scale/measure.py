"""The rehearsal: two clusters, the same code, figures equal to the recount, and what each step costs."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import psycopg

from deploy.launch.postgres import Postgres
from tests.benchmarks.scale.reference import compare
from tests.support.database import ROOT, clone, drop, ensure_template, superuser_url

SECOND = "second"
DATABASE = "scale"
PASSWORD = "rehearsal"
# A page of a school on another server costs no more than one on this: the same statements, the same round trips.
MOST_RATIO = 1.25


@dataclass(frozen=True)
class Clusters:
    """The first cluster's database by name, and the second's address in Django's words and as its superuser's."""

    first: str
    second: dict[str, Any]
    second_superuser: str


@contextmanager
def two_clusters() -> Iterator[Clusters]:
    """Give school А's cluster (the check's own) and school Б's, each without the other's schema."""
    from tests.support.world import SCHOOL_A, SCHOOL_B

    name = f"scale_{os.getpid()}"
    folder = Path(tempfile.mkdtemp(prefix="mentoring-scale-"))
    folder.chmod(0o755)
    server = Postgres(folder, folder, PASSWORD, durable=True)
    clone(ensure_template(), name)
    try:
        server.start(0)
        superuser = server.url("postgres", PASSWORD, "postgres")
        environment = {
            **os.environ,
            "TEST_DATABASE_SUPERUSER_URL": superuser,
            "TEST_DATABASE_NAME": DATABASE,
            "DOOR_LOGIN": "migrator",
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        }
        subprocess.run([sys.executable, "-m", "tests.support.template"], cwd=ROOT, env=environment, check=True)
        for url, foreign in (
            (superuser_url(name), SCHOOL_B.schema),
            (server.url("postgres", PASSWORD, DATABASE), SCHOOL_A.schema),
        ):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f'DROP SCHEMA "{foreign}" CASCADE')
        address = {"NAME": DATABASE, "HOST": "127.0.0.1", "PORT": str(urlsplit(superuser).port)}
        yield Clusters(name, address, server.url("postgres", PASSWORD, DATABASE))
    finally:
        server.stop()
        drop(name)
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run the rehearsal; 0 when every figure is right and a page costs the same in both clusters."""
    parser = argparse.ArgumentParser(prog="bench scale")
    parser.add_argument("--regions", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    sys.path[:0] = [str(ROOT / "platform")]
    with two_clusters() as clusters:
        os.environ["TEST_DATABASE_NAME"] = clusters.first
        import django

        django.setup()
        failed = _rehearse(clusters, options.regions, options.rounds)
        compare(superuser_url(clusters.first), clusters.second_superuser, options.rounds)
        return failed


def _rehearse(clusters: Clusters, regions: int, rounds: int) -> int:
    from django.db import connections

    from tests.benchmarks.scale.gather import teach_the_rollup
    from tests.benchmarks.scale.places import divide
    from tests.support.world import SCHOOL_B

    connections["default"].settings_dict["NAME"] = clusters.first
    divide(SECOND, clusters.second, {SCHOOL_B.schema})
    teach_the_rollup()
    try:
        ratio = _pages(rounds)
        wrong = _figures(regions) + _every_page()
        refused = _is_a_split_transaction_refused()
    finally:
        connections.close_all()
    print(f"a transaction over both clusters is {'refused' if refused else 'NOT REFUSED'}")
    print(f"ratio={ratio:.3f}")
    return int(wrong > 0 or not refused or ratio > MOST_RATIO)


def _pages(rounds: int) -> float:
    """Ask for the same page of both schools in turn; return how much longer the one in the second cluster takes."""
    from django.test import Client

    from tests.support.accounts import sign_in
    from tests.support.world import SCHOOL_A, SCHOOL_B

    def client_at(label: str) -> Client:
        return Client(SERVER_NAME=f"{label}.localhost")

    clients = {place: sign_in(client_at, place, "coordinator") for place in (SCHOOL_A, SCHOOL_B)}
    took: dict[str, list[float]] = {place.code: [] for place in clients}
    for number in range(rounds + 3):
        for place, client in clients.items():
            seconds, response = _timed(lambda client=client: client.get("/people/"))
            body = response.content.decode()
            assert response.status_code == 200
            assert place.surname in body
            assert all(other.surname not in body for other in clients if other is not place)
            if number >= 3:
                took[place.code].append(seconds)
    here, there = (statistics.median(values) for values in took.values())
    print(f"the list of people, median of {rounds}: first cluster {here * 1000:.1f} ms, second {there * 1000:.1f} ms")
    return there / here


def _every_page() -> int:
    """Ask for every page and reading of the API that needs no argument; return how many are not answered alike.

    A page of the school in the second cluster must answer as the first school's does; the region's are only asked.
    """
    from django.test import Client

    from core.authz.registry import World
    from tests.permissions.walk import endpoints
    from tests.support.accounts import sign_in
    from tests.support.world import SCHOOL_A, SCHOOL_B

    def client_at(label: str) -> Client:
        client = Client(SERVER_NAME=f"{label}.localhost")
        client.raise_request_exception = False
        return client

    here, there = (sign_in(client_at, place, "director") for place in (SCHOOL_A, SCHOOL_B))
    admin = sign_in(client_at, "region", "region_admin")
    wrong: list[str] = []
    asked = {where: [one.path({}) for one in endpoints(where) if not one.arguments] for where in World}
    shown = 0
    for path in asked[World.SCHOOL]:
        first, second = here.get(path).status_code, there.get(path).status_code
        shown += second == 200
        if first != second or second >= 500:
            wrong.append(f"{path}: {first} and {second}")
    wrong += [path for path in asked[World.REGION] if admin.get(path).status_code >= 500]
    for line in wrong:
        print(line)
    pages = len(asked[World.SCHOOL])
    print(f"{pages} addresses of a school asked for in both clusters ({shown} show something), ", end="")
    print(f"{len(asked[World.REGION])} of the region: {len(wrong)} answered otherwise")
    return len(wrong)


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = act()
    return time.perf_counter() - began, result


def _figures(regions: int) -> int:
    """Roll random regions up over both clusters and compare; return how many differ from the recount."""
    from tests.reports import support
    from tests.reports.rollup.test_work import expected, told

    wrong = people_twice = 0
    collecting, rolling = [], []
    for seed in range(regions):
        made = support.random_region(Random(seed))
        for place in (support.SCHOOL_A, support.SCHOOL_B):
            support.write_school(place, made.schools[place.code])
        for today in (support.DAYS[seed % len(support.DAYS)], support.DAYS[-1]):
            collect, roll = _sweep(today)
            collecting.append(collect)
            rolling.append(roll)
            wrong += told() != expected(made, today)
        people_twice += _known_twice()
    print(
        f"{regions} random regions on {2 * regions} days: {wrong} differ from the recount; {people_twice} people were "
        f"known in both clusters.\nMarks and ledger {statistics.median(collecting) * 1000:.1f} ms, roll-up of both "
        f"schools {statistics.median(rolling) * 1000:.1f} ms (medians)"
    )
    if not people_twice:
        wrong += 1
    return wrong


def _sweep(today: Any) -> tuple[float, float]:
    from core.tenancy import rollup
    from reports.rollup.fold import fold_marks, reconcile
    from reports.rollup.work import roll_up_due
    from tests.benchmarks.scale.gather import fetch_marks

    began = time.perf_counter()
    with rollup():
        reconcile()
        fold_marks()
        fetch_marks([SECOND])
    collected = time.perf_counter()
    roll_up_due(today)
    return collected - began, time.perf_counter() - collected


def _known_twice() -> int:
    from core.tenancy import rollup
    from reports.rollup.models import PersonKey

    with rollup():
        shared = PersonKey.objects.filter(is_shared=True).values_list("identity", "school_id")
        schools: dict[str, set[Any]] = {}
        for identity, school in shared:
            schools.setdefault(identity, set()).add(school)
    return sum(len(where) > 1 for where in schools.values())


def _is_a_split_transaction_refused() -> bool:
    from django.db import transaction

    from core.tenancy import region, school
    from schools.people.models import Person
    from tenants.registry.models import School
    from tests.benchmarks.scale.places import SplitTransactionError
    from tests.support.world import SCHOOL_B

    with region(), transaction.atomic():
        School.objects.count()
        # What a task of the region does: leave the region, enter a school; only a context of its own is given here.
        from core.tenancy import nowhere

        with nowhere(), school(SCHOOL_B.schema):
            try:
                Person.objects.count()
            except SplitTransactionError:
                return True
    return False
