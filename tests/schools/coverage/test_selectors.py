"""A school's own coverage: the region's figures, and the reasons of those who are missing."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import school
from schools.consents.models import Consent
from schools.coverage.selectors import Reason, missing_from, own_coverage
from schools.pairs.models import Order, Pair
from schools.people.models import Person
from tenants.reference.selectors import definitions_now
from tests.reports import support
from tests.support import oracle, world
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 20)


def reasons(day: date = DAY) -> set[Reason]:
    """Return the reasons of the seeded pupil."""
    pupils = next(one for one in definitions_now() if one.code == "pupils")
    return {one.reason for one in missing_from(pupils, day) if one.person_id == world.MENTEE}


def test_own_figures_equal_the_recount_and_everybody_is_engaged_or_missing():
    missing = 0
    for seed in range(6):
        made = support.random_region(Random(seed))
        support.write_region(made)
        for day in support.DAYS:
            expected = oracle.recount(made, day)["schools"]["sch-a"]
            with school(SCHOOL_A.schema):
                figures = own_coverage(day)
                assert {one.definition.code: [one.num, one.den] for one in figures} == expected
                for one in figures:
                    absent = missing_from(one.definition, day)
                    assert len(absent) == one.den - one.num
                    wrong_consent = [x for x in absent if x.reason not in (Reason.NO_PAIR, Reason.ORDER_UNSIGNED)]
                    assert len(wrong_consent) == one.lacks_consent
                    missing += len(absent)
    assert missing > 60


def test_an_empty_school_has_figures_of_nobody(in_school):
    in_school(SCHOOL_A)
    support.clear(SCHOOL_A)
    assert {(one.num, one.den) for one in own_coverage(DAY)} == {(0, 0)}


def test_targets_are_those_of_the_days_year(in_school):
    in_school(SCHOOL_A)
    figures = {one.definition.code: one.target for one in own_coverage(date(2022, 10, 1))}
    assert figures["pupils_10_19_mentee"] == 35
    assert figures["pupils"] is None


def test_each_reason(in_school):
    in_school(SCHOOL_A)
    assert reasons() == set()
    Consent.objects.update(withdrawn_on=DAY)
    assert reasons() == {Reason.CONSENT_ENDED}
    Consent.objects.update(withdrawn_on=None, valid_until=date(2026, 9, 19))
    assert reasons() == {Reason.CONSENT_ENDED}
    Consent.objects.update(valid_until=None)
    Person.objects.filter(pk=world.MENTEE).update(birth_date=date(2008, 9, 20))
    assert reasons() == {Reason.TURNED_18}
    Consent.objects.update(signer="self")
    Person.objects.filter(pk=world.MENTEE).update(birth_date=date(2008, 9, 21))
    assert reasons() == {Reason.NEEDS_REPRESENTATIVE}
    Consent.objects.all().delete()
    assert reasons() == {Reason.NO_CONSENT}
    Order.objects.update(number="")
    assert reasons() == {Reason.ORDER_UNSIGNED}
    Pair.objects.update(ends_on=date(2026, 9, 19))
    assert reasons() == {Reason.NO_PAIR}


def test_the_number_of_queries_is_constant(in_school):
    in_school(SCHOOL_A)
    definition = definitions_now()[0]
    with CaptureQueriesContext(connection) as queries:
        missing_from(definition, DAY)
    assert len(queries) <= 4
