"""Destruction: nothing of the person is left in any table, what papers need stays without him, and there is an act."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.utils import timezone

from core.accounts.models import User
from core.audit.models import AuditRecord
from core.authz import RefusedError, system_actor
from core.spreadsheets import Column, Table, write_workbook
from core.tenancy import shared
from schools.coverage.selectors import own_coverage
from schools.imports.applying import import_at_once
from schools.imports.models import ImportJob, ImportRow
from schools.imports.services import Upload
from schools.imports.undoing import undo_import
from schools.pairs.models import Pair
from schools.people.errors import FaultyActError
from schools.people.keys import name_key
from schools.people.merging import merge_people
from schools.people.models import Person, Release
from schools.people.rekeying import rekey_people
from schools.rights.models import Destruction
from schools.rights.registry import holdings, subject_of
from schools.rights.services import RequestData, destroy, drop_request, register_request
from tenants.provisioning.models import Archive, ArchivePart
from tenants.tombstones.models import Tombstone
from tests.schools.makers import TODAY, actor_with, make_consent, make_order, make_pair, make_person
from tests.schools.rights.makers import TRACES, make_somebody, tables_that_speak_of
from tests.support import world

ASKED = RequestData(asked_by="representative", basis="withdrawn", asked_on=date(2026, 11, 1), paper_number="12")


def destroyed(person, director=None):
    """Register and execute a request about a person."""
    director = director or actor_with("director")
    request = register_request(actor=director, person_id=person.pk, data=ASKED)
    return destroy(actor=director, request_id=request.pk, confirmation="уничтожить", act_number="5")


def test_nothing_of_the_person_is_left_in_any_table(inside):
    person = make_somebody()
    before = tables_that_speak_of(*TRACES)
    assert {
        "people_person", "imports_importrow", "imports_importfile", "imports_importtrace", "accounts_user",
        "sessions, opened",
    } <= set(before)  # fmt: skip
    assert len(before) >= 9
    request = destroyed(person)
    assert tables_that_speak_of(*TRACES) == {}
    # Nothing is found by any table's own search either, but for the act and the record of acts, which hold ids.
    subject = subject_of(Person.objects.get(pk=person.pk))
    left = {holding.model._meta.label_lower for holding in holdings() if list(holding.find(subject))}
    kept = {"people.person", "pairs.pair", "meetings.meeting", "worklist.contact"}
    assert left == kept | {"rights.destruction", "audit.auditrecord"}
    assert request.method == "stripped"
    assert len(request.destroyed) >= 6
    assert ImportJob.objects.filter(state="cancelled").count() == 1
    assert ImportRow.objects.filter(cells=[]).count() == 3
    assert User.objects.filter(login="searching").exists()


def test_a_pair_under_an_order_keeps_its_partner_days_and_paper(inside):
    person = make_somebody()
    destroyed(person)
    (pair,) = Pair.objects.exclude(pk=world.PAIR).select_related("mentor", "mentee", "order")
    assert pair.mentor.surname == "Петрова"
    assert pair.mentee.full_name == "Удалённое лицо № 1"
    assert (str(pair.order), pair.starts_on, pair.ends_on) == ("№ 84-од от 10.09.2026", date(2026, 9, 15), TODAY)
    assert pair.mentee.birth_date == date(1800, 1, 1)
    assert not pair.mentee.snils_key


def test_without_a_pair_under_an_order_the_card_itself_goes(inside):
    person, other = make_person("Лишняя Ия"), make_person("Другая Уля")
    make_pair(other, person)  # a draft
    make_pair(other, person, form="pupil-pupil", order=make_order(), starts_on=date(2026, 12, 1))  # not begun
    request = destroyed(person)
    assert request.method == "destroyed"
    assert not Person.objects.filter(pk=person.pk).exists()
    assert not Pair.objects.exclude(pk=world.PAIR).exists()


def test_the_tombstone_holds_ids_and_no_name(inside):
    person = make_somebody()
    request = destroyed(person)
    with shared():
        (stone,) = Tombstone.objects.all()
    assert {str(key) for key in stone.people} == {str(person.pk), "0d0d0d0d-0000-4000-8000-000000000001"}
    said = str(stone.facts).lower()
    assert not any(trace in said for trace in TRACES)
    assert stone.facts["id"] == str(request.pk)


def test_no_archive_made_before_is_kept(inside, school_a):
    with shared():
        for state in ("asked", "ready"):
            archive = Archive.objects.create(school_schema=school_a.schema, state=state, asked_at="2026-11-20T08:00Z")
        ArchivePart.objects.create(archive=archive, school_schema=school_a.schema, number=0, content=b"x")
    destroyed(make_person())
    with shared():
        assert set(Archive.objects.values_list("state", flat=True)) == {"forgotten"}
        assert not ArchivePart.objects.exists()


def test_records_of_acts_stay_and_name_nobody(inside):
    person = make_somebody()
    before = AuditRecord.objects.count()
    destroyed(person)
    assert AuditRecord.objects.count() == before + 2
    assert AuditRecord.objects.filter(object_id=str(person.pk)).exists()
    assert list(AuditRecord.objects.order_by("-at").values_list("action", flat=True)[:2]) == [
        "rights.destroyed", "rights.requested",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("basis", "due"),
    [("withdrawn", "2026-12-01"), ("finished", "2026-12-01"), ("not_needed", "2026-11-10"), ("unlawful", "2026-11-13")],
)
def test_the_term_follows_the_basis(inside, basis, due):
    data = RequestData(asked_by="subject", basis=basis, asked_on=date(2026, 11, 1))
    request = register_request(actor=actor_with("coordinator"), person_id=make_person().pk, data=data)
    assert str(request.due_on) == due


def test_only_the_director_destroys_and_only_with_the_word(inside):
    person, coordinator = make_person(), actor_with("coordinator")
    request = register_request(actor=coordinator, person_id=person.pk, data=ASKED)
    with pytest.raises(RefusedError):
        destroy(actor=coordinator, request_id=request.pk, confirmation="уничтожить")
    for word in ("", "да", "уничтожит"):
        with pytest.raises(FaultyActError, match="not_confirmed"):
            destroy(actor=actor_with("director"), request_id=request.pk, confirmation=word)
    assert Person.objects.filter(pk=person.pk, surname="Иванова").exists()
    for role in ("curator", "class_teacher", "psychologist", "parent"):
        with pytest.raises((RefusedError, Http404)):
            register_request(actor=actor_with(role), person_id=person.pk, data=ASKED)
    assert destroy(actor=actor_with("director"), request_id=request.pk, confirmation=" Уничтожить ").state == "done"


def test_what_stands_in_the_way_is_said(inside):
    director = actor_with("director")
    person = make_person()
    User.objects.filter(pk=director.pk).update(person_id=person.pk)
    request = register_request(actor=director, person_id=person.pk, data=ASKED)
    with pytest.raises(FaultyActError, match="already_asked"):
        register_request(actor=director, person_id=person.pk, data=ASKED)
    with pytest.raises(FaultyActError, match="own_account"):
        destroy(actor=director, request_id=request.pk, confirmation="уничтожить")
    ImportJob.objects.create(state="applying", created_at="2026-11-21T08:00:00Z")
    other = actor_with("director")
    with pytest.raises(FaultyActError, match="import_in_work"):
        destroy(actor=other, request_id=request.pk, confirmation="уничтожить")
    ImportJob.objects.update(state="failed")
    release = Release.objects.create(
        id=uuid4(), person=person, to_title="Школа Б", leaves_on=TODAY, basis="заявление", released_at=timezone.now()
    )
    with pytest.raises(FaultyActError, match="transfer_in_work"):
        destroy(actor=other, request_id=request.pk, confirmation="уничтожить")
    Release.objects.filter(pk=release.pk).update(settled_at=timezone.now(), outcome="withdrawn")
    destroy(actor=other, request_id=request.pk, confirmation="уничтожить")
    with pytest.raises(FaultyActError, match="not_waiting"):
        drop_request(actor=other, request_id=request.pk, because="mistake")


def test_a_dropped_request_destroys_nothing(inside):
    person, director = make_person(), actor_with("director")
    make_consent(person)
    request = register_request(actor=director, person_id=person.pk, data=ASKED)
    drop_request(actor=director, request_id=request.pk, because="must_keep")
    assert Person.objects.filter(pk=person.pk).exists()
    assert Destruction.objects.get().state == "dropped"
    assert register_request(actor=director, person_id=person.pk, data=ASKED).number == 2


def test_who_is_destroyed_counts_nowhere_and_partners_as_before(inside):
    mentor = make_person("Петрова Инна", date(1980, 1, 1), ("teacher",))
    first, second = make_person("Первый Ян"), make_person("Второй Ян")
    order = make_order("85-од")
    for person in (mentor, first, second):
        make_consent(person)
    for pupil in (first, second):
        make_pair(mentor, pupil, order=order, ends_on=date(2027, 5, 31))

    def figures(day):
        return {row.definition.code: (row.num, row.den) for row in own_coverage(day)}

    october, tomorrow = date(2026, 10, 31), TODAY + timedelta(days=1)
    before, before_tomorrow = figures(october), figures(tomorrow)
    destroyed(first)
    after = figures(october)
    one_less = {code: (num - 1, den - 1) for code, (num, den) in before.items() if code != "teachers"}
    assert after == {**one_less, "teachers": before["teachers"]}
    # The other pair goes on, so the mentor is engaged tomorrow too.
    assert figures(tomorrow)["teachers"] == before_tomorrow["teachers"]
    destroyed(second)
    assert figures(tomorrow)["teachers"] == (before_tomorrow["teachers"][0] - 1, before_tomorrow["teachers"][1])
    assert figures(october)["teachers"] == before["teachers"]


def test_destroyed_people_keep_keys_of_nobody(inside, settings):
    person = make_somebody()
    destroyed(person)
    settings.PERSON_KEY_PEPPER = "another-pepper"
    rekey_people()
    gone = Person.objects.get(pk=person.pk)
    assert gone.name_key not in ("", name_key(gone.folded_name, gone.birth_date))


def test_an_import_taken_back_later_brings_nobody_back(inside):
    heads = ("ФИО", "Дата рождения", "Дата зачисления", "Телефон")

    def brought(name: str, *rows: tuple[str, ...]) -> ImportJob:
        content = write_workbook([Table("Обучающиеся", [Column(head) for head in heads], [list(row) for row in rows])])
        return import_at_once(actor=system_actor("test"), uploads=[Upload(name, content)])

    first = brought("а.xlsx", ("Жар-птицына Ёлка", "01.02.2014", "01.09.2026"), ("Иной Ян", "01.02.2014", "01.09.2026"))
    second = brought(
        "б.xlsx", ("Жар-птицына Ёлка", "01.02.2014", "01.09.2025"), ("Иной Ян", "02.02.2014", "01.09.2026")
    )
    person = Person.objects.get(surname="Жар-птицына")
    destroyed(person)
    for job in (second, first):
        undo_import(actor=system_actor("test"), job_id=job.pk)
    assert tables_that_speak_of("жар-птицын", "ёлка") == {}
    assert not Person.objects.filter(surname="Иной").exists()


def test_two_requests_become_one_when_cards_do(inside):
    director = actor_with("director")
    kept, gone = make_person("Иванова Анна"), make_person("Иванова Анна", date(2012, 5, 6))
    later = replace(ASKED, asked_on=date(2026, 11, 10))
    for person, data in ((kept, later), (gone, ASKED)):
        register_request(actor=director, person_id=person.pk, data=data)
    merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    waiting = Destruction.objects.get(state="open")
    assert (waiting.person_id, waiting.asked_on) == (kept.pk, ASKED.asked_on)
    dropped = Destruction.objects.get(state="dropped")
    assert dropped.closed_at is not None
    assert AuditRecord.objects.get(action="rights.dropped").object_id == str(dropped.pk)
    assert destroy(actor=director, request_id=waiting.pk, confirmation="уничтожить").state == "done"
