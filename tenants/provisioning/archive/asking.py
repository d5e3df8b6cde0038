"""Asking for a school's archive, making it, taking it.

The region may ask; the file is made by the school's own role, kept for a few days where only that role reads, and
taken by the school's director on the school's own host. See ``platform/docs/adr``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from core.events.outbox import enqueue, enqueue_for_school
from core.tenancy import region, require_school, school, shared
from tenants.provisioning.archive.manifest import SchoolEntry
from tenants.provisioning.archive.terms import forget, hold_archives
from tenants.provisioning.archive.writing import Written, blocks_of, write_archive
from tenants.provisioning.errors import ArchiveError
from tenants.provisioning.models import Archive, ArchivePart, SchoolSchema
from tenants.registry.errors import StateError
from tenants.registry.models import School
from tenants.registry.routing import SchoolRoute

KEPT_DAYS: Final = 7
# Making one takes seconds; the outbox tries for hours.
LOST_AFTER: Final = timedelta(hours=6)
_WITH_DATA: Final = (School.State.READY, School.State.SUSPENDED, School.State.CLOSED)


def ask_for_own_archive(*, actor: Actor, about: SchoolRoute) -> Archive:
    """Ask for the archive of the actor's own school. Runs in the school.

    :param about: the school's route: its id, code, title and district, which the school itself cannot look up.
    :raises RefusedError: when the actor may not.
    :raises ArchiveError: when one is being made.
    """
    enforce(actor.has("archive.take"))
    from tenants.provisioning.tasks import make_archive

    with transaction.atomic():
        with shared():
            archive = _asked(require_school(), by=actor.pk, is_by_region=False)
        record(actor=actor, action="archive.asked", object_type="archive", object_id=archive.pk)
        enqueue(
            make_archive,
            archive_id=str(archive.pk),
            school_id=str(about.id),
            code=about.code,
            title=about.title,
            district=about.district_title,
        )
    return archive


def ask_for_archive(*, actor: Actor, school_id: UUID) -> Archive:
    """Ask, from the region, for a school's archive; its director finds it on the school's host. In ``region()``.

    :raises RefusedError: when the actor may not.
    :raises StateError: when the school is not at work: nobody could take the archive.
    :raises ArchiveError: when one is being made.
    """
    enforce(actor.has("schools.manage"))
    from tenants.provisioning.tasks import make_archive

    with transaction.atomic():
        found: School = School.objects.select_related("district").get(pk=school_id)
        if found.state != School.State.READY:
            raise StateError(_("Архив забирает директор на сайте школы, а школа сейчас не работает."))
        archive = _asked(found.schema_name, by=actor.pk, is_by_region=True)
        record(actor=actor, action="archive.asked", object_type="school", object_id=found.pk)
        about = entry_of(found)
        enqueue_for_school(
            make_archive,
            school_schema=found.schema_name,
            archive_id=str(archive.pk),
            school_id=about.id,
            code=about.code,
            title=about.title,
            district=about.district,
        )
    return archive


def _asked(schema: str, *, by: UUID | None, is_by_region: bool) -> Archive:
    """Store the wish; the unique key decides, so that two who press at once get one archive.

    One whose task was given up long ago stands in nobody's way.
    """
    hold_archives(schema)
    lost = Archive.objects.filter(school_schema=schema, state=Archive.State.ASKED)
    lost.filter(asked_at__lt=timezone.now() - LOST_AFTER).update(state=Archive.State.FAILED, error="Lost")
    try:
        with transaction.atomic():
            return Archive.objects.create(
                school_schema=schema, asked_by=by, asked_at=timezone.now(), is_by_region=is_by_region
            )
    except IntegrityError as error:
        raise ArchiveError(_("Архив уже готовится: обычно это меньше минуты.")) from error


def make(*, archive_id: UUID, about: SchoolEntry) -> None:
    """Make an archive that was asked for; the former ones of the school go. Runs in the school, as its role.

    Does nothing when it is made already: the task may come twice.
    """
    with shared():
        archive = Archive.objects.filter(pk=archive_id, state=Archive.State.ASKED).first()
    if archive is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "archive.zip"
        try:
            written = write_archive(target, about=about)
        except Exception as error:
            with shared():
                # Only while it is asked for: a second run of the task spoils nothing that the first has made.
                unmade = Archive.objects.filter(pk=archive_id, state=Archive.State.ASKED)
                unmade.update(state=Archive.State.FAILED, error=type(error).__name__)
            raise
        _keep(archive_id, target, written)


def _keep(archive_id: UUID, target: Path, written: Written) -> None:
    schema, now = require_school(), timezone.now()
    with transaction.atomic():
        with shared():
            archive = Archive.objects.select_for_update().get(pk=archive_id)
            if archive.state != Archive.State.ASKED:
                return
            forget(Archive.objects.filter(state=Archive.State.READY))
            for number, content in enumerate(blocks_of(target)):
                ArchivePart.objects.create(archive=archive, school_schema=schema, number=number, content=content)
            archive.state, archive.made_at = Archive.State.READY, now
            archive.size_bytes, archive.sha256 = written.size_bytes, written.sha256
            archive.expires_at = now + timedelta(days=KEPT_DAYS)
            archive.save()
        rows = sum(entry.rows for entry in written.manifest.tables)
        details = {"rows": rows, "sha256": written.sha256}
        record(actor="archive", action="archive.made", object_type="archive", object_id=archive_id, details=details)
        announce("archive.ready", {"archive": archive_id})


def own_archive(actor: Actor) -> Archive | None:
    """Return the newest archive of the actor's school, in whatever state. Runs in the school."""
    enforce(actor.has("archive.take"))
    with shared():
        return Archive.objects.order_by("-asked_at").first()


def take(*, actor: Actor, archive_id: UUID) -> tuple[Archive, Iterator[bytes]]:
    """Return an archive of the actor's school with its file in pieces, and record who takes it. Runs in the school.

    The pieces are read one by one, each in the school again: the answer is sent when the request has left it. Only
    whoever was given the last one has taken the archive: a school may close on the strength of that.

    :raises Http404: when there is none, or its term is over.
    """
    enforce(actor.has("archive.take"))
    with transaction.atomic():
        with shared():
            archive = Archive.objects.filter(pk=archive_id, state=Archive.State.READY).first()
        if archive is None:
            raise Http404(_("Этого архива больше нет: подготовьте новый."))
        details = {"sha256": archive.sha256}
        record(actor=actor, action="archive.taken", object_type="archive", object_id=archive.pk, details=details)
    return archive, _pieces(require_school(), archive.pk, archive.size_bytes)


def _pieces(schema: str, archive_id: UUID, size_bytes: int) -> Iterator[bytes]:
    """Yield a file, one stored part at a time; then note that it was taken.

    :raises ArchiveError: when it was forgotten meanwhile: the answer breaks off and is seen to be short.
    """
    sent = number = 0
    while sent < size_bytes:
        with school(schema), shared():
            found = ArchivePart.objects.filter(archive=archive_id, number=number).values_list("content", flat=True)
            content = b"".join(map(bytes, found))
        if not content:
            raise ArchiveError(_("Этого архива больше нет: подготовьте новый."))
        yield content
        sent, number = sent + len(content), number + 1
    with school(schema), shared():
        Archive.objects.filter(pk=archive_id, taken_at=None).update(taken_at=timezone.now())


def last_archive(of: School) -> Archive | None:
    """Return what the region knows of a school's newest archive: when, how large, taken or not. In ``region()``."""
    return Archive.objects.filter(school_schema=of.schema_name).order_by("-asked_at").first()


def archive_to_file(*, code: str, target: Path, actor: str) -> Written:
    """Write the archive of a school into a new file that its owner alone reads; audited in school and region.

    Runs outside every context, as ``app``.

    :raises School.DoesNotExist: when no school with data has this code.
    :raises FileExistsError: when there is such a file.
    """
    with region():
        found: School = School.objects.select_related("district").get(
            code=code, state__in=_WITH_DATA, schema_name__in=SchoolSchema.objects.values("schema_name")
        )
        about = entry_of(found)
    with _new_file(target), school(found.schema_name):
        written = write_archive(target, about=about)
        details = {"sha256": written.sha256}
        record(actor=actor, action="archive.made", object_type="archive", details=details)
    with region():
        record(actor=actor, action="archive.made", object_type="school", object_id=found.pk, details=details)
    return written


@contextmanager
def _new_file(target: Path) -> Iterator[None]:
    """Make a file nobody else reads; it goes again when the work fails."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def entry_of(found: School) -> SchoolEntry:
    """Return how an archive names its school."""
    return SchoolEntry(
        id=str(found.pk),
        code=found.code,
        title=found.title,
        district=found.district.title if found.district else "",
        schema=found.schema_name,
    )
