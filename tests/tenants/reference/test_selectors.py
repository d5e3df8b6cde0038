"""Reference data is read alike in the region and inside a school, and by a school only as its own role."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction

from core.tenancy import current, nowhere, region, rollup, school, shared
from tenants.reference import selectors
from tenants.reference.clearances import clearance_kinds_now
from tenants.reference.models import Form

READS = [
    selectors.forms_now,
    selectors.role_variants_now,
    selectors.consent_kinds_now,
    clearance_kinds_now,
    selectors.definitions_now,
    selectors.legal_acts_now,
    lambda: selectors.targets_now("pupils"),
]


@pytest.mark.parametrize("read", READS)
def test_a_school_reads_what_the_region_reads(db, school_a, school_b, read):
    with region():
        expected = read()
    assert expected
    for where in (school_a, school_b):
        with school(where.schema):
            assert read() == expected
            assert current().schema == where.schema
        with school(where.schema), shared():
            assert read() == expected
    assert read() == expected
    assert current() is None


def test_rollup_reads_definitions_and_targets(db):
    with rollup():
        assert [row.code for row in selectors.definitions_now()] == [
            "pupils",
            "pupils_10_19_mentee",
            "pupils_10_19_any",
            "teachers",
            "pupils_and_teachers",
        ]
        assert selectors.target_for("pupils_10_19_mentee", 2022).percent == Decimal(35)


def test_a_year_without_a_target_has_none(db):
    assert selectors.target_for("pupils", 2019) is None
    assert selectors.target_for("pupils", 2026).percent == Decimal(70)


def test_a_school_cannot_write_reference_data(db, school_a):
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with school(school_a.schema), shared(), refused, transaction.atomic():
        Form.objects.create(code="own", title="своя")
    with region():
        assert Form.objects.count() == 6


def test_values_may_be_carried_to_another_context(db, school_a, school_b):
    with school(school_a.schema):
        form = selectors.forms_now()[0]
    with school(school_b.schema):
        assert form.title == "ученик – ученик"
    with nowhere():
        assert form.mentor_kinds == ("pupil",)
