"""Scans beside consents, orders and meetings: who sees and adds them, how they are given, when they go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.authz import RefusedError
from core.spreadsheets import Column, Table, write_workbook
from core.tenancy import school
from schools.imports.services import Upload, start_import
from schools.meetings.models import Meeting
from schools.papers import attachments
from schools.papers.attachments import attach, file_of, remove
from schools.papers.models import Attachment
from schools.people.errors import FaultyActError
from schools.people.merging import merge_people
from schools.people.models import Guardianship
from schools.rights.registry import subject_of
from schools.rights.services import destroy_subject
from tests.schools.makers import TODAY, actor_with, audited, make_consent, make_order, make_pair, make_person
from tests.schools.papers.files import PLACE, photograph
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def a_meeting(pair: Any) -> Any:
    return Meeting.objects.create(
        pair=pair, kind="first", state="held", held_on=date(2026, 11, 1), created_at=timezone.now()
    )


def test_a_scan_is_added_given_and_taken_away_on_pages(client_at: Callable[[str], Client]):
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    with school(SCHOOL_A.schema):
        consent = make_consent(make_person("Ершов Пётр Ильич"))
    page = f"/papers/consents/{consent.pk}/files/"
    assert page in client.get(f"/consents/of/{consent.person_id}/").content.decode()
    refused = client.post(page, {"file": SimpleUploadedFile("скан Ершова.pdf", b"<html>", "application/pdf")})
    assert "Это не PDF, не JPEG и не PNG" in refused.content.decode()
    empty = client.post(page, {"file": SimpleUploadedFile("a.pdf", b"")})
    assert "Файл пустой" in empty.content.decode()
    shown = client.post(page, {"file": SimpleUploadedFile("скан Ершова.exe", photograph())}, follow=True)
    assert "Файл добавлен." in shown.content.decode()
    assert "Ершова.exe" not in shown.content.decode()
    with school(SCHOOL_A.schema):
        (kept,) = Attachment.objects.all()
    answer = client.get(f"/papers/files/{kept.pk}/")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert answer["Content-Disposition"] == f'attachment; filename="skan-{str(kept.pk)[:8]}.jpg"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert PLACE not in answer.content
    client.get(f"/papers/files/{kept.pk}/remove/")
    assert "Файл удалён." in client.post(f"/papers/files/{kept.pk}/remove/", follow=True).content.decode()
    with school(SCHOOL_A.schema):
        assert not Attachment.objects.exists()
        acts = [row for row in audited() if row[0].startswith("attachments.") and row[0] != "attachments.list_viewed"]
        assert acts == [(f"attachments.{act}", str(consent.pk)) for act in ("added", "given", "removed")]


def test_a_mentor_sees_the_files_of_his_own_meetings_only(inside):
    mentor, mentee = make_person("Свой Наставник", kinds=("teacher",)), make_person("Свой Ученик")
    own = a_meeting(make_pair(mentor, mentee, order=make_order()))
    other = a_meeting(make_pair(make_person("Чужой Наставник", kinds=("teacher",)), make_person("Чужой Ученик")))
    director = actor_with("director")
    mine, theirs = (
        attach(actor=director, kind="meeting", owner_id=each.pk, content=photograph()) for each in (own, other)
    )
    scan = attach(actor=director, kind="consent", owner_id=make_consent(mentee).pk, content=photograph())
    actor, pupil = actor_with("mentor", person_id=mentor.pk), actor_with("mentee", person_id=mentee.pk)
    assert file_of(actor=actor, attachment_id=mine.pk).pk == mine.pk
    added = attach(actor=actor, kind="meeting", owner_id=own.pk, content=photograph())
    assert file_of(actor=pupil, attachment_id=added.pk).pk == added.pk
    for somebody, what in ((actor, theirs), (actor, scan), (pupil, theirs), (pupil, scan)):
        with pytest.raises(Http404):
            file_of(actor=somebody, attachment_id=what.pk)
    for somebody, what in ((pupil, own), (actor, other)):
        with pytest.raises(Http404):
            attach(actor=somebody, kind="meeting", owner_id=what.pk, content=photograph())
    with pytest.raises(Http404):
        remove(actor=pupil, attachment_id=mine.pk)
    mother = make_person("Мать Ученика", kinds=("parent",))
    Guardianship.objects.create(guardian=mother, ward=mentee, kinship="мать")
    parent = actor_with("parent", person_id=mother.pk)
    with pytest.raises(Http404):
        file_of(actor=parent, attachment_id=mine.pk)
    assert Attachment.objects.count() == 4
    assert remove(actor=actor, attachment_id=added.pk) == ("meeting", own.pk)


def test_the_scan_of_an_order_is_for_who_sees_every_pair(inside):
    order = make_order()
    make_pair(make_person(kinds=("teacher",)), make_person("Ёлкин Ян"), order=order)
    scan = attach(actor=actor_with("coordinator"), kind="order", owner_id=order.pk, content=photograph())
    with pytest.raises(Http404):
        file_of(actor=actor_with("curator", "teacher-pupil"), attachment_id=scan.pk)
    order.approved_at = timezone.now()
    order.save()
    with pytest.raises(RefusedError):
        attach(actor=actor_with("coordinator"), kind="order", owner_id=order.pk, content=photograph())
    assert file_of(actor=actor_with("coordinator"), attachment_id=scan.pk).media == "image/jpeg"


def test_there_is_room_for_so_many_files_and_bytes(inside, settings, monkeypatch):
    consent, actor = make_consent(make_person()), actor_with("coordinator")
    known: dict[str, Any] = {"actor": actor, "kind": "consent", "owner_id": consent.pk, "content": photograph()}
    attach(**known)
    settings.SCHOOL_ATTACHMENTS_BYTES = 100
    with pytest.raises(FaultyActError, match="no_room_for_files"):
        attach(**known)
    monkeypatch.setattr(attachments, "MOST_FILES", 1)
    with pytest.raises(FaultyActError, match="too_many_files"):
        attach(**known)
    assert Attachment.objects.count() == 1


def test_the_room_is_measured_by_one_upload_at_a_time(inside):
    consent, actor = make_consent(make_person()), actor_with("coordinator")
    with CaptureQueriesContext(connection) as seen:
        attach(actor=actor, kind="consent", owner_id=consent.pk, content=photograph())
    assert_held_first(seen, "COUNT(*)", 'SUM("papers_attachment"."size_bytes")')
    with CaptureQueriesContext(connection) as seen:
        start_import(actor=actor, uploads=[people_file()])
    assert_held_first(seen, 'SUM("imports_importfile"."size_bytes")')


def assert_held_first(seen: CaptureQueriesContext, *measures: str) -> None:
    said = [query["sql"] for query in seen]
    held = next(number for number, sql in enumerate(said) if "pg_advisory_xact_lock" in sql)
    for measure in measures:
        assert [number > held for number, sql in enumerate(said) if measure in sql] == [True], measure


def people_file() -> Upload:
    columns = [Column(head) for head in ("Фамилия", "Имя", "Дата рождения", "Класс", "Дата зачисления")]
    rows = [("Новикова", "Яна", "01.02.2012", "7А", "01.09.2026")]
    return Upload("контингент.xlsx", write_workbook([Table("Контингент", columns, rows)]))


def test_files_go_with_the_person_and_stay_with_a_merged_card(inside):
    actor = actor_with("coordinator")
    kept, gone = make_person("Ершов Пётр"), make_person("Ершов Петр")
    first, second = make_consent(kept, number="5"), make_consent(gone, number="5")
    attach(actor=actor, kind="consent", owner_id=second.pk, content=photograph())
    merge_people(actor=actor, kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    (scan,) = Attachment.objects.all()
    assert scan.consent_id == first.pk
    mentor = make_person("Живой Наставник", kinds=("teacher",))
    order = make_order()
    pair = make_pair(mentor, kept, order=order)
    attach(actor=actor, kind="order", owner_id=order.pk, content=photograph())
    attach(actor=actor, kind="meeting", owner_id=a_meeting(pair).pk, content=photograph())
    of_mentor = attach(actor=actor, kind="consent", owner_id=make_consent(mentor).pk, content=photograph())
    destroy_subject(subject_of(kept), 1, TODAY)
    assert list(Attachment.objects.all()) == [of_mentor]
