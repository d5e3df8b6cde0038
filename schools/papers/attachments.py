"""Scans and photographs beside a consent, an order or a meeting: who sees them, who adds them, who takes them away.

Whoever may read what a file is attached to reads the file, and whoever may write there adds and removes it. The scan of
an order names everybody in it: it is for those who see every pair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.consents.models import Consent
from schools.consents.selectors import consent_for
from schools.meetings.models import Meeting
from schools.meetings.selectors import meeting_for
from schools.pairs.models import Order
from schools.pairs.policies import may_correct_order
from schools.pairs.selectors import order_for
from schools.papers.intake import MOST_BYTES, MOST_PAGES, NotTakenError, taken
from schools.papers.models import Attachment
from schools.people.errors import FaultyActError
from schools.people.registers import hold_store
from schools.people.selectors import people_visible_to, person_for

Kind = Literal["consent", "order", "meeting"]
Owner = Consent | Order | Meeting
MOST_FILES: Final = 10
"""How many files one consent, order or meeting has at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """What files are attached to: ``find`` returns the row for a reader, ``hold`` for a writer; both raise Http404."""

    object_type: str
    find: Callable[[Actor, UUID], Owner]
    hold: Callable[[Actor, UUID], Owner]
    may_write: Callable[[Actor, Owner], bool]


def attachments_of(actor: Actor, kind: Kind, owner_id: UUID) -> QuerySet[Attachment]:
    """Return the files of a consent, an order or a meeting, the oldest first, without their contents.

    :raises Http404: no such one among those whose files the actor sees.
    """
    owner = PLACES[kind].find(actor, owner_id)
    return _of(kind, owner).defer("content").order_by("added_at", "pk")


def owner_for(actor: Actor, kind: Kind, owner_id: UUID) -> Owner:
    """Return what files are attached to.

    :raises Http404: no such one among those whose files the actor sees.
    """
    return PLACES[kind].find(actor, owner_id)


def may_attach(actor: Actor, kind: Kind, owner: Owner) -> bool:
    """Tell whether the actor may add files to a granted consent, order or meeting, and take them away."""
    return PLACES[kind].may_write(actor, owner)


def attach(*, actor: Actor, kind: Kind, owner_id: UUID, content: bytes) -> Attachment:
    """Keep a file beside a consent, an order or a meeting: a PDF, a JPEG or a PNG, by its content.

    :raises FaultyActError: it is no such file, is broken or too large, or there is no room for it.
    :raises Http404: no such consent, order or meeting among those to which the actor may add.
    :raises RefusedError: the order was approved here, and the actor does not approve.
    """
    place = PLACES[kind]
    place.hold(actor, owner_id)  # nobody has a file read who may not add it
    try:
        kept = taken(content)
    except NotTakenError as fault:
        raise FaultyActError.of(fault.why, _sentence(fault.why), "file") from fault
    with transaction.atomic():
        hold_store()
        owner = place.hold(actor, owner_id)
        _refuse_beyond_the_room(kind, owner, len(kept.content))
        made = Attachment.objects.create(
            **{kind: owner},
            media=kept.media,
            size_bytes=len(kept.content),
            content=kept.content,
            added_by=actor.pk,
            added_at=timezone.now(),
        )
        _record(actor, "attachments.added", kind, made)
    return made


def file_of(*, actor: Actor, attachment_id: UUID) -> Attachment:
    """Return a file with its content and record that it was given.

    :raises Http404: no such one among those that the actor sees.
    """
    found, kind = _found(attachment_id)
    PLACES[kind].find(actor, _owner_id(found, kind))
    _record(actor, "attachments.given", kind, found)
    return Attachment.objects.get(pk=found.pk)


def remove(*, actor: Actor, attachment_id: UUID) -> tuple[Kind, UUID]:
    """Take a file away; return what it was attached to.

    :raises Http404: no such one among those that the actor may take away.
    :raises RefusedError: as :func:`attach`.
    """
    with transaction.atomic():
        found, kind = _found(attachment_id)
        owner_id = _owner_id(found, kind)
        PLACES[kind].hold(actor, owner_id)
        _record(actor, "attachments.removed", kind, found)
        found.delete()
    return kind, owner_id


def attachment_to_remove(*, actor: Actor, attachment_id: UUID) -> tuple[Attachment, Kind]:
    """Return a file that the actor may take away, without its content, and what kind of thing it is attached to.

    :raises Http404: no such one among them.
    """
    found, kind = _found(attachment_id)
    PLACES[kind].hold(actor, _owner_id(found, kind))
    return found, kind


def move_to_kept(kept: Consent, gone: Consent) -> None:
    """Give the files of a consent that was recorded twice to the row that stays."""
    Attachment.objects.filter(consent=gone).update(consent=kept)


def _found(attachment_id: UUID) -> tuple[Attachment, Kind]:
    found = Attachment.objects.defer("content").filter(pk=attachment_id).first()
    if found is None:
        raise Http404
    kinds: tuple[Kind, ...] = ("consent", "order", "meeting")
    return found, next(kind for kind in kinds if getattr(found, f"{kind}_id") is not None)


def _owner_id(found: Attachment, kind: Kind) -> UUID:
    return UUID(str(getattr(found, f"{kind}_id")))


def _of(kind: Kind, owner: Owner) -> QuerySet[Attachment]:
    return Attachment.objects.filter(**{kind: owner.pk})


def _refuse_beyond_the_room(kind: Kind, owner: Owner, size_bytes: int) -> None:
    if _of(kind, owner).count() >= MOST_FILES:
        sentence = _("Здесь уже %(limit)s файлов. Удалите лишний или соберите страницы в один PDF.")
        raise FaultyActError.of("too_many_files", sentence % {"limit": MOST_FILES}, "file")
    stored = Attachment.objects.aggregate(bytes=Sum("size_bytes"))["bytes"] or 0
    if stored + size_bytes > settings.SCHOOL_ATTACHMENTS_BYTES:
        sentence = _("Место для сканов школы закончилось: вместе они занимают %(limit)s МБ. Удалите ненужные.")
        limit = settings.SCHOOL_ATTACHMENTS_BYTES // 1024**2
        raise FaultyActError.of("no_room_for_files", sentence % {"limit": limit}, "file")


def _sentence(why: str) -> str:
    return {
        "empty": _("Файл пустой. Выберите другой."),
        "too_large": _("Файл больше %(limit)s МБ. Уменьшите качество скана или разделите его.")
        % {"limit": MOST_BYTES // 1024**2},
        "unknown_type": _("Это не PDF, не JPEG и не PNG. Сохраните скан в одном из этих видов."),
        "too_many_pixels": _("Изображение слишком большое. Уменьшите разрешение скана."),
        "too_many_pages": _("В файле больше %(limit)s страниц. Разделите его на части.") % {"limit": MOST_PAGES},
        "locked": _("Файл защищён паролем. Сохраните его без пароля."),
        "broken": _("Файл не читается. Сохраните скан заново."),
    }[why]


def _record(actor: Actor, action: str, kind: Kind, found: Attachment) -> None:
    record(
        actor=actor,
        action=action,
        object_type=PLACES[kind].object_type,
        object_id=_owner_id(found, kind),
        details={"file": str(found.pk), "media": found.media, "bytes": found.size_bytes},
    )


# --- Places ----------------------------------------------------------------------------------------------------------


def _consent(actor: Actor, consent_id: UUID) -> Consent:
    return consent_for(actor=actor, consent_id=consent_id)


def _consent_to_write(actor: Actor, consent_id: UUID) -> Consent:
    consent = consent_for(actor=actor, consent_id=consent_id)
    person_for(actor=actor, person_id=consent.person_id, permission="consents.edit")
    return consent


def _may_write_consent(actor: Actor, owner: Owner) -> bool:
    consent = cast("Consent", owner)
    return people_visible_to(actor, "consents.edit").filter(pk=consent.person_id).exists()


def _order(actor: Actor, order_id: UUID) -> Order:
    order = order_for(actor=actor, order_id=order_id)
    if not actor.reach("pairs.view").everything:
        raise Http404
    return order


def _order_to_write(actor: Actor, order_id: UUID) -> Order:
    order = _order(actor, order_id)
    enforce(may_correct_order(actor, order))
    return order


def _may_write_order(actor: Actor, owner: Owner) -> bool:
    return bool(may_correct_order(actor, cast("Order", owner)))


def _meeting(actor: Actor, meeting_id: UUID) -> Meeting:
    return meeting_for(actor=actor, meeting_id=meeting_id)


def _meeting_to_write(actor: Actor, meeting_id: UUID) -> Meeting:
    # Who writes without reading it whole does not come to be: asked for both all the same.
    meeting_for(actor=actor, meeting_id=meeting_id)
    return meeting_for(actor=actor, meeting_id=meeting_id, permission="meetings.log")


def _may_write_meeting(actor: Actor, owner: Owner) -> bool:
    try:
        _meeting_to_write(actor, owner.pk)
    except Http404:
        return False
    return True


PLACES: Final[dict[Kind, Place]] = {
    "consent": Place("consents.consent", _consent, _consent_to_write, _may_write_consent),
    "order": Place("pairs.order", _order, _order_to_write, _may_write_order),
    "meeting": Place("meetings.meeting", _meeting, _meeting_to_write, _may_write_meeting),
}
