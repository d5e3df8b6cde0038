"""The scheduled feed: a programme sends the school's lists, and what is plain is written without a person.

The same import as the wizard's, step by step. What a person would have to decide (columns, many refused rows, many who
are missing or change their class) waits for one in the list of imports. Nobody is ever struck off by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.imports import policies
from schools.imports.applying import apply_import
from schools.imports.domain.fields import PEOPLE_KINDS
from schools.imports.errors import AlreadyImportedError, JobStateError
from schools.imports.layouts import layout_from_json
from schools.imports.models import FeedPolicy, ImportJob
from schools.imports.selectors import job_for, jobs_visible_to, with_files
from schools.imports.services import Upload, check_import, forget_everything, start_import
from schools.people.editions import refuse_overtaken

_State = ImportJob.State
_WAITING = (_State.COLUMNS, _State.CHECKED, _State.FAILED)
# In the course of a year a few change their class; when a tenth do, the list is of another school year than the school.
_FEW_CLASSES_CHANGED = 10
_MOST_CLASSES_CHANGED_PERCENT = 10
_OVER = (_State.FAILED, _State.CANCELLED, _State.UNDONE)


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a feed waits for a person."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Fed:
    """What became of what was sent; ``is_repeat``: these very bytes were written last, nothing was done."""

    job: ImportJob
    is_repeat: bool = False


def receive_feed(*, actor: Actor, uploads: Sequence[Upload]) -> Fed:
    """Take the lists of people as a programme sends them, check them and, if the policy lets it, write them.

    Long lists are worked on by the worker: the import is then ``checking`` or ``applying``. Bytes that were the last to
    be written change nothing; bytes that wait already go on waiting. An older feed that waits is replaced by a newer
    one; of two at once the newer stays.

    :raises FilesRefusedError: one of the files cannot be read, or no sheet of any looks like a list.
    :raises RefusedError: when the actor may not feed.
    """
    enforce(policies.may_feed(actor))
    digests = {upload.sha256 for upload in uploads}
    if (known := _in_hand(digests)) is not None:
        return Fed(known)
    try:
        job = start_import(actor=actor, uploads=uploads, is_feed=True)
    except AlreadyImportedError:
        return Fed(_written_before(digests), is_repeat=True)
    _leave_the_newest(actor)
    if _holds_of_columns(job):
        with transaction.atomic():
            announce("import.finished", {"import": job.pk, "state": _State(job.state)})
        return Fed(job)
    try:
        check_import(actor=actor, job_id=job.pk, goes_on=True)
    except JobStateError:
        # A newer list came at the same moment and replaced this one.
        return Fed(job_for(actor=actor, job_id=job.pk))
    return Fed(go_on(actor=actor, job_id=job.pk))


def go_on(*, actor: Actor, job_id: UUID) -> ImportJob:
    """Write a feed that has been checked, or leave it to a person and tell; in any other state nothing is done.

    :raises RefusedError: when the actor may not feed any more.
    """
    job = job_for(actor=actor, job_id=job_id)
    if not job.is_feed or job.state != _State.CHECKED:
        return job
    if holds_of(job):
        with transaction.atomic():
            announce("import.finished", {"import": job.pk, "state": _State.CHECKED})
        return job
    try:
        return apply_import(actor=actor, job_id=job_id)
    except (JobStateError, AlreadyImportedError):
        # Somebody was quicker: a person in the wizard, or the same list sent twice at once.
        return job_for(actor=actor, job_id=job_id)


def holds_of(job: ImportJob) -> list[Hold]:
    """Return why a checked feed waits for a person; empty when it may be written."""
    if job.state == _State.COLUMNS:
        return _holds_of_columns(job)
    if job.state != _State.CHECKED:
        return []
    policy, counts = feed_policy(), job.counts
    holds = _holds_of_columns(job)
    if not policy.is_automatic:
        holds.append(Hold("by_hand", _("Школа подтверждает каждую загрузку сама.")))
    rows = counts["accepted"] + counts["refused"]
    if not counts["accepted"]:
        holds.append(Hold("nothing_accepted", _("Ни одна строка не принята.")))
    elif counts["refused"] * 100 > rows * policy.most_refused_percent:
        words = _("Не принято строк: %(count)s из %(rows)s. Это больше, чем школа пропускает без проверки.")
        holds.append(Hold("many_refused", words % {"count": counts["refused"], "rows": rows}))
    if counts["absent"] > policy.most_absent:
        words = _("В списке нет многих, кто числится в школе: %(count)s. Проверьте, полный ли список.")
        holds.append(Hold("many_absent", words % {"count": counts["absent"]}))
    # What an earlier version has checked did not count them.
    moved = counts.get("classes_changed", 0)
    if moved > _FEW_CLASSES_CHANGED and moved * 100 > counts["accepted"] * _MOST_CLASSES_CHANGED_PERCENT:
        words = _(
            "Класс меняется у многих: %(count)s из %(rows)s. Проверьте, за тот ли год список и переведена ли школа на "
            "новый учебный год."
        )
        holds.append(Hold("many_classes_changed", words % {"count": moved, "rows": counts["accepted"]}))
    return holds


def _holds_of_columns(job: ImportJob) -> list[Hold]:
    read = [sheet for file in job.files.defer("content") for sheet in file.layouts if sheet["kind"]]
    holds = []
    if any(layout_from_json(sheet).missing() for sheet in read):
        holds.append(Hold("columns", _("Не нашлись нужные столбцы: укажите их один раз, дальше они запомнятся.")))
    if any(sheet["kind"] not in PEOPLE_KINDS for sheet in read):
        holds.append(Hold("other_sheets", _("В файле есть пары или согласия: по расписанию передаётся контингент.")))
    return holds


def feed_policy() -> FeedPolicy:
    """Return the school's policy; unsaved, and letting nothing through, when nobody has set one."""
    return FeedPolicy.objects.first() or FeedPolicy()


def policy_values(policy: FeedPolicy) -> dict[str, int | bool]:
    """Return what is typed of the policy."""
    return {
        "is_automatic": policy.is_automatic,
        "most_refused_percent": policy.most_refused_percent,
        "most_absent": policy.most_absent,
    }


def set_feed_policy(
    *, actor: Actor, is_automatic: bool, most_refused_percent: int, most_absent: int, seen: str | None = None
) -> FeedPolicy:
    """Decide when a feed is written without a person.

    ``seen`` is the edition of :func:`policy_values` that was read: what somebody else has written since stays.

    :raises FaultyActError: somebody else has.
    :raises RefusedError: when the actor may not: it is the director's to decide.
    """
    enforce(policies.may_set_feed(actor))
    values = {
        "is_automatic": is_automatic,
        "most_refused_percent": most_refused_percent,
        "most_absent": most_absent,
    }
    with transaction.atomic():
        stored = policy_values(FeedPolicy.objects.select_for_update().first() or FeedPolicy())
        words = {name: str(value) for name, value in stored.items()}
        words["is_automatic"] = _("да") if stored["is_automatic"] else _("нет")
        refuse_overtaken(seen=seen, values=stored, typed=values, words=words)
        policy, _is_new = FeedPolicy.objects.update_or_create(only=True, defaults=values)
        record(actor=actor, action="imports.feed_policy_set", details=values)
    return policy


def feeds_visible_to(actor: Actor) -> QuerySet[ImportJob]:
    """Return the imports that programmes sent, the newest first."""
    return jobs_visible_to(actor).filter(is_feed=True)


def _in_hand(digests: set[str]) -> ImportJob | None:
    """Return the feed of exactly these contents that waits or is in work."""
    busy = (*_WAITING[:2], _State.CHECKING, _State.APPLYING)
    candidates = ImportJob.objects.filter(is_feed=True, state__in=busy, files__sha256__in=digests).distinct()
    for job in with_files(candidates.order_by("-created_at")):
        if {file.sha256 for file in job.files.all()} == digests:
            return job
    return None


def _written_before(digests: set[str]) -> ImportJob:
    rows = ImportJob.objects.filter(state=_State.DONE, files__sha256__in=digests)
    return rows.order_by("-applied_at").distinct()[0]


def _leave_the_newest(actor: Actor) -> None:
    """Drop feeds that wait for a person: a newer list says what they say, and more.

    Each of several that come at once looks when it is stored itself, so the last to look sees them all.
    """
    with transaction.atomic():
        in_time_order = ImportJob.objects.filter(is_feed=True).order_by("-created_at", "-pk")
        newest = in_time_order.exclude(state__in=_OVER).values("pk")[:1]
        older = in_time_order.filter(state__in=_WAITING).exclude(pk__in=newest)
        for each in older.order_by("pk").select_for_update():
            each.state = _State.CANCELLED
            each.save(update_fields=["state"])
            forget_everything([each])
            record(actor=actor, action="imports.cancelled", object_type="imports.job", object_id=each.pk)
