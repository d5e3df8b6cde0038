"""Fixtures of the whole check: the database of this worker and the two schools."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from django.test import Client, TransactionTestCase

from tests.support import world
from tests.support.database import ROOT, clone, content_hash, drop, ensure_template
from tests.support.log_watch import watch_logs
from tests.support.parts import waits_for_the_night


def pytest_configure() -> None:
    """Try properties on new examples in each run, few enough for the ordinary check."""
    hypothesis.settings.register_profile("check", max_examples=50, deadline=None)
    hypothesis.settings.load_profile("check")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Keep contents of files out of names: a workbook holds the second it was made in, and two workers then differ."""
    return "bytes" if isinstance(val, bytes) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what has no turn to the night; whoever names them on the command line gets them."""
    named = {argument.partition("::")[0] for argument in config.invocation_params.args if "tests/" in str(argument)}
    for item in items:
        nodeid = item.path.relative_to(ROOT).as_posix() + item.nodeid[item.nodeid.index("::") :]
        if waits_for_the_night(nodeid) and not any(nodeid.startswith(str(part)) for part in named):
            item.add_marker(pytest.mark.nightly)


def pytest_collection_finish() -> None:
    """Spare the check a ninth of its time: what is loaded stays, the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)


def _worker_database() -> str:
    return f"test_{content_hash()}_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}_{os.getpid()}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Clone the template for this worker and log in to the clone as ``app``."""
    from django.db import connection

    template, name = ensure_template(), _worker_database()
    with django_db_blocker.unblock():
        clone(template, name)
        connection.settings_dict["NAME"] = name
        connection.close()
        yield
        connection.close()
        drop(name)


@pytest.fixture(scope="session", autouse=True)
def _restore_by_cloning() -> Iterator[None]:
    """Give transactional tests a fresh clone afterwards: the stock flush sees no tables here and does nothing."""
    patch = pytest.MonkeyPatch()

    def teardown(self: TransactionTestCase) -> None:
        from django.db import connection

        connection.close()
        clone(f"template_{content_hash()}", connection.settings_dict["NAME"])

    patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _nobody_in_the_logs() -> Iterator[None]:
    """P19: no line that the check logs, whatever it tests, names anybody of the two schools."""
    watch = watch_logs()
    yield
    watch.detach()
    print(f"P19: {watch.lines} lines of log, {len(watch.found)} name somebody")
    assert not watch.found, "somebody stands in the log:\n" + "\n".join(watch.found[:5])


@pytest.fixture(autouse=True)
def _no_leftover() -> Iterator[None]:
    """Every test starts and ends outside every context, and with no remembered hosts or names."""
    from core.tenancy import current

    assert current() is None
    yield
    assert current() is None
    from tenants.registry.routing import forget_routes
    from tenants.registry.selectors import forget_region_title

    forget_routes()
    forget_region_title()


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Nothing cached by one test is seen by another: counted attempts and used codes outlive a rolled back database.

    Nor does one test's silent server leave the next without a cache.
    """
    from django.core.cache import caches

    from core.tenancy.cache import DoorCache

    DoorCache._away_until = 0.0
    caches["default"].key_prefix = uuid4().hex


@pytest.fixture
def school_a() -> world.TestSchool:
    """Return the first school."""
    return world.SCHOOL_A


@pytest.fixture
def school_b() -> world.TestSchool:
    """Return the second school: the same primary keys, other canaries."""
    return world.SCHOOL_B


@pytest.fixture
def in_school(db: None) -> Iterator[Callable[[world.TestSchool], None]]:
    """Enter a school until the test ends: ``in_school(school_a)``."""
    from core.tenancy import school

    with ExitStack() as stack:
        yield lambda where: stack.enter_context(school(where.schema))


@pytest.fixture
def client_at() -> Callable[[str], Client]:
    """Return a factory of clients of one host: ``client_at("sch-a")``, ``client_at("region")``."""
    return lambda label: Client(SERVER_NAME=f"{label}.localhost")
