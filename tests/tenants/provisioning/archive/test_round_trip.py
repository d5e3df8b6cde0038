"""A school written into a file and read back is equal; a changed byte is refused; nothing secret is in it."""

from __future__ import annotations

import json
import re
import zipfile
from contextlib import nullcontext

import pytest
from django.db import connection

from core.audit.models import AuditRecord
from core.tenancy import region, school
from schools.imports.models import ImportFile
from schools.people.keys import name_key
from schools.people.models import Person
from schools.people.rekeying import rekey_people
from tenants.provisioning.archive import writing
from tenants.provisioning.archive.contents import LEFT_OUT, blanks
from tenants.provisioning.archive.manifest import SchoolEntry
from tenants.provisioning.archive.reading import opened
from tenants.provisioning.archive.restoring import _require_codes, load, settle_in
from tenants.provisioning.archive.tables import archived_tables
from tenants.provisioning.archive.versions import require_known
from tenants.provisioning.archive.writing import table_hash, write_archive
from tenants.provisioning.errors import ArchiveRefusedError
from tenants.reference.models import Form
from tests.support.database import ROOT
from tests.support.seeds import OWN, seed_all
from tests.support.world import SCHOOL_A, SCHOOL_B

ABOUT = SchoolEntry(str(SCHOOL_A.id), SCHOOL_A.code, SCHOOL_A.title, "Проверочный район", SCHOOL_A.schema)
# What sounds like a secret and is none.
NO_SECRETS = {
    ("imports_importfile", "sha256"),
    ("imports_rememberedlayout", "headings_key"),
    ("meetings_meeting", "key"),
    ("accounts_user", "password"),  # written as "!"
    ("people_person", "name_key"),  # written empty
    ("people_person", "snils_key"),
    ("questionnaires_response", "link_hash"),  # written empty
}


# What a school misses after a restore, in the words of each place that tells of it.
_RUSSIAN = ("паролей", "кодов", "токенов", "уведомлений", "писем", "событий")
MISSED = {
    "tenants/provisioning/archive/writing.py": ("личных ссылок", *_RUSSIAN),
    "schools/programme/templates/programme/archive.html": _RUSSIAN,
    "platform/docs/ru/school.md": _RUSSIAN,
    "platform/docs/operations.md": ("second factor", "token", "personal link", "notifications", "letters", "webhooks"),
}


@pytest.mark.parametrize("place", MISSED)
def test_what_an_archive_lacks_is_told_wherever_it_is_spoken_of(place: str):
    parts = re.split(r"\n\n|<p>", (ROOT / place).read_text().casefold())
    told = [part for part in parts if ("архив" in part and "паролей" in part) or "after a restore the region" in part]
    assert [word for word in MISSED[place] if word not in told[0]] == []


@pytest.fixture
def archive(db, tmp_path, monkeypatch):
    """Write school A, with rows in most tables, into a file; in the test's own transaction."""
    monkeypatch.setattr(writing, "one_moment", nullcontext)
    seed_all()
    with school(SCHOOL_A.schema):
        rekey_people()
        write_archive(tmp_path / "a.zip", about=ABOUT)
        hashes = {table.name: table_hash(table) for table in archived_tables()}
    return tmp_path / "a.zip", hashes


def emptied() -> None:
    """Empty the current school as its own role; nothing is in its audit yet."""
    assert not AuditRecord.objects.exists()
    with connection.cursor() as cursor:
        for name in {table.name for table in archived_tables()} | set(LEFT_OUT):
            if name not in {"audit_auditrecord", "django_migrations"}:
                cursor.execute(f"DELETE FROM {name}")


def test_what_is_written_reads_back_equal(archive):
    path, hashes = archive
    with school(SCHOOL_A.schema):
        people = set(Person.objects.values_list("pk", "surname", "patronymic", "birth_date", "name_key", "updated_at"))
        content = bytes(ImportFile.objects.get().content)
    with opened(path) as found, school(SCHOOL_B.schema):
        emptied()
        rows = load(found)
        assert rows == sum(count for count, _ in hashes.values()) > 15
        back = {table.name: table_hash(table) for table in archived_tables()}
        assert back == hashes
        assert {key for (key,) in Person.objects.values_list("name_key")} == {""}
        settle_in(found, actor="test", rows=rows)
        assert AuditRecord.objects.get(action="school.restored").details["sha256"] == found.sha256
        assert bytes(ImportFile.objects.get().content) == content
        # The keys are not in the file; made here, under the same pepper, they are the same.
        assert people == set(
            Person.objects.values_list("pk", "surname", "patronymic", "birth_date", "name_key", "updated_at")
        )
    print(f"{rows} rows of {len(hashes)} tables equal")


def test_nothing_is_written_when_the_tables_are_not_empty(archive):
    path, _hashes = archive
    with opened(path) as found, school(SCHOOL_B.schema):
        before = set(Person.objects.values_list("pk", "surname"))
        with pytest.raises(ArchiveRefusedError):
            load(found)
        assert set(Person.objects.values_list("pk", "surname")) == before
        assert not AuditRecord.objects.filter(action="school.restored").exists()


def test_a_changed_byte_is_refused(archive, tmp_path):
    path, _hashes = archive
    good = path.read_bytes()
    bad = tmp_path / "bad.zip"
    with opened(path):
        pass
    places = [*range(0, len(good), max(1, len(good) // 40)), len(good) - 1]
    for place in places:
        bad.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        with pytest.raises(ArchiveRefusedError), opened(bad):
            pass
    for cut in (0, 10, len(good) // 2, len(good) - 1):
        bad.write_bytes(good[:cut])
        with pytest.raises(ArchiveRefusedError), opened(bad):
            pass
    print(f"refused: {len(places)} changed bytes, 4 cuts")


def test_a_sealed_archive_whose_manifest_lies_is_refused(archive, tmp_path):
    path, _hashes = archive
    later = {"migrations": [["people", "9999_later"]]}
    for change in ({"tables": []}, later, {"format_version": 2}, {"format": "other"}):
        forged = tmp_path / "forged.zip"
        told = _resealed(path, forged, change)
        with school(SCHOOL_B.schema), pytest.raises(ArchiveRefusedError) as refused, opened(forged) as found:
            require_known(found.manifest)
            load(found)
        assert refused.value.code in {"other_tables", "newer_version", "not_an_archive"}, told


def _resealed(source, target, change):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps({**json.loads(content), **change}).encode()
            new.writestr(name, content)
        new.comment = b"0" * writing.SEAL_BYTES
    writing._seal(target)
    return change


def test_no_secret_is_in_an_archive(archive):
    path, _hashes = archive
    with school(SCHOOL_A.schema), connection.cursor() as cursor:
        cursor.execute("SELECT password FROM accounts_user WHERE password <> ''")
        secrets = [word for (word,) in cursor.fetchall()]
        cursor.execute("SELECT token_hash FROM accounts_apitoken UNION SELECT code_hash FROM accounts_invitation")
        secrets += [word for (word,) in cursor.fetchall()]
        cursor.execute("SELECT link_hash FROM questionnaires_response WHERE link_hash <> ''")
        secrets += [word for (word,) in cursor.fetchall()]
        cursor.execute("SELECT name_key FROM people_person")
        secrets += [word for (word,) in cursor.fetchall()]
        tables = archived_tables()
    assert len(secrets) >= 6
    with zipfile.ZipFile(path) as file:
        contents = b"".join(file.read(name) for name in file.namelist())
    assert [word for word in secrets if word.encode() in contents] == []
    names = {table.name for table in tables}
    assert names.isdisjoint(LEFT_OUT)
    suspicious = {
        (table.name, column)
        for table in tables
        for column, _kind in table.columns
        if re.search(r"secret|token|passw|hash|sha|pepper|key|code_", column)
    }
    assert suspicious == NO_SECRETS, "a new column sounds like a secret: leave it out, or name it here"
    assert set(blanks()) <= suspicious


def test_a_school_cannot_be_written_under_anothers_role(archive):
    path, _hashes = archive
    with zipfile.ZipFile(path) as file:
        contents = b"".join(file.read(name) for name in file.namelist())
    assert SCHOOL_A.canary.encode() in contents
    assert SCHOOL_B.canary.encode() not in contents
    assert str(OWN["person_id"]).encode() in contents


def test_codes_that_the_region_does_not_have_are_named(archive):
    path, _hashes = archive
    with region():
        Form.objects.filter(code="teacher-pupil").update(code="other")
    with opened(path) as found, pytest.raises(ArchiveRefusedError, match="teacher-pupil") as refused:
        _require_codes(found)
    assert refused.value.code == "unknown_codes"


def test_keys_are_made_anew_under_the_pepper_of_the_place(archive, settings):
    path, _hashes = archive
    with school(SCHOOL_A.schema):
        former = dict(Person.objects.values_list("pk", "name_key"))
    settings.PERSON_KEY_PEPPER = "another installation's " + "q" * 50
    with opened(path) as found, school(SCHOOL_B.schema):
        emptied()
        settle_in(found, actor="test", rows=load(found))
        people = list(Person.objects.all())
    assert len(people) == len(former)
    for person in people:
        assert person.name_key == name_key(person.folded_name, person.birth_date) != former[person.pk]


def test_a_schools_own_forms_come_with_it(archive, monkeypatch):
    path, _hashes = archive
    with opened(path) as found:
        monkeypatch.setattr(type(found), "values", lambda *_args: {"own-0123456789ab"})
        _require_codes(found)
