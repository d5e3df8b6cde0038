"""Writes of transfers: their rows only. Who may, and what becomes of people, the schools decide.

All but :func:`call_schools` run inside a school, in its transaction; a transfer is held before it is changed, so
that of two who decide at once the second finds the decision of the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from core.events.outbox import enqueue_for_school
from core.tenancy import region, require_school, shared
from tenants.transfers.models import Place, Transfer, TransferCard

OFFER_DAYS: Final = 30
# Both schools keep in their own books what became of it; between them it is told for so long.
KEPT_DAYS: Final = 365
# An old school that was asked and has not answered is asked again.
_PATIENCE = timedelta(hours=1)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Held:
    """A transfer while it is held: its state now (an offer whose time is over is ``expired``), its day and its card."""

    id: UUID
    state: str
    leaves_on: date
    is_incoming: bool
    card: dict[str, Any] | None

    @property
    def is_open(self) -> bool:
        """Tell whether the offer can still be accepted, declined or withdrawn."""
        return self.state == Transfer.State.OFFERED


def offer_transfer(*, to_code: str, leaves_on: date, card: dict[str, Any]) -> tuple[UUID, str] | None:
    """Offer a pupil to another school; return the transfer's id and the school's title, None when there is none."""
    own, now = require_school(), timezone.now()
    with shared():
        place = Place.objects.exclude(pk=own).filter(code=to_code).first()
        if place is None:
            return None
        made = Transfer.objects.create(
            from_schema=own,
            to_schema=place.schema,
            leaves_on=leaves_on,
            made_at=now,
            expires_at=now + timedelta(days=OFFER_DAYS),
        )
        TransferCard.objects.create(transfer=made, from_schema=own, to_schema=place.schema, payload=card)
        return made.pk, place.title


def hold_transfer(transfer_id: UUID) -> Held | None:
    """Hold a transfer from or to this school until the transaction ends; None for any other."""
    own = require_school()
    with shared():
        row = Transfer.objects.select_for_update().filter(pk=transfer_id).first()
        if row is None:
            return None
        is_over = row.state == Transfer.State.OFFERED and row.expires_at <= timezone.now()
        card = TransferCard.objects.filter(pk=transfer_id).values_list("payload", flat=True).first()
        return Held(
            id=row.pk,
            state=str(Transfer.State.EXPIRED if is_over else row.state),
            leaves_on=row.leaves_on,
            is_incoming=row.to_schema == own,
            card=card,
        )


def end_transfer(held: Held, state: str) -> None:
    """Give a held transfer its end, and delete the card."""
    with shared():
        Transfer.objects.filter(pk=held.id).update(state=state, decided_at=timezone.now())
        TransferCard.objects.filter(pk=held.id).delete()


def settle_transfer(held: Held) -> None:
    """Record that the old school has taken note of the end."""
    with shared():
        Transfer.objects.filter(pk=held.id).update(settled_at=timezone.now())


def call_schools(*, settle: Any, tell: Any) -> int:
    """Hand schools what they have to take note of: tasks ``settle`` and ``tell``; return how many were handed out.

    ``settle`` is published for the old school when a transfer ended or its time is over; for the new one when the old
    one works no more and a card is still there. ``tell`` is published for the new school once, while an offer waits.
    Runs by itself, in the region, which sees states and dates and no card.
    """
    now = timezone.now()
    with region(), transaction.atomic():
        is_working = Place.objects.values("pk")
        ended = ~Q(state__in=(Transfer.State.OFFERED, Transfer.State.WITHDRAWN))
        is_over = Q(state=Transfer.State.OFFERED, expires_at__lte=now)
        open_rows = Transfer.objects.filter(settled_at__isnull=True)
        # What was decided since somebody was last called is told at once.
        rows = open_rows.filter(
            Q(called_at__isnull=True) | Q(called_at__lte=now - _PATIENCE) | Q(called_at__lt=F("decided_at"))
        )
        asked = list(_asked(rows.filter(ended | is_over, from_schema__in=is_working), F("from_schema")))
        left_alone = rows.filter(is_over, to_schema__in=is_working).exclude(from_schema__in=is_working)
        asked += _asked(left_alone, F("to_schema"))
        waits = open_rows.filter(state=Transfer.State.OFFERED, expires_at__gt=now, called_at__isnull=True)
        offered = list(_asked(waits.filter(to_schema__in=is_working), F("to_schema")))
        for task, called in ((settle, asked), (tell, offered)):
            for key, schema in called:
                enqueue_for_school(task, school_schema=schema, transfer_id=str(key))
        called_now = [key for key, _schema in asked + offered]
        Transfer.objects.filter(pk__in=called_now).update(called_at=now)
        return len(called_now)


def forget_old_transfers() -> int:
    """Forget transfers of which the old school took note a year ago; return how many. In ``region()``, once a day."""
    old = Transfer.objects.filter(settled_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    # Not by delete(), which would look for their cards: those went with the decision, and are not the region's to see.
    return int(old._raw_delete(old.db))


def _asked(rows: Any, schema: F) -> Iterator[tuple[UUID, str]]:
    held = rows.order_by("pk").select_for_update(skip_locked=True)[:_AT_ONCE]
    yield from held.annotate(schema=schema).values_list("pk", "schema")
