"""Personal links: a questionnaire on a phone for whoever has no account; one link for one sheet of answers.

The token is random (144 bits) and told once: what is stored is a keyed hash that names the school, so that the link is
nothing elsewhere. It opens the questions of its sheet until they are sent, the round closes, the term ends, the link is
revoked or another takes its place; it never shows what was sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.tenancy import require
from schools.people.errors import FaultyActError
from schools.questionnaires import policies, selectors
from schools.questionnaires.domain import ResponseState
from schools.questionnaires.drafts import refuse_unseen
from schools.questionnaires.models import Response
from schools.questionnaires.services import write
from schools.questionnaires.words import move_fault

LINK_DAYS: Final = 90
# A sheet of paper for each of so many at once: a class, or a grade.
MOST_LINKS: Final = 120
BY_LINK: Final = "link"
_TOKEN_BYTES: Final = 18


class LinkError(Exception):
    """The link opens nothing: unknown, revoked, out of date, or its round is closed; the same answer to all."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh link: the only moment at which its token is known."""

    response: Response
    token: str

    @property
    def expires_at(self) -> datetime | None:
        """Return the end of its term."""
        return self.response.link_expires_at


def hashes_of(token: str) -> list[str]:
    """Return the stored forms of a token in this school, 64 hex digits each: under the secret key and former ones.

    :raises NoContextError: outside every context.
    """
    purpose = f"schools.questionnaires.link:{require().stamp}"
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac(purpose, token, secret=key, algorithm="sha256").hexdigest() for key in keys]


def issue_links(*, actor: Actor, round_id: UUID, response_ids: Collection[UUID]) -> list[Issued]:
    """Make a link for each of those who have not answered yet, by name; a former link of theirs ends.

    :raises FaultyActError: the round is closed, nobody of them waits for an answer, or they are too many.
    :raises Http404: no such round among the actor's.
    :raises RefusedError: when the actor asks nobody.
    """
    enforce(policies.may_edit_rounds(actor))
    with transaction.atomic():
        asked = selectors.round_for(actor=actor, round_id=round_id, permission="questionnaires.edit", lock=True)
        if asked.closed_at is not None:
            raise FaultyActError.of("closed", move_fault("closed"))
        rows = selectors.asked_in(actor, asked, "questionnaires.edit").filter(pk__in=list(response_ids))
        waiting = list(selectors.awaited(rows).select_for_update(of=("self",)))
        if not waiting:
            raise FaultyActError.of("nobody_waits", _("Ссылка нужна тем, кто ещё не ответил: таких здесь нет."))
        if len(waiting) > MOST_LINKS:
            raise FaultyActError.of("too_many", _("За один раз – не больше 120 ссылок: выберите класс."))
        expires = timezone.now() + timedelta(days=LINK_DAYS)
        issued = []
        for row in waiting:
            token = secrets.token_urlsafe(_TOKEN_BYTES)
            row.link_hash, row.link_expires_at = hashes_of(token)[0], expires
            issued.append(Issued(row, token))
        Response.objects.bulk_update(waiting, ["link_hash", "link_expires_at"])
        record(
            actor=actor,
            action="questionnaires.links_issued",
            object_type="questionnaires.round",
            object_id=asked.pk,
            details={"people": [str(row.person_id) for row in waiting]},
        )
    return issued


def issue_link(*, actor: Actor, response_id: UUID) -> Issued:
    """Make one link; refusals are those of :func:`issue_links`.

    :raises Http404: no such sheet among the actor's.
    """
    row = selectors.response_for(actor=actor, response_id=response_id, permission="questionnaires.edit")
    (issued,) = issue_links(actor=actor, round_id=row.round_id, response_ids=[row.pk])
    return issued


def revoke_link(*, actor: Actor, response_id: UUID) -> Response:
    """End a link at once, also for a browser in which it is open.

    :raises Http404: no such sheet among the actor's.
    :raises RefusedError: when the actor asks nobody.
    """
    enforce(policies.may_edit_rounds(actor))
    with transaction.atomic():
        row = selectors.response_for(actor=actor, response_id=response_id, permission="questionnaires.edit", lock=True)
        if row.link_hash:
            end_link(row)
            record(
                actor=actor,
                action="questionnaires.link_revoked",
                object_type="questionnaires.response",
                object_id=row.pk,
            )
    return row


def end_link(row: Response) -> None:
    """Forget the link of a sheet that the caller holds."""
    row.link_hash, row.link_expires_at = "", None
    row.save(update_fields=["link_hash", "link_expires_at"])


def response_of_token(token: str) -> Response:
    """Return the sheet that a token opens, sent or not.

    :raises LinkError: it opens nothing.
    """
    return _first(_open_links().filter(link_hash__in=hashes_of(token)))


def response_of_hash(response_id: str, link_hash: str, *, lock: bool = False) -> Response:
    """Return the sheet whose link was opened in a session before; ``lock`` holds it until the transaction ends.

    :raises LinkError: the link has ended meanwhile.
    """
    rows = _open_links().filter(pk=response_id, link_hash=link_hash) if link_hash else Response.objects.none()
    return _first(rows.select_for_update(of=("self",)) if lock else rows)


def _open_links() -> QuerySet[Response]:
    silent = selectors.is_silent()
    rows = Response.objects.filter(link_expires_at__gt=timezone.now(), round__closed_at__isnull=True)
    # What was sent back to somebody who left then still counts, and his link opens nothing.
    rows = selectors.counted(rows, silent).exclude(Q(state__in=selectors.UNANSWERED) & silent)
    return rows.select_related("round__template", "person", "pair__mentor", "pair__mentee")


def _first(rows: QuerySet[Response]) -> Response:
    row = rows.first()
    if row is None:
        raise LinkError
    return row


def answer_by_link(
    *,
    response_id: str,
    link_hash: str,
    typed: Mapping[str, Any],
    is_final: bool,
    is_automatic: bool = False,
    reader: Actor | None = None,
    seen: str | None = None,
) -> Response:
    """Keep or send what is answered by a link. A draft keeps what fits and refuses nothing.

    ``reader`` is whoever happens to be signed in at the device: a mentor answers for no mentee of his, nor he for him.
    ``seen`` is the revision that the page was opened with: a draft that was written since, or elsewhere, stays.

    :raises FaultyActError: by code of item, what does not fit; or there is such a draft, or the answers are sent.
    :raises LinkError: the link has ended meanwhile, or is not the reader's to open.
    """
    with transaction.atomic():
        row = response_of_hash(response_id, link_hash, lock=True)
        refuse_partner(row, reader)
        refuse_unseen(row, seen)
        is_told = not is_automatic or row.state == ResponseState.ASKED
        faults = write(BY_LINK, row, typed, is_final=is_final, channel=Response.Channel.LINK, is_told=is_told)
        if faults and is_final:
            raise FaultyActError(*faults)
    return row


def refuse_partner(row: Response, reader: Actor | None) -> None:
    """Refuse a link to somebody signed in who stands, or ever stood, in a pair with whoever it was made for.

    :raises LinkError: he does.
    """
    if reader is not None and selectors.is_of_partner(reader, row):
        raise LinkError


def sheet_of(*, actor: Actor, round_id: UUID, room: str) -> list[UUID]:
    """Return the sheets of those who have not answered: of a class by its id, of ``others``, or all for an empty one.

    :raises Http404: no such round among the actor's, or a word that is none of these.
    """
    asked = selectors.round_for(actor=actor, round_id=round_id, permission="questionnaires.edit")
    rows = selectors.awaited(selectors.asked_in(actor, asked, "questionnaires.edit"))
    try:
        return list(selectors.in_room(rows, room).values_list("pk", flat=True))
    except ValueError as error:
        raise Http404 from error
