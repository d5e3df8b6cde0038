"""The door: a statement runs in the role and schema of its context, or not at all."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, InternalError, connection, transaction

from core.tenancy import (
    ContextError,
    ForbiddenSwitchError,
    NoContextError,
    StampError,
    current,
    region,
    rollup,
    school,
    shared,
)
from core.tenancy.stamps import _wrap
from schools.people.models import Enrolment, Person
from tests.support import world
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db


def session() -> tuple[str, str]:
    """Return (role, search path) as the server has them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('search_path')")
        return tuple(cursor.fetchone())


def surname() -> str:
    return Person.objects.get(pk=world.MENTEE).surname


def test_the_context_decides_role_and_path():
    with school(SCHOOL_A.schema):
        assert session() == (SCHOOL_A.schema, f"{SCHOOL_A.schema}, ext")
        with shared():
            assert session() == (SCHOOL_A.schema, "region, ext")
        assert surname() == SCHOOL_A.surname
    with region():
        assert session() == ("region", "region, ext")
    with rollup():
        assert session() == ("rollup", "region, ext")


def test_contexts_nest_and_restore():
    with school(SCHOOL_A.schema):
        with pytest.raises(ZeroDivisionError), school(SCHOOL_B.schema):
            assert surname() == SCHOOL_B.surname
            raise ZeroDivisionError
        assert surname() == SCHOOL_A.surname
    assert current() is None


def test_no_context_no_statement():
    with pytest.raises(NoContextError):
        Person.objects.count()


def test_a_kept_cursor_follows_the_context():
    with school(SCHOOL_A.schema), connection.cursor() as cursor, school(SCHOOL_B.schema):
        cursor.execute("SELECT surname FROM people_person WHERE id = %s", [world.MENTEE])
        assert cursor.fetchone() == (SCHOOL_B.surname,)


@pytest.mark.parametrize("opener", [region, rollup])
def test_a_school_does_not_open_the_region(opener):
    with school(SCHOOL_A.schema), pytest.raises(ContextError), opener():
        pass


@pytest.mark.parametrize("name", ["region", "public", "s_", "s_AAAAAAAAAAAA", 's_aaaaaaaaaaaa"; --', "", None])
def test_only_a_school_schema_is_a_school(name):
    with pytest.raises(ContextError), school(name):
        pass


def test_the_library_cannot_move_the_connection():
    with school(SCHOOL_A.schema):
        with pytest.raises(ForbiddenSwitchError):
            connection.set_schema(SCHOOL_B.schema)
        with pytest.raises(ForbiddenSwitchError):
            connection.set_schema_to_public()


@pytest.mark.django_db(transaction=True)
def test_a_commit_of_a_failed_transaction_raises():
    """A COMMIT of a failed transaction is a silent ROLLBACK: the next school would read the last one's rows."""
    with pytest.raises(InternalError), transaction.atomic(), school(SCHOOL_A.schema):
        try:
            connection.cursor().execute("SELECT 1/0")
        except DatabaseError:
            connection.needs_rollback = False
    with school(SCHOOL_B.schema):
        assert surname() == SCHOOL_B.surname


@pytest.mark.django_db(transaction=True)
def test_rollbacks_forget_the_context():
    with school(SCHOOL_A.schema):
        with pytest.raises(ZeroDivisionError), transaction.atomic(), school(SCHOOL_B.schema):
            surname()
            raise ZeroDivisionError
        assert surname() == SCHOOL_A.surname
        with transaction.atomic():
            with pytest.raises(ZeroDivisionError), transaction.atomic(), school(SCHOOL_B.schema):
                surname()
                raise ZeroDivisionError
            assert surname() == SCHOOL_A.surname


def test_a_rollback_to_a_savepoint_takes_the_role_back_unseen():
    with school(SCHOOL_A.schema):
        assert surname() == SCHOOL_A.surname
        with transaction.atomic(), school(SCHOOL_B.schema):
            # The session goes to the second school after the savepoint, and back to the first with it.
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                assert surname() == SCHOOL_B.surname
                raise ZeroDivisionError
            assert surname() == SCHOOL_B.surname


@pytest.mark.django_db(transaction=True)
def test_one_transaction_spans_schools_and_the_shared_tables():
    from django.utils import timezone

    from core.events.models import Mark, Outbox

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        with school(SCHOOL_A.schema):
            Person.objects.filter(pk=world.MENTEE).update(surname="Иное")
            with shared():
                now = timezone.now()
                Outbox.objects.create(school_schema=SCHOOL_A.schema, task="x", created_at=now, next_attempt_at=now)
        raise ZeroDivisionError
    with region():
        assert Outbox.objects.count() == 0
        assert Mark.objects.count() >= 0
    with school(SCHOOL_A.schema):
        assert surname() == SCHOOL_A.surname


def test_a_constraint_error_leaves_the_outer_context_whole():
    with school(SCHOOL_A.schema), transaction.atomic():
        with pytest.raises(IntegrityError), transaction.atomic(), school(SCHOOL_B.schema):
            Enrolment.objects.create(person_id=world.MENTEE, kind="pupil", admitted_on=world.SEPTEMBER)
        assert surname() == SCHOOL_A.surname


def test_objects_keep_to_their_context():
    with school(SCHOOL_A.schema):
        person = Person.objects.get(pk=world.MENTEE)
        enrolment = Enrolment.objects.get(person=person)
        people = Person.objects.filter(surname=SCHOOL_A.surname)
        fresh = Person.objects.only("id").get(pk=world.MENTEE)
        made_there = Enrolment(person=person, kind="pupil", admitted_on=world.SEPTEMBER)
    with school(SCHOOL_B.schema):
        for act in (
            person.save,
            person.delete,
            person.refresh_from_db,
            lambda: enrolment.person,
            lambda: list(person.enrolments.all()),
            lambda: list(people),
            people.count,
            people.exists,
            lambda: people.update(surname="x"),
            people.delete,
            lambda: fresh.surname,
            lambda: list(Enrolment.objects.filter(person__in=people)),
            lambda: Person.objects.bulk_update([person], ["surname"]),
            lambda: Enrolment(person=person, kind="pupil", admitted_on=world.SEPTEMBER).save(),
            made_there.save,
            lambda: Enrolment.objects.bulk_create([made_there]),
            lambda: Enrolment.objects.update(person=person),
        ):
            with pytest.raises(StampError), transaction.atomic():
                act()
        assert surname() == SCHOOL_B.surname
    with school(SCHOOL_A.schema):
        person.save()
        assert people.count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_open_server_side_cursor_keeps_to_its_context():
    with transaction.atomic(), school(SCHOOL_A.schema):
        rows = Person.objects.order_by("pk").iterator(chunk_size=1)
        assert next(rows).surname == SCHOOL_A.surname
        with pytest.raises(StampError), school(SCHOOL_B.schema):
            list(rows)


def test_a_missing_table_is_an_error_not_another_layers_row():
    with school(SCHOOL_A.schema), pytest.raises(DatabaseError):
        connection.cursor().execute("SELECT * FROM registry_school")


def test_the_private_methods_the_door_relies_on_are_there():
    """An upgrade that moves one of them must fail here and not open the door."""
    from django.db.models import Model, QuerySet
    from django.db.models.sql import Query
    from psycopg._cursor_base import BaseCursor

    from core.tenancy.backend.connection import DoorCursor

    for owner, name in (
        (Model, "from_db"),
        (Model, "prepare_database_save"),
        (Query, "__init__"),
        (Query, "get_compiler"),
        (QuerySet, "bulk_create"),
        (QuerySet, "bulk_update"),
    ):
        method = owner.__dict__[name]
        assert getattr(getattr(method, "__func__", method), "_door", False), name
    assert "force_extended" in BaseCursor._execute_send.__kwdefaults__
    assert DoorCursor._execute_send is not BaseCursor._execute_send
    assert callable(_wrap)


def test_every_statement_goes_by_the_extended_protocol():
    with school(SCHOOL_A.schema), pytest.raises(DatabaseError, match="multiple commands"):
        connection.cursor().execute(f'SELECT 1; SET ROLE "{SCHOOL_B.schema}"')
