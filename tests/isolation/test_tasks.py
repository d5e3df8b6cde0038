"""P7: every background task knows its world, however it is launched; and the worker starts and ends nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from celery import Celery, chain, group
from celery.exceptions import Reject
from django.db import OperationalError, connection

from config.celery_app import app as celery_app
from core.tenancy import ContextError, current, school
from core.tenancy.tasks import DoorTask, MigratorTask, RegionTask, RollupTask, SchoolTask
from schools.people.models import Person
from tests.support.world import SCHOOL_A, SCHOOL_B

HOSTILE = [
    "region",
    "public",
    "",
    "s_",
    's_aaaaaaaaaaaa"; SET ROLE x; --',
    "s_AAAAAAAAAAAA",
    None,
    7,
    ["s_aaaaaaaaaaaa"],
]


@pytest.fixture(scope="module")
def app() -> Celery:
    """An app of its own with one task of each world; messages go to memory."""
    app = Celery("check", broker="memory://", set_as_current=False)
    app.conf.task_always_eager = False

    @app.task(base=SchoolTask, name="check.whose")
    def whose() -> list[str]:
        return sorted(set(Person.objects.values_list("patronymic", flat=True)))

    @app.task(base=RegionTask, name="check.region")
    def in_region() -> str:
        return role()

    @app.task(base=RollupTask, name="check.rollup")
    def in_rollup() -> str:
        return role()

    @app.task(base=DoorTask, name="check.undeclared")
    def undeclared() -> None:
        raise AssertionError("must not run")

    @app.task(base=SchoolTask, bind=True, name="check.retrying", max_retries=1)
    def retrying(self) -> list[str]:
        if self.request.retries == 0:
            raise self.retry(countdown=0)
        return sorted(set(Person.objects.values_list("patronymic", flat=True)))

    @app.task(base=SchoolTask, bind=True, name="check.interrupted")
    def interrupted(self) -> list[str]:
        if self.request.retries < 2:
            raise OperationalError("the server is restarting")
        return sorted(set(Person.objects.values_list("patronymic", flat=True)))

    @app.task(base=SchoolTask, name="check.failing")
    def failing() -> None:
        connection.cursor().execute("SELECT 1/0")

    return app


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        return str(cursor.fetchone()[0])


def run(app: Celery, name: str, headers: object = None) -> object:
    """Run a task the way a worker does, and return its result."""
    result = app.tasks[name].apply(headers=headers, throw=True)
    assert current() is None
    return result.result


def registered(*worlds: str) -> dict[str, DoorTask]:
    """Return the platform's own tasks by name, of all worlds or of some."""
    celery_app.loader.import_default_modules()
    own = {name: task for name, task in celery_app.tasks.items() if not name.startswith(("celery.", "check."))}
    return {name: task for name, task in own.items() if not worlds or task.world in worlds}


def test_every_registered_task_declares_its_world():
    own = registered()
    assert len(own) >= 20
    for name, task in own.items():
        assert isinstance(task, DoorTask), name
        assert task.world in ("school", "region", "rollup", "migrator"), name
        assert task.ignore_result, name
    print(f"P7: {len(own)} tasks declared")


@pytest.mark.django_db
def test_a_school_task_runs_in_its_school_only(app: Celery):
    for where in (SCHOOL_A, SCHOOL_B, SCHOOL_A):
        assert run(app, "check.whose", {"school": where.schema}) == [where.canary]
    assert run(app, "check.region") == "region"
    assert run(app, "check.rollup") == "rollup"


@pytest.mark.django_db
def test_a_failing_task_leaves_nothing_behind(app: Celery):
    with pytest.raises(Exception, match="division by zero"):
        run(app, "check.failing", {"school": SCHOOL_A.schema})
    assert current() is None


@pytest.mark.django_db
def test_a_task_that_the_database_interrupted_is_tried_again_in_its_school(app: Celery):
    result = app.tasks["check.interrupted"].apply(headers={"school": SCHOOL_B.schema})
    assert result.get() == app.tasks["check.whose"].apply(headers={"school": SCHOOL_B.schema}).get()


def test_a_retry_keeps_its_school(app: Celery):
    result = app.tasks["check.retrying"].apply(headers={"school": SCHOOL_B.schema})
    assert result.result == [SCHOOL_B.canary]


@pytest.mark.django_db
@pytest.mark.parametrize("name", HOSTILE, ids=repr)
def test_a_worker_refuses_a_school_task_without_a_school(app: Celery, name: object):
    """Also when it was sent by name, past the class that checks at publication."""
    for headers in ({"school": name}, {}, None):
        with pytest.raises(ContextError):
            run(app, "check.whose", headers)


@pytest.mark.parametrize("name", HOSTILE, ids=repr)
def test_publication_refuses_a_school_task_without_a_school(app: Celery, name: object):
    task = app.tasks["check.whose"]
    for publish in (
        lambda: task.delay(),
        lambda: task.apply_async(),
        lambda: task.apply_async(headers={"school": name}),
        lambda: task.apply_async(countdown=5),
        lambda: task.for_school(name),
        lambda: chain(task.si(), task.si()).apply_async(),
        lambda: group(task.si(), task.si()).apply_async(),
        lambda: app.tasks["check.undeclared"].apply_async(),
    ):
        with pytest.raises(ContextError):
            publish()


def test_publication_with_a_school_goes_out(app: Celery):
    task = app.tasks["check.whose"]
    headers = {"school": SCHOOL_A.schema}
    assert task.apply_async(headers=headers).id
    assert task.for_school(SCHOOL_A.schema).id
    assert group(task.si().set(headers=headers), task.si().set(headers=headers)).apply_async()
    assert app.tasks["check.region"].delay().id


# Ways in which something of ours, or Celery itself, may publish a task.
WAYS: dict[str, Callable[[Any, dict[str, Any]], object]] = {
    "delay": lambda task, options: task.delay() if not options else task.apply_async(**options),
    "kwargs": lambda task, options: task.apply_async(kwargs={"key": "1"}, **options),
    "countdown": lambda task, options: task.apply_async(countdown=5, **options),
    "eta": lambda task, options: task.apply_async(eta=datetime(2026, 10, 1, tzinfo=UTC), **options),
    "signature": lambda task, options: task.si().set(**options).apply_async(),
    "chain": lambda task, options: chain(task.si().set(**options), task.si().set(**options)).apply_async(),
    "group": lambda task, options: group(task.si().set(**options), task.si().set(**options)).apply_async(),
    "link": lambda task, options: task.si().set(**options, link=task.si().set(**options)).apply_async(),
    "retry": lambda task, options: _retried(task, options),
}


def _retried(task: Any, options: dict[str, Any]) -> None:
    """Retry a task as from its body, in a worker that got it with these headers."""
    task.push_request(id="1", called_directly=False, args=(), kwargs={}, retries=0, delivery_info={}, **options)
    try:
        task.retry(countdown=0, throw=False)
    except Reject as refused:
        raise refused.reason from refused
    finally:
        task.pop_request()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Return what goes to the broker, as (name of the task, school of its headers); nothing really goes there."""
    went: list[tuple[str, Any]] = []

    def keep(name: str, *rest: Any, headers: dict[str, Any] | None = None, **options: Any) -> Any:
        went.append((name, (headers or {}).get("school")))
        return celery_app.AsyncResult("1")

    monkeypatch.setattr(celery_app, "send_task", keep)
    for task in registered().values():
        # What a task takes is no matter here: it would be refused for that before anything else.
        monkeypatch.setattr(task, "typing", False)
    return went


@pytest.mark.parametrize("way", WAYS)
def test_no_registered_task_of_a_school_goes_out_without_one(way: str, sent: list[tuple[str, Any]]):
    asked = 0
    for name, task in registered("school").items():
        for options in ({}, {"headers": {}}, *({"headers": {"school": wrong}} for wrong in HOSTILE)):
            with pytest.raises(ContextError):
                WAYS[way](task, options)
            asked += 1
        assert sent == [], name
        WAYS[way](task, {"headers": {"school": SCHOOL_A.schema}})
        assert sent, f"{name} does not go out with a school either"
        assert set(sent) == {(name, SCHOOL_A.schema)}
        sent.clear()
    assert asked >= 15 * len(HOSTILE)
    print(f"P7 {way}: {asked} publications refused")


def test_a_worker_runs_each_registered_task_in_its_world_alone(monkeypatch: pytest.MonkeyPatch):
    """As the outbox sends them: by name, past the class that checks at publication."""
    ran: list[str | None] = []
    refused = 0
    expected = {"school": SCHOOL_B.schema, "region": "region", "rollup": "rollup", "migrator": None}
    for name, task in registered().items():
        monkeypatch.setattr(task, "run", lambda: ran.append(None if (here := current()) is None else here.role))
        if task.world == "school":
            for headers in (None, {}, *({"school": wrong} for wrong in HOSTILE)):
                with pytest.raises(ContextError):
                    task.apply(headers=headers, throw=True)
                refused += 1
        with school(SCHOOL_A.schema), pytest.raises(ContextError, match="left over"):
            task.apply(headers={"school": SCHOOL_B.schema}, throw=True)
        assert ran == [], f"{name} ran"
        task.apply(headers={"school": SCHOOL_B.schema}, throw=True)
        assert ran == [expected[task.world]], name
        assert current() is None
        ran.clear()
    assert refused >= 15 * len(HOSTILE)
    print(f"P7: {len(registered())} tasks ran in their worlds, {refused} runs refused")


@pytest.mark.django_db
def test_a_leftover_context_stops_the_worker(app: Celery):
    with school(SCHOOL_A.schema), pytest.raises(ContextError, match="left over"):
        app.tasks["check.whose"].apply(headers={"school": SCHOOL_A.schema}, throw=True)


@pytest.mark.django_db
def test_an_undeclared_task_does_not_run(app: Celery):
    with pytest.raises(ContextError):
        run(app, "check.undeclared")
    assert issubclass(MigratorTask, DoorTask)
