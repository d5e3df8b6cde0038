"""Everything held on a person is shown: by construction, to the right people, with one record of it."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.audit.services import record
from schools.imports.models import ImportJob, ImportTrace
from schools.people.models import Rollover
from schools.rights.labels import label_of
from schools.rights.printing import held_on
from schools.rights.registry import exempt_models, holdings
from tests.schools.makers import TODAY, actor_with, make_consent, make_pair, make_person
from tests.schools.rights.makers import NAME, NOW, make_somebody


def tables_of_a_school() -> set[type]:
    """Every model that has a table in a school's schema."""
    return {
        model
        for config in apps.get_app_configs()
        if config.name in settings.TENANT_APPS
        for model in config.get_models(include_auto_created=True)
    }


def test_every_table_of_a_school_is_held_or_exempt_with_a_reason():
    held = {holding.model for holding in holdings()}
    exempt = exempt_models()
    assert len(held) >= 20
    assert tables_of_a_school() - held - exempt.keys() == set(), "say in schools.rights what this table holds"
    assert (held | exempt.keys()) - tables_of_a_school() == set()
    assert held & exempt.keys() == set()
    assert all(len(reason) > 20 for reason in exempt.values())


def test_every_column_has_a_name_on_paper_or_is_hidden():
    for holding in holdings():
        names = {field.name for field in holding.model._meta.concrete_fields}
        assert set(holding.show) | holding.hidden <= names, holding.model
        for field in holding.model._meta.concrete_fields:
            label = label_of(field)
            assert any("а" <= letter <= "я" for letter in label.lower()), (
                f"{holding.model.__name__}.{field.name}: {label}"
            )


def test_the_printout_shows_a_row_of_every_table(inside):
    person = make_somebody()
    printed = held_on(actor=actor_with("coordinator"), person_id=person.pk)
    empty = {section.table for section in printed.sections if not section.rows}
    assert empty == {"pairs.group", "rights.destruction", "papers.requisites"}
    assert all(len(section.rows) == len(section.values) for section in printed.sections)
    text = str(printed.as_data())
    for each in (NAME, "Горынычева", "8-900-000-00-17", "11223344595", "84-од", "17-Ж", "112-233-445 95", "Firefox"):
        assert each in text
    # Of lists over many people only this one's part; secrets and names of the staff not at all.
    assert "argon" not in text
    assert "md5$" not in text
    assert "Кто-то Другой" not in text
    # What the other side of a pair asked of the curator is that side's own confidence.
    assert ("Жар-птицыной далеко" in text, "С Жар-птицыной трудно" in text) == (True, False)
    assert person.name_key in str(printed.region)


def test_more_rows_cost_no_more_queries(inside):
    person, actor = make_somebody(), actor_with("coordinator")

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            held_on(actor=actor, person_id=person.pk)
        return len(caught)

    count()  # what is remembered for a while is remembered
    before = count()
    for number in range(4):
        job = ImportJob.objects.create(
            state="done", created_at=NOW, named={"people": [[str(person.pk), "pupil"]]}, absent=[]
        )
        ImportTrace.objects.create(
            job=job, table="people.person", is_new=False, ids=[person.pk], prints=[1], before=[{"phone": "1"}]
        )
        Rollover.objects.create(school_year=2030 + number, day=TODAY, alumni=[person.kinds.first().pk])
        make_consent(person, number=str(number))
        make_pair(make_person(f"Новый Ян{number}"), person)
        record(actor=actor, action="people.person_viewed", object_type="people.person", object_id=person.pk)
    assert count() == before
