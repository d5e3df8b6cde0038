"""A restored copy brings nobody back: not the card, not the cards that were merged into it, not without the act."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import transaction

from core.tenancy import region, require_school, school
from schools.people.models import Person
from schools.rights.models import Destruction
from schools.rights.replaying import replay_destructions
from tenants.tombstones import services
from tenants.tombstones.checks import destroyed_people_stay_destroyed
from tenants.tombstones.journal import append_to_journal, read_journal
from tenants.tombstones.models import Tombstone
from tenants.tombstones.services import journal_everything, own_tombstones, replay
from tests.schools.makers import make_person
from tests.schools.rights.makers import TRACES, make_somebody, tables_that_speak_of
from tests.schools.rights.test_destruction import destroyed
from tests.support.world import SCHOOL_A


@pytest.fixture(autouse=True)
def _journal(tmp_path, settings):
    settings.TOMBSTONES_FILE = str(tmp_path / "tombstones.jsonl")


def test_an_older_copy_of_the_whole_is_cleaned_by_the_command(db, today):
    with school(SCHOOL_A.schema):
        make_somebody()
        before = transaction.savepoint()
        request = destroyed(Person.objects.get(surname="Жар-птицына"))
    assert journal_everything() == 1
    with school(SCHOOL_A.schema):
        # As a restored copy is: everything as it was before the destruction, tombstones too.
        transaction.savepoint_rollback(before)
        assert tables_that_speak_of(*TRACES)
        assert not Destruction.objects.exists()
        # Before a merge the other card was a card of its own.
        other = Person(pk=next(key for key in read_journal()[0].people if key != request.person_id))
        _fill(other)
    said = StringIO()
    call_command("replay_destructions", stdout=said)
    assert said.getvalue() == "2 people destroyed again, 0 tombstones added to the journal\n"
    with school(SCHOOL_A.schema):
        assert tables_that_speak_of(*TRACES) == {}
        kept = Destruction.objects.get()
        for name in ("pk", "number", "act_number", "act_date", "asked_on", "closed_at", "destroyed", "person_id"):
            assert getattr(kept, name) == getattr(request, name), name
        assert replay_destructions() == 0
    assert replay(SCHOOL_A.schema) == 0


def test_killed_between_two_schools_the_command_leaves_nobody_served(db, today, school_b, monkeypatch):
    names = (SCHOOL_A.schema, school_b.schema)
    keys = {}
    with region():
        before = transaction.savepoint()
    for name in names:
        with school(name):
            person = make_person("Жар-птицына Ёлка")
            keys[name] = person.pk
            destroyed(person)
    assert journal_everything() == 2
    with region():
        transaction.savepoint_rollback(before)
    for name, key in keys.items():
        with school(name):
            _fill(Person(pk=key))
    # A tombstone of a school that is not here waits for whoever restores it.
    append_to_journal([replace(read_journal()[0], school_schema="s_ffffffffffff")])

    whole = services._REPLAY[0]
    seen = []

    def killed(rows):
        seen.append(require_school())
        if len(seen) == 2:
            raise KeyboardInterrupt
        return whole(rows)

    with monkeypatch.context() as patched:
        patched.setattr(services, "_REPLAY", [killed])
        with pytest.raises(KeyboardInterrupt):
            call_command("replay_destructions")
    there = {name: _is_there(name, key) for name, key in keys.items()}
    assert there == {seen[0]: False, seen[1]: True}
    (refusal,) = destroyed_people_stay_destroyed(None, databases=["default"])
    assert (refusal.id, "holds 2 people" in refusal.msg) == ("tombstones.E001", True)
    said = StringIO()
    call_command("replay_destructions", stdout=said)
    assert said.getvalue() == "1 people destroyed again, 0 tombstones added to the journal\n"
    assert not any(_is_there(name, key) for name, key in keys.items())
    assert destroyed_people_stay_destroyed(None, databases=["default"]) == []


def _is_there(schema: str, key: UUID) -> bool:
    with school(schema):
        return Person.objects.filter(pk=key, destroyed_at=None).exists()


def _fill(card: Person) -> None:
    source = make_person("Горынычева Ёлка Кощеевна")
    for field in Person._meta.concrete_fields:
        if not field.primary_key:
            setattr(card, field.attname, getattr(source, field.attname))
    Person.objects.filter(pk=source.pk).delete()
    card.save(force_insert=True)


def test_a_school_restored_under_another_schema_is_handed_the_tombstones_of_its_origin(db, today, school_b):
    with school(SCHOOL_A.schema):
        person = make_person("Жар-птицына Ёлка")
        destroyed(person)
        stones = own_tombstones()
    with school(school_b.schema):
        _fill(Person(pk=person.pk))
        assert replay_destructions(stones) == 1
        assert not Person.objects.filter(pk=person.pk).exists()
        assert [each.people for each in own_tombstones()] == [each.people for each in stones]
        assert Destruction.objects.get().state == "done"
        assert replay_destructions(stones) == 0
    with region():
        assert Tombstone.objects.count() == 2


def test_a_school_has_tombstones_of_its_own_place_and_none_of_a_stranger_who_had_the_name(db, today, school_b):
    """The archive is of a schema that is another school's here; the place has destroyed people since, too."""
    with school(SCHOOL_A.schema):
        stranger, moved = make_person("Сказочный Пётр"), make_person("Жар-птицына Ёлка")
        destroyed(stranger)
        destroyed(moved)
    with school(school_b.schema):
        own = make_person("Горынычев Лев")
        mine = destroyed(own)
        later = destroyed(make_person("Кощеев Ян"))
        assert (mine.number, later.number) == (1, 2)
        _fill(Person(pk=own.pk))
        _fill(Person(pk=moved.pk))
    assert replay(school_b.schema, origin=SCHOOL_A.schema) == 2
    with school(school_b.schema):
        assert not Person.objects.filter(pk__in=(own.pk, moved.pk)).exists()
        assert list(Destruction.objects.order_by("number").values_list("number", "person_id")) == [
            (1, own.pk), (2, later.person_id), (3, moved.pk),
        ]  # fmt: skip
        assert [stone.number for stone in own_tombstones()] == [1, 2, 3]
    assert replay(school_b.schema, origin=SCHOOL_A.schema) == 0
