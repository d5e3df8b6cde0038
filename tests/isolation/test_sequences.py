"""P2: random sequences of contexts, transactions, errors and kept objects never show or change another school's row."""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery
from django.core.cache import cache
from django.db import DatabaseError, InternalError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from core.tenancy import ContextError, NoContextError, StampError, current, region, rollup, school, shared
from core.tenancy.context import Kind
from core.tenancy.signing import file_path, signer
from core.tenancy.tasks import SchoolTask
from schools.people.models import Enrolment, Person
from tests.support import world
from tests.support.world import SCHOOL_A, SCHOOL_B

CANARY = {SCHOOL_A.schema: SCHOOL_A.canary, SCHOOL_B.schema: SCHOOL_B.canary}
SCHEMAS = st.sampled_from(sorted(CANARY))
COUNTS = {"reads": 0, "refused": 0, "writes": 0, "commits": 0, "tasks": 0, "related": 0}
# Ways to put somebody into a relation of a row that is then stored.
RELATIONS = ("new", "assigned", "made there", "made there in bulk", "update", "add")
APP = Celery("walk", broker="memory://", set_as_current=False)


@APP.task(base=SchoolTask, bind=True, name="check.walk", ignore_result=False)
def task_of_the_walk(self: Any, fails: bool) -> str:
    """Read, write and perhaps fail in the school of the headers, as any task of a school does."""
    walk: Walk = self.walk
    walk.read()
    walk.write()
    if fails:
        raise ZeroDivisionError
    return walk.here() or ""


class Walk(RuleBasedStateMachine):
    """A random walk. The stack holds open contexts and transactions, innermost last."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, Any]] = []
        self.objects: list[tuple[str, Person]] = []
        self.querysets: list[tuple[str, Any]] = []
        self.rows: dict[str, tuple[Enrolment, Enrolment]] = {}
        self.broken = False

    @initialize(schema=SCHEMAS)
    def begin_with_kept_things(self, schema: str) -> None:
        """Every walk starts inside a school, with an object and a queryset of each school in its pockets."""
        for each in CANARY:
            with school(each):
                self.read()
                self.keep_a_queryset()
                _, person = self.objects[-1]
                unstored = Enrolment(person=person, kind="staff", admitted_on=world.SEPTEMBER)
                self.rows[each] = (unstored, Enrolment.objects.order_by("pk")[0])
        self.enter_school(schema)

    # --- where we are ------------------------------------------------------------------------------------------------
    def here(self) -> str | None:
        context = current()
        return context.schema if context is not None and context.kind is Kind.SCHOOL else None

    def in_school(self) -> bool:
        return self.here() is not None

    def check(self, person: Person) -> None:
        COUNTS["reads"] += 1
        assert person.patronymic == CANARY[self.here() or ""], "another school's row"

    def guarded(self, act: Any) -> Any:
        """Run an act that a failed transaction may refuse."""
        try:
            return act()
        except (DatabaseError, transaction.TransactionManagementError):
            assert self.broken or connection.needs_rollback, "an error without a failed transaction"
            return None

    # --- contexts and transactions -----------------------------------------------------------------------------------
    @rule(schema=SCHEMAS)
    def enter_school(self, schema: str) -> None:
        manager = school(schema)
        manager.__enter__()
        self.stack.append(("context", manager))

    @precondition(in_school)
    @rule()
    def enter_shared(self) -> None:
        manager = shared()
        manager.__enter__()
        self.stack.append(("context", manager))

    @precondition(lambda self: current() is None)
    @rule(opener=st.sampled_from([region, rollup]))
    def enter_region(self, opener: Any) -> None:
        manager = opener()
        manager.__enter__()
        self.stack.append(("context", manager))

    @precondition(lambda self: sum(kind == "atomic" for kind, _ in self.stack) < 3)
    @rule()
    def begin(self) -> None:
        manager = transaction.atomic()

        def act() -> None:
            manager.__enter__()
            self.stack.append(("atomic", manager))

        self.guarded(act)

    @precondition(lambda self: bool(self.stack))
    @rule(raising=st.booleans())
    def leave(self, raising: bool) -> None:
        kind, manager = self.stack.pop()
        error = ZeroDivisionError() if raising else None
        arguments = (type(error), error, None) if error else (None, None, None)
        try:
            manager.__exit__(*arguments)
        except ZeroDivisionError:
            assert raising
        except (InternalError, transaction.TransactionManagementError):
            assert self.broken, "a commit failed without a failed transaction"
        if kind == "atomic":
            COUNTS["commits"] += not raising
            if not any(kind == "atomic" for kind, _ in self.stack) or raising:
                self.broken = False

    @precondition(lambda self: self.in_school() and any(kind == "atomic" for kind, _ in self.stack))
    @rule(tell_django=st.booleans())
    def swallow_an_error(self, tell_django: bool) -> None:
        def act() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")

        try:
            act()
        except (DatabaseError, transaction.TransactionManagementError):
            self.broken = True
            if not tell_django:
                connection.needs_rollback = False

    @precondition(lambda self: not any(kind == "atomic" for kind, _ in self.stack))
    @rule()
    def lose_the_connection(self) -> None:
        connection.close()

    # --- reads and writes --------------------------------------------------------------------------------------------
    @precondition(in_school)
    @rule()
    def read(self) -> None:
        def act() -> None:
            for person in Person.objects.all():
                self.check(person)
                self.objects.append((self.here() or "", person))

        self.guarded(act)

    @precondition(in_school)
    @rule()
    def read_through_a_foreign_key(self) -> None:
        def act() -> None:
            for enrolment in Enrolment.objects.all():
                self.check(enrolment.person)

        self.guarded(act)

    @precondition(in_school)
    @rule()
    def read_by_a_server_side_cursor(self) -> None:
        def act() -> None:
            for person in Person.objects.iterator(chunk_size=1):
                self.check(person)

        self.guarded(act)

    @precondition(in_school)
    @rule()
    def keep_a_queryset(self) -> None:
        self.querysets.append((self.here() or "", Person.objects.filter(kinds__kind="pupil")))

    @precondition(lambda self: bool(self.querysets) and (self.in_school() or current() is None))
    @rule(data=st.data())
    def evaluate_a_kept_queryset(self, data: Any) -> None:
        schema, rows = data.draw(st.sampled_from(self.querysets))

        def act() -> None:
            for person in rows.all():
                assert person.patronymic == CANARY[schema]
                self.check(person)

        if schema == self.here():
            self.guarded(act)
        else:
            COUNTS["refused"] += 1
            with pytest.raises(StampError):
                act()

    @precondition(lambda self: bool(self.objects) and self.in_school())
    @rule(data=st.data(), how=st.sampled_from(["save", "delete", "refresh", "children"]))
    def use_a_kept_object(self, data: Any, how: str) -> None:
        schema, person = data.draw(st.sampled_from(self.objects))
        acts = {
            "save": lambda: person.save(update_fields=["sex"]),
            "refresh": lambda: person.refresh_from_db(),
            "children": lambda: [self.check(row.person) for row in person.enrolments.select_related("person")],
            "delete": lambda: person.delete(),
        }
        if schema == self.here():
            if how != "delete":
                COUNTS["writes"] += 1
                self.guarded(acts[how])
        else:
            COUNTS["refused"] += 1
            with pytest.raises(StampError):
                acts[how]()

    @precondition(lambda self: self.in_school() and not self.broken and not connection.needs_rollback)
    @rule(data=st.data(), how=st.sampled_from(RELATIONS))
    def put_a_kept_object_into_a_relation(self, data: Any, how: str) -> None:
        """Store a row that belongs to a kept person; the other school has people under the same keys."""
        schema, person = data.draw(st.sampled_from(self.objects))
        is_foreign = schema != self.here()

        def act() -> None:
            with transaction.atomic():
                relate(how, person, *self.rows[schema])
                assert not is_foreign, f"{how}: another school's person stands in a relation"
                raise ZeroDivisionError  # what was allowed is taken back: the keys of a walk stay as they were

        COUNTS["related"] += 1
        if is_foreign:
            COUNTS["refused"] += 1
            with pytest.raises(StampError):
                act()
        else:
            with suppress(ZeroDivisionError):
                self.guarded(act)

    @precondition(in_school)
    @rule()
    def write(self) -> None:
        schema = self.here() or ""
        COUNTS["writes"] += 1
        self.guarded(lambda: Person.objects.filter(pk=world.MENTEE).update(phone=schema))

    @precondition(in_school)
    @rule(schema=SCHEMAS)
    def read_inside_another(self, schema: str) -> None:
        with school(schema):
            self.read()

    @precondition(in_school)
    @rule()
    def publish_on_commit(self) -> None:
        schema = self.here() or ""

        def published() -> None:
            with school(schema):
                assert Person.objects.get(pk=world.MENTEE).patronymic == CANARY[schema]

        self.guarded(lambda: transaction.on_commit(published))

    # --- tasks -------------------------------------------------------------------------------------------------------
    @rule(schema=SCHEMAS, fails=st.booleans())
    def run_a_task(self, schema: str, fails: bool) -> None:
        """A worker runs a task of a school; within another piece of work it is refused."""
        task_of_the_walk.walk = self
        run = lambda: task_of_the_walk.apply((fails,), headers={"school": schema}, throw=True)  # noqa: E731
        if current() is not None:
            COUNTS["refused"] += 1
            with pytest.raises(ContextError, match="left over"):
                run()
            return
        COUNTS["tasks"] += 1
        if fails:
            with pytest.raises(ZeroDivisionError):
                run()
        else:
            assert run().get() == schema
        assert current() is None

    # --- cache, signatures, files ------------------------------------------------------------------------------------
    @precondition(in_school)
    @rule()
    def cache_and_sign(self) -> None:
        schema = self.here() or ""
        seen = cache.get("walk")
        assert seen in (None, CANARY[schema]), "another school's cache"
        cache.set("walk", CANARY[schema], 60)
        assert file_path("scans", "a.pdf").startswith(schema)
        token = signer("walk").sign("x")
        other = next(name for name in CANARY if name != schema)
        with school(other), pytest.raises(Exception, match="Signature"):
            signer("walk").unsign(token)

    @precondition(lambda self: current() is None)
    @rule()
    def nothing_without_a_context(self) -> None:
        with pytest.raises(NoContextError):
            Person.objects.count()

    def teardown(self) -> None:
        while self.stack:
            self.leave(raising=True)
        connection.close()


def relate(how: str, person: Person, unstored: Enrolment, stored: Enrolment) -> None:
    """Store a row that belongs to ``person``, or one of his school's rows: ``unstored`` was made there, not stored."""
    known: dict[str, Any] = {"kind": "staff", "admitted_on": world.SEPTEMBER}
    mine = Enrolment.objects.select_related("person").order_by("pk")[0]
    fresh = copy(unstored)
    fresh.pk, fresh._state = uuid4(), copy(unstored._state)
    if how == "new":
        Enrolment(person=person, **known).save()
    elif how == "assigned":
        mine.person = person
        mine.save()
    elif how == "made there":
        fresh.save()
    elif how == "made there in bulk":
        Enrolment.objects.bulk_create([fresh])
    elif how == "update":
        Enrolment.objects.filter(pk=mine.pk).update(person=person)
    else:
        mine.person.enrolments.add(stored)


def _walk(runs: int, *, steps: int) -> None:
    for name in COUNTS:
        COUNTS[name] = 0
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"P2: {runs} runs, {COUNTS}, 0 foreign reads or writes")
    assert COUNTS["reads"] > 5 * runs
    assert COUNTS["refused"] > runs
    assert COUNTS["tasks"] > runs / 20
    assert COUNTS["related"] > runs / 4
    for schema, canary in CANARY.items():
        with school(schema):
            rows = list(Person.objects.values_list("patronymic", "phone"))
            assert {name for name, _ in rows} == {canary}
            assert {phone for _, phone in rows} <= {"", schema}


@pytest.mark.django_db(transaction=True)
def test_random_sequences_do_not_leak():
    _walk(200, steps=24)


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_many_random_sequences_do_not_leak():
    _walk(10_000, steps=40)
