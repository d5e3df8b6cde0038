"""Who may ask for an archive, who sees what of it, who takes it, and how long it lies."""

from __future__ import annotations

import tracemalloc
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.utils import timezone

from core.audit.models import AuditRecord
from core.authz import RefusedError, load_actor, system_actor
from core.events.models import Outbox
from core.tenancy import region, rollup, school, shared
from schools.rights.archives import forget_archives
from tenants.provisioning.archive import asking, writing
from tenants.provisioning.archive.terms import are_any_out_of_date, forget_out_of_date
from tenants.provisioning.errors import ArchiveError
from tenants.provisioning.models import Archive, ArchivePart
from tenants.registry.errors import StateError
from tenants.registry.models import School
from tenants.registry.routing import school_route
from tests.support.accounts import make_user, sign_in
from tests.support.world import SCHOOL_A, SCHOOL_B
from tests.tenants.provisioning.migrator import as_migrator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_tests_transaction(monkeypatch):
    monkeypatch.setattr(writing, "one_moment", nullcontext)


def director(role: str = "director"):
    return load_actor(make_user(role, login=f"{role}-x"))


def made() -> Archive:
    """Run what is in the outbox and return the archive."""
    with region():
        task = Outbox.objects.get(task="tenants.provisioning.make_archive")
    told = task.payload
    about = asking.SchoolEntry(told["school_id"], told["code"], told["title"], told["district"], task.school_schema)
    with school(task.school_schema):
        asking.make(archive_id=UUID(told["archive_id"]), about=about)
        with shared():
            return Archive.objects.get(pk=told["archive_id"])


def test_a_director_asks_and_takes(monkeypatch):
    told = []
    monkeypatch.setattr("core.events.catalogue.tell", lambda event: told.append((event.kind.name, dict(event.data))))
    route = school_route(SCHOOL_A.code)
    with school(SCHOOL_A.schema):
        actor = director()
        asking.ask_for_own_archive(actor=actor, about=route)
        with pytest.raises(ArchiveError, match="уже готовится"):
            asking.ask_for_own_archive(actor=actor, about=route)
    archive = made()
    assert told == [("archive.ready", {"archive": str(archive.pk)})]
    assert (archive.state, archive.expires_at - archive.made_at) == (Archive.State.READY, timedelta(days=7))
    with school(SCHOOL_A.schema):
        assert asking.own_archive(actor) == archive
        _found, pieces = asking.take(actor=actor, archive_id=archive.pk)
        content = b"".join(pieces)
        assert asking.own_archive(actor).taken_at is not None
        assert len(content) == archive.size_bytes
        with zipfile.ZipFile(BytesIO(content)) as file:
            assert SCHOOL_A.canary.encode() in file.read("tables/people_person.csv")
            assert b'"district": "\xd0\x9f\xd1\x80' in file.read("manifest.json")
        acts = list(AuditRecord.objects.order_by("at").values_list("action", flat=True))
        assert acts == ["archive.asked", "archive.made", "archive.taken"]


def test_the_region_asks_and_never_reads(actor):
    with region():
        admin = load_actor(make_user("region_admin"))
        archive = asking.ask_for_archive(actor=admin, school_id=SCHOOL_A.id)
    made()
    with region():
        assert asking.last_archive(School.objects.get(pk=SCHOOL_A.id)).state == Archive.State.READY
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            ArchivePart.objects.count()
    with rollup(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ArchivePart.objects.count()
    with school(SCHOOL_B.schema):
        stranger = director()
        with shared():
            assert not Archive.objects.exists()
            assert not ArchivePart.objects.exists()
        with pytest.raises(Http404):
            asking.take(actor=stranger, archive_id=archive.pk)
    with school(SCHOOL_A.schema):
        assert asking.take(actor=director(), archive_id=archive.pk)[1]


def test_only_a_director_may():
    route = school_route(SCHOOL_A.code)
    with school(SCHOOL_A.schema):
        # The region's temporary access is a coordinator's: it does not open the archive.
        for slug in ("coordinator", "curator", "mentor"):
            somebody = director(slug)
            for act in (
                lambda who=somebody: asking.ask_for_own_archive(actor=who, about=route),
                lambda who=somebody: asking.own_archive(who),
                lambda who=somebody: asking.take(actor=who, archive_id=SCHOOL_A.id),
            ):
                with pytest.raises(RefusedError):
                    act()
        with shared():
            assert not Archive.objects.exists()
    with region():
        operator = load_actor(make_user("region_operator"))
        with pytest.raises(RefusedError):
            asking.ask_for_archive(actor=operator, school_id=SCHOOL_A.id)
        School.objects.filter(pk=SCHOOL_A.id).update(state=School.State.SUSPENDED)
        with pytest.raises(StateError):
            asking.ask_for_archive(actor=load_actor(make_user("region_admin")), school_id=SCHOOL_A.id)


def test_a_new_archive_takes_the_place_of_the_former_and_a_failed_one_is_told(monkeypatch):
    route = school_route(SCHOOL_A.code)
    with school(SCHOOL_A.schema):
        actor = director()
        first = asking.ask_for_own_archive(actor=actor, about=route)
    made()
    with region():
        Outbox.objects.all().delete()
    with school(SCHOOL_A.schema):
        second = asking.ask_for_own_archive(actor=actor, about=route)
    made()
    with school(SCHOOL_A.schema), shared():
        assert dict(Archive.objects.values_list("pk", "state")) == {first.pk: "forgotten", second.pk: "ready"}
        assert set(ArchivePart.objects.values_list("archive", flat=True)) == {second.pk}
    with region():
        Outbox.objects.all().delete()
    with school(SCHOOL_A.schema):
        asking.ask_for_own_archive(actor=actor, about=route)
    monkeypatch.setattr(asking, "write_archive", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        made()
    with school(SCHOOL_A.schema):
        third = asking.own_archive(actor)
        assert (third.state, third.error) == ("failed", "ZeroDivisionError")
        # The one before it is still there to be taken.
        assert asking.take(actor=actor, archive_id=second.pk)[1]


def test_the_way_from_the_region_to_the_directors_hands(client_at):
    admin, director_ = sign_in(client_at, "region", "region_admin"), sign_in(client_at, SCHOOL_A, "director")
    here = f"/schools/{SCHOOL_A.id}/archive/"
    assert admin.post(here).status_code == 302
    assert "готовится" in admin.get(here).content.decode()
    assert "Архив готовится" in director_.get("/archive/").content.decode()
    assert director_.get("/archive/live/").status_code == 200
    archive = made()
    assert director_.get("/archive/live/").status_code == 286
    page, address = director_.get("/archive/").content.decode(), f"/archive/{archive.pk}/file/"
    assert all(words in page for words in (address, archive.sha256, "ещё нет"))
    file = director_.get(address)
    assert (file.status_code, file["Content-Length"]) == (200, str(archive.size_bytes))
    assert "ещё нет" in director_.get("/archive/").content.decode()
    assert len(b"".join(file.streaming_content)) == archive.size_bytes
    assert file["Content-Disposition"].startswith(f'attachment; filename="{SCHOOL_A.code}-')
    assert file["Cache-Control"] == "private, no-store"
    told = admin.get(here).content.decode()
    assert "ещё нет" not in told
    assert archive.sha256 in told
    assert address not in told
    assert sign_in(client_at, SCHOOL_B, "director").get(address).status_code == 404
    assert sign_in(client_at, SCHOOL_A, "coordinator").get(address).status_code == 403


def stored(parts: list[bytes]) -> Archive:
    """Put an archive of these parts into the first school."""
    with shared():
        now = timezone.now()
        archive = Archive.objects.create(
            school_schema=SCHOOL_A.schema, state="ready", asked_at=now, made_at=now, size_bytes=sum(map(len, parts))
        )
        for number, content in enumerate(parts):
            ArchivePart.objects.create(archive=archive, school_schema=SCHOOL_A.schema, number=number, content=content)
    return archive


def test_a_download_holds_one_part_at_a_time(client_at):
    """Twelve parts in the memory of three, whatever the archive's size."""
    size, number = 1 << 18, 12
    with school(SCHOOL_A.schema):
        archive = stored([bytes([at]) * size for at in range(number)])
    file = sign_in(client_at, SCHOOL_A, "director").get(f"/archive/{archive.pk}/file/")
    assert (file.streaming, file["Content-Length"]) == (True, str(size * number))
    tracemalloc.start()
    try:
        assert [piece[:1] for piece in file.streaming_content] == [bytes([at]) for at in range(number)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * size


def test_a_broken_download_leaves_the_archive_whole_and_not_taken():
    with school(SCHOOL_A.schema):
        actor, archive = director(), stored([b"one", b"two", b"three"])
        _found, pieces = asking.take(actor=actor, archive_id=archive.pk)
    # As the web server does it: the request has left the school.
    assert next(pieces) == b"one"
    pieces.close()
    with school(SCHOOL_A.schema):
        assert asking.own_archive(actor).taken_at is None
        _found, pieces = asking.take(actor=actor, archive_id=archive.pk)
    assert b"".join(pieces) == b"onetwothree"
    with school(SCHOOL_A.schema):
        assert asking.own_archive(actor).taken_at is not None
        # Whoever only began is told of, too: half a school is people's data as well.
        assert AuditRecord.objects.filter(action="archive.taken", object_id=archive.pk).count() == 2


def test_what_is_forgotten_during_a_download_ends_it(client_at):
    with school(SCHOOL_A.schema):
        archive = stored([b"one", b"two"])
    file = sign_in(client_at, SCHOOL_A, "director").get(f"/archive/{archive.pk}/file/")
    pieces = iter(file.streaming_content)
    assert next(pieces) == b"one"
    with school(SCHOOL_A.schema):
        forget_archives()
    with pytest.raises(ArchiveError, match="больше нет"):
        next(pieces)


def test_a_folder_nobody_may_write_into_is_said_in_words(tmp_path):
    with pytest.raises(CommandError, match="must be able to write into an existing folder"):
        call_command("archive_school", SCHOOL_A.code, str(tmp_path / "none" / "a.zip"))


def test_a_lost_request_stands_in_nobodys_way():
    route = school_route(SCHOOL_A.code)
    with school(SCHOOL_A.schema):
        actor = director()
        first = asking.ask_for_own_archive(actor=actor, about=route)
        with shared():
            Archive.objects.filter(pk=first.pk).update(asked_at=timezone.now() - asking.LOST_AFTER)
        second = asking.ask_for_own_archive(actor=actor, about=route)
        with shared():
            assert dict(Archive.objects.values_list("pk", "error")) == {first.pk: "Lost", second.pk: ""}


@pytest.mark.django_db(transaction=True)
def test_nobody_asks_while_somebody_is_being_destroyed():
    """What is asked for during a destruction is written after it, so that it cannot hold the person."""
    route = school_route(SCHOOL_A.code)

    def ask() -> Archive:
        try:
            with school(SCHOOL_A.schema):
                return asking.ask_for_own_archive(actor=system_actor("check"), about=route)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with school(SCHOOL_A.schema), transaction.atomic():
            forget_archives()
            asked = pool.submit(ask)
            with pytest.raises(TimeoutError):
                asked.result(timeout=0.3)
        assert asked.result(timeout=10).state == Archive.State.ASKED


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_the_provisioner_forgets_files_whose_term_is_over():
    route = school_route(SCHOOL_A.code)
    with school(SCHOOL_A.schema):
        asking.ask_for_own_archive(actor=director(), about=route)
    archive = made()
    with region():
        assert not are_any_out_of_date()
        Archive.objects.filter(pk=archive.pk).update(expires_at=timezone.now())
        assert are_any_out_of_date()
    with pytest.raises(DatabaseError, match="permission denied"):
        forget_out_of_date()
    connection.close()
    forget = "import django; django.setup(); from tenants.provisioning.archive.terms import *; forget_out_of_date()"
    assert as_migrator("-c", forget).returncode == 0
    with school(SCHOOL_A.schema), shared():
        assert Archive.objects.get().state == Archive.State.FORGOTTEN
        assert not ArchivePart.objects.exists()
