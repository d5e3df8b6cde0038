"""Uploaded files of a school that is merged: they go beside the rows, one at a time, whatever there is of them."""

from __future__ import annotations

import zipfile
from typing import Any
from uuid import uuid4

import pytest

from core.tenancy import school
from schools.papers.models import Attachment
from schools.people.models import Person
from tenants.mergers import packing
from tenants.mergers.contents import Taking
from tenants.mergers.unpacking import unpack
from tests.schools.makers import TODAY, make_consent, make_person
from tests.schools.mergers.hands import in_the_tests_transaction, merged
from tests.schools.rights.makers import NOW
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
MEGABYTE = 1 << 20


@pytest.fixture(autouse=True)
def _in_one_transaction(monkeypatch, settings):
    in_the_tests_transaction(monkeypatch)
    settings.MERGER_QUIET_SECONDS = 0


def scans(contents: list[bytes]) -> list[Any]:
    """Attach files to a consent of the current school."""
    consent = make_consent(make_person("Лисицын Пётр"))
    said = {"media": "application/pdf", "consent": consent, "added_at": NOW}
    rows = [Attachment(size_bytes=len(content), content=content, **said) for content in contents]
    for row in rows:
        row.save(force_insert=True)
    return rows


def test_files_lie_beside_the_rows_and_rows_go_by_their_size(tmp_path, monkeypatch):
    content = bytes(range(256)) * 40
    with school(SCHOOL_B.schema):
        row = scans([content])[0]
        for number in range(20):
            make_person(f"Длинная Анна{'я' * 90} Отчество{number}")
        packing.pack(tmp_path / "package.zip")
    with zipfile.ZipFile(tmp_path / "package.zip") as file:
        lines = file.read("papers_attachment.jsonl")
        assert (len(lines) < 2000, content[:64].hex().encode() in lines) == (True, False)
        package = packing.Package(file)
        assert list(package.files("papers_attachment")) == [("content", str(row.pk), content)]
        monkeypatch.setattr(packing, "_BATCH_BYTES", 2000)
        batches = list(package.batches("people_person"))
        assert len(batches) > 5
        assert all(len(batch) == 1 or sum(len(line.encode()) for line in batch) <= 2000 for batch in batches)
        with school(SCHOOL_A.schema):
            known = Person.objects.count()
            written = unpack(package, Taking(uuid4(), "sch-b", SCHOOL_B.title, TODAY, {}))
            assert Person.objects.count() == known + written["people_person"] >= 22
            came = Attachment.objects.get(pk=row.pk)
            assert (bytes(came.content), came.size_bytes) == (content, len(content))


# 300 MB of files twice, for the plan and for good: a minute and a half; its twin by day is above.
@pytest.mark.nightly
def test_three_hundred_megabytes_of_scans_come_over():
    contents = [bytes([number]) * (10 * MEGABYTE) for number in range(30)]
    with school(SCHOOL_B.schema):
        rows = scans(contents)
    merged()
    with school(SCHOOL_A.schema):
        for row, content in zip(rows, contents, strict=True):
            assert bytes(Attachment.objects.get(pk=row.pk).content) == content
