"""The fact views: what they hold, who may read them; the marks that any change leaves."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.events.models import Mark
from core.tenancy import region, rollup, school
from schools.consents.models import Consent
from schools.pairs.models import Order, Pair
from schools.people.models import Enrolment, Person
from tests.support import world
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
VIEWS = ("coverage_member", "coverage_engagement", "coverage_consent")


def read(text: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall()


def consent(*, born: date, given: date, signer: str, **dates: date) -> tuple[object, object]:
    """Store one consent of the pupil and return what the view makes of it."""
    Person.objects.filter(pk=world.MENTEE).update(birth_date=born)
    Consent.objects.all().delete()
    Consent.objects.create(
        person_id=world.MENTEE, kind="processing", signer=signer, given_on=given, created_at=timezone.now(), **dates
    )
    return read("SELECT valid_from, valid_to FROM coverage_consent")[0]


@pytest.mark.parametrize(
    ("born", "adult"),
    [
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2008, 2, 28), date(2026, 2, 28)),
        (date(2008, 3, 1), date(2026, 3, 1)),
        (date(2010, 3, 1), date(2028, 3, 1)),
        (date(2010, 2, 28), date(2028, 2, 28)),
    ],
)
def test_a_signature_holds_on_its_side_of_the_18th_birthday(in_school, born, adult):
    in_school(SCHOOL_A)
    given = date(2025, 9, 1)
    assert consent(born=born, given=given, signer="representative") == (given, adult)
    assert consent(born=born, given=given, signer="self") == (adult, None)
    later = date(2028, 5, 1)
    assert consent(born=born, given=later, signer="self") == (later, None)
    opened, closed = consent(born=born, given=later, signer="representative")
    assert opened >= closed


def test_a_consent_ends_after_its_last_day_and_on_the_day_of_withdrawal(in_school):
    in_school(SCHOOL_A)
    born, given = date(2013, 3, 3), date(2025, 9, 1)
    known = {"born": born, "given": given, "signer": "representative"}
    assert consent(**known, valid_until=date(2026, 5, 31)) == (given, date(2026, 6, 1))
    assert consent(**known, withdrawn_on=date(2026, 4, 1)) == (given, date(2026, 4, 1))
    assert consent(**known, valid_until=date(2026, 5, 31), withdrawn_on=date(2026, 4, 1)) == (given, date(2026, 4, 1))


def test_other_kinds_of_consent_are_no_facts(in_school):
    in_school(SCHOOL_A)
    Consent.objects.update(kind="transfer")
    assert read("SELECT 1 FROM coverage_consent") == []


def test_only_an_order_with_number_and_date_makes_facts(in_school):
    in_school(SCHOOL_A)
    both = read("SELECT person, role FROM coverage_engagement ORDER BY role")
    assert both == [(world.MENTEE, "mentee"), (world.MENTOR, "mentor")]
    Order.objects.update(number="")
    assert read("SELECT 1 FROM coverage_engagement") == []
    Order.objects.update(number="7", signed_on=None)
    assert read("SELECT 1 FROM coverage_engagement") == []


def test_somebody_never_enrolled_is_known_by_keys_alone(in_school):
    in_school(SCHOOL_A)
    Enrolment.objects.all().delete()
    assert read("SELECT person, kind, enrolled_from FROM coverage_member ORDER BY person") == [
        (world.MENTOR, None, None),
        (world.MENTEE, None, None),
    ]


def test_the_views_hold_no_names(in_school):
    in_school(SCHOOL_A)
    for view in VIEWS:
        told = str(read(f"SELECT to_jsonb(v) - 'name_key' FROM {view} v")).lower()
        assert SCHOOL_A.canary.lower() not in told


# --- Marks -----------------------------------------------------------------------------------------------------------


def marks() -> list[str]:
    with region():
        return list(Mark.objects.values_list("school_schema", flat=True))


@pytest.fixture
def no_marks(db) -> None:
    """Forget the marks that building the schools of the check has left."""
    with region():
        Mark.objects.all().delete()


def orm_save() -> None:
    Person.objects.get(pk=world.MENTEE).save()


def bulk_create() -> None:
    Enrolment.objects.bulk_create([Enrolment(person_id=world.MENTEE, kind="staff", admitted_on=date(2026, 9, 5))])


def copy() -> None:
    columns = "id, person_id, kind, signer, signer_kinship, number, given_on, created_at"
    with connection.cursor() as cursor, cursor.copy(f"COPY consents_consent ({columns}) FROM STDIN") as rows:
        rows.write(f"{world.CLASS}\t{world.MENTEE}\tprocessing\tself\t\t9\t2026-09-02\t2026-09-02\n")


@pytest.mark.parametrize(
    "act",
    [
        orm_save,
        bulk_create,
        copy,
        lambda: Pair.objects.update(ends_on=date(2026, 12, 1)),
        lambda: Order.objects.update(number="8"),
        lambda: Consent.objects.all().delete(),
        lambda: read("WITH gone AS (DELETE FROM pairs_pair RETURNING 1) SELECT count(*) FROM gone"),
    ],
)
def test_any_change_leaves_a_mark_of_its_school(no_marks, act):
    assert marks() == []
    with school(SCHOOL_A.schema):
        act()
    assert set(marks()) == {SCHOOL_A.schema}


def test_a_change_that_is_rolled_back_leaves_none(no_marks):
    with pytest.raises(ZeroDivisionError), transaction.atomic(), school(SCHOOL_A.schema):
        orm_save()
        raise ZeroDivisionError
    assert marks() == []


# --- Rights ----------------------------------------------------------------------------------------------------------


def refused(text: str, why: str = "permission denied") -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text)
    except DatabaseError as error:
        return why in str(error)
    return False


def test_the_roll_up_reads_the_views_and_nothing_else():
    tables = [name for (name,) in tables_of(SCHOOL_A.schema)]
    assert len(tables) > 10
    with rollup():
        for view in VIEWS:
            assert not refused(f"SELECT * FROM {SCHOOL_A.schema}.{view}")
            assert refused(f"DELETE FROM {SCHOOL_A.schema}.{view}", "cannot delete from view")
        for table in tables:
            assert refused(f"SELECT * FROM {SCHOOL_A.schema}.{table}"), table


def test_the_region_reads_no_view():
    with region():
        for view in VIEWS:
            assert refused(f"SELECT * FROM {SCHOOL_A.schema}.{view}")


def test_another_school_reads_no_view():
    with school(SCHOOL_B.schema):
        for view in VIEWS:
            assert refused(f"SELECT * FROM {SCHOOL_A.schema}.{view}")
            assert not refused(f"SELECT * FROM {view}")


def tables_of(schema: str) -> list[tuple[str]]:
    with region():
        return read(
            "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = '{schema}' AND c.relkind = 'r'"
        )
