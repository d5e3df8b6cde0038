"""The journal outlives the database: what it holds, what a start-up compares, what a damaged one does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from core.tenancy import region, school
from tenants.tombstones.checks import destroyed_people_stay_destroyed
from tenants.tombstones.journal import Buried, append_to_journal, read_journal
from tenants.tombstones.services import bury, journal_everything, own_tombstones, tombstones_of
from tests.support.world import SCHOOL_A, SCHOOL_B

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def journal(tmp_path: Path, settings) -> Path:
    path = tmp_path / "deep" / "tombstones.jsonl"
    settings.TOMBSTONES_FILE = str(path)
    return path


def stone(number: int = 1, schema: str = SCHOOL_A.schema) -> Buried:
    return Buried(schema, (UUID(int=number),), number, AT, {"id": str(UUID(int=number))})


def test_the_journal_only_grows_and_holds_each_once(journal):
    assert read_journal() == []
    assert append_to_journal([stone(1)]) == 1
    assert append_to_journal([stone(1), stone(2)]) == 1
    assert read_journal() == [stone(1), stone(2)]
    assert len(journal.read_text().splitlines()) == 2


def test_a_damaged_journal_does_not_pass_for_an_empty_one(journal, db):
    append_to_journal([stone(1)])
    journal.write_text(journal.read_text()[:-20])
    with pytest.raises(ValueError, match="line 1"):
        read_journal()
    (error,) = destroyed_people_stay_destroyed(None, databases=["default"])
    assert error.id == "tombstones.E002"


def test_no_process_starts_on_a_copy_that_has_forgotten_a_destruction(db):
    assert destroyed_people_stay_destroyed(None, databases=["default"]) == []
    append_to_journal([stone(7)])
    (error,) = destroyed_people_stay_destroyed(None, databases=["default"])
    assert error.id == "tombstones.E001"
    assert "replay_destructions" in error.hint
    with region():
        stone(7).row().save(force_insert=True)
    assert destroyed_people_stay_destroyed(None, databases=["default"]) == []


def test_a_school_reads_its_own_tombstones_only(db):
    for place in (SCHOOL_A, SCHOOL_B):
        with school(place.schema):
            bury(stone(3, place.schema))
    with school(SCHOOL_A.schema):
        assert own_tombstones() == [stone(3)]
    assert tombstones_of(SCHOOL_B.schema) == [stone(3, SCHOOL_B.schema)]
    assert journal_everything() == 2
