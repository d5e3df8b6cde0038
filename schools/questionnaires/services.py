"""Writes of questionnaires: opening and closing rounds, and answers, whoever brings them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.people.errors import Fault, FaultyActError
from schools.questionnaires import policies, selectors
from schools.questionnaires.asking import Asking, Whom, check_kinds, is_own_classes_only, people_to_ask
from schools.questionnaires.copies import Offered, kept_template, offered_here
from schools.questionnaires.domain import Act, IllegalMoveError, ResponseState, checked_answers, next_state
from schools.questionnaires.drafts import refuse_older
from schools.questionnaires.models import Response, Round, Template
from schools.questionnaires.naming import kept_names, names_fault, read_names
from schools.questionnaires.words import (
    ANSWERS_HIMSELF,
    CHANGED_MEANWHILE,
    FROM_PAPER,
    NOT_ON_SHEET,
    REOPEN_REASONS,
    WITHDRAWN,
    move_fault,
)
from tenants.reference.items import items_from
from tenants.reference.selectors import forms_now

MOST_ASKED = 2000


def open_round(
    *,
    actor: Actor,
    code: str,
    title: str = "",
    form_code: str = "",
    classes: Collection[UUID] = (),
    with_pairs: bool = False,
    with_ended: bool = False,
    kinds: Collection[str] = (),
    people: Collection[UUID] = (),
    due_on: date | None = None,
) -> Round:
    """Put a questionnaire to people; whom, is said by :class:`~schools.questionnaires.asking.Whom`.

    The version in force, the school's or the region's, is kept as it is: what is changed later does not touch the
    round. Whoever is asked the same in a round that is still open is passed over.

    :raises FaultyActError: no such questionnaire or form, nobody to ask, too many.
    :raises RefusedError: when the actor may not ask these people.
    """
    known, whom = _checked_choice(actor, code, form_code, Whom.of(classes, with_pairs, with_ended, kinds, people))
    with transaction.atomic():
        template = Template.objects.select_for_update().get(pk=kept_template(known).pk)
        # Held: of two who open the same round at once the second asks those whom the first has left out.
        found = people_to_ask(actor=actor, known=known, form_code=form_code, whom=whom)
        _refuse_empty(found)
        opened = Round.objects.create(
            template=template,
            title=" ".join(title.split())[:200] or known.title,
            form_code=form_code,
            opened_at=timezone.now(),
            opened_by=actor.pk,
            due_on=due_on,
        )
        Response.objects.bulk_create(Response(round=opened, person_id=who, pair_id=pair) for who, pair in found.asked)
        record(
            actor=actor,
            action="questionnaires.round_opened",
            object_type="questionnaires.round",
            object_id=opened.pk,
            details={"people": len(found.asked)},
        )
        announce("questionnaire.asked", {"round": opened.pk})
    return opened


def preview_round(
    *,
    actor: Actor,
    code: str,
    form_code: str = "",
    classes: Collection[UUID] = (),
    with_pairs: bool = False,
    with_ended: bool = False,
    kinds: Collection[str] = (),
    people: Collection[UUID] = (),
) -> Asking:
    """Return whom a round would ask, without opening it; refusals are those of :func:`open_round`, but for «nobody».

    :raises FaultyActError: no such questionnaire, form or people.
    :raises RefusedError: when the actor may not ask these people.
    """
    known, whom = _checked_choice(actor, code, form_code, Whom.of(classes, with_pairs, with_ended, kinds, people))
    return people_to_ask(actor=actor, known=known, form_code=form_code, whom=whom)


def _checked_choice(actor: Actor, code: str, form_code: str, whom: Whom) -> tuple[Offered, Whom]:
    known = next((row for row in offered_here() if row.code == code), None)
    if known is None:
        raise FaultyActError.of("no_such_template", _("Выберите анкету из списка."), "code")
    form = next((row for row in forms_now() if row.code == form_code), None)
    if form_code and form is None:
        raise FaultyActError.of("no_such_form", _("Такой формы нет."), "form_code")
    if form is not None and known.form_code not in ("", form.code):
        raise FaultyActError.of(
            "other_form", _("Эта анкета для другой формы. Выберите её форму или другую анкету."), "form_code"
        )
    enforce(policies.may_open_round(actor, form_code, only_own_classes=is_own_classes_only(actor, whom)))
    check_kinds(whom.kinds, form, known.role)
    return known, whom


def _refuse_empty(found: Asking) -> None:
    if not found.asked and found.withdrawn and not found.already:
        sentence = _("Все, кого вы выбрали, отозвали согласие: их не спрашивают.")
        raise FaultyActError.of("all_withdrew", sentence, "classes")
    if not found.asked and found.already:
        raise FaultyActError.of("asked_already", _("Всех, кого вы выбрали, уже спрашивает открытый опрос."), "classes")
    if not found.asked:
        raise FaultyActError.of("nobody", _("Спрашивать некого: выберите, кого спросить."), "classes")
    if len(found.asked) > MOST_ASKED:
        raise FaultyActError.of("too_many", _("Не больше 2000 анкет в одном опросе."), "classes")


def set_round_open(*, actor: Actor, round_id: UUID, is_open: bool) -> Round:
    """Close a round, so that nobody answers any more, or open it again.

    :raises Http404: no such round among the actor's.
    :raises RefusedError: when the actor may not.
    """
    with transaction.atomic():
        row = selectors.round_for(actor=actor, round_id=round_id, permission="questionnaires.edit", lock=True)
        enforce(policies.may_open_round(actor, row.form_code, only_own_classes=False))
        if is_open != (row.closed_at is None):
            row.closed_at = None if is_open else timezone.now()
            row.save(update_fields=["closed_at"])
            action = "questionnaires.round_opened_again" if is_open else "questionnaires.round_closed"
            record(actor=actor, action=action, object_type="questionnaires.round", object_id=row.pk)
    return row


def answer_own(
    *,
    actor: Actor,
    response_id: UUID,
    typed: Mapping[str, Any],
    is_final: bool,
    is_automatic: bool = False,
    seen: str | None = None,
) -> Response:
    """Keep or send what somebody answers for himself. A draft keeps what fits and refuses nothing.

    A draft that is kept automatically leaves a record when it is begun, and not every few seconds. ``seen`` is the
    stamp of :mod:`schools.questionnaires.drafts`: what was answered since on another device is not written over.

    :raises FaultyActError: by code of item, what does not fit or was answered since; or the response is sent, the round
        closed, or he took his consent back.
    :raises Http404: he is not asked this.
    """
    with transaction.atomic():
        row = selectors.own_response_for(actor=actor, response_id=response_id, lock=True)
        if selectors.withdrawn_among([row.person_id]):
            raise FaultyActError.of("consent_withdrawn", str(WITHDRAWN))
        refuse_older(row, typed, seen)
        is_told = not is_automatic or row.state == ResponseState.ASKED
        channel = Response.Channel.ACCOUNT
        faults = write(actor, row, typed, is_final=is_final, channel=channel, is_told=is_told)
        if faults and is_final:
            raise FaultyActError(*faults)
    return row


def reopen_response(*, actor: Actor, response_id: UUID, reason: str) -> Response:
    """Send submitted answers back to be mended; until they come again, the former ones count.

    ``reason`` is a code of :data:`~schools.questionnaires.words.REOPEN_REASONS`; by ``paper`` the sheet for paper takes
    the answers, whoever gave them before. The personal link ends: what was sent is shown by none.

    :raises FaultyActError: no such reason, nothing was sent, the round is closed, or nobody would send them
        again: he has left the school, or took his consent back.
    :raises Http404: no such sheet among the actor's; his own mentees' and mentors' never are.
    :raises RefusedError: when the actor asks nobody.
    """
    enforce(policies.may_edit_rounds(actor))
    if reason not in REOPEN_REASONS:
        raise FaultyActError.of("no_reason", _("Выберите причину."), "reason")
    with transaction.atomic():
        row = selectors.response_for(actor=actor, response_id=response_id, permission="questionnaires.edit", lock=True)
        if Response.objects.filter(selectors.is_silent(), pk=row.pk).exists():
            raise FaultyActError.of("not_awaited", move_fault("not_awaited"))
        row.state = _moved(row, Act.REOPEN)
        row.draft, row.link_hash, row.link_expires_at = {}, "", None
        row.revision += 1
        if reason == FROM_PAPER:
            row.channel = Response.Channel.PAPER
        row.save()
        record(
            actor=actor,
            action="questionnaires.reopened",
            object_type="questionnaires.response",
            object_id=row.pk,
            details={"reason": reason},
        )
        announce("questionnaire.reopened", {"round": row.round_id, "response": row.pk})
    return row


def answer_from_paper(
    *, actor: Actor, rows: Mapping[UUID, Mapping[str, Any]], seen: Mapping[UUID, int] | None = None
) -> tuple[int, dict[UUID, list[Fault]]]:
    """Enter answers of many people from paper; what fits is kept, what is complete is sent.

    Answers that somebody gave himself are never touched, and a row that is not the actor's is written nowhere: both
    are named among the refused. ``seen`` are the revisions that the sheet showed: a row that somebody else has written
    since is refused, not overwritten. Returns how many were sent and, by response, what does not fit: there the rest
    of the row is kept as a draft.

    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_rounds(actor))
    known = seen or {}
    written, refused = 0, dict[UUID, list[Fault]]()
    with transaction.atomic():
        found = selectors.responses_visible_to(actor, "questionnaires.edit").filter(pk__in=list(rows))
        found = found.select_related("round__template", "person").select_for_update(of=("self",)).order_by("pk")
        silent = selectors.withdrawn_among([row.person_id for row in found])
        for key in rows.keys() - {row.pk for row in found}:
            refused[key] = [Fault("gone", str(NOT_ON_SHEET))]
        for row in found:
            typed = rows[row.pk]
            if row.is_own:
                refused[row.pk] = [Fault("answered_himself", f"{row.person.full_name}: {ANSWERS_HIMSELF}")]
                continue
            if row.person_id in silent:
                refused[row.pk] = [Fault("consent_withdrawn", f"{row.person.full_name}: {WITHDRAWN}")]
                continue
            if known.get(row.pk, row.revision) != row.revision:
                sentence = CHANGED_MEANWHILE % {"name": row.person.full_name}
                refused[row.pk] = [Fault("stale", sentence)]
                continue
            is_correction = bool(row.submitted_at)
            is_sent = row.state == ResponseState.SUBMITTED
            if is_sent and row.answers == {key: value for key, value in typed.items() if value not in (None, "", [])}:
                continue
            try:
                if is_sent:
                    # A slip of the pen from paper is mended by whoever has the paper.
                    row.state = _moved(row, Act.REOPEN)
                faults = write(
                    actor, row, typed, is_final=True, channel=Response.Channel.PAPER, is_correction=is_correction
                )
            except FaultyActError as refusal:
                faults = list(refusal.faults)
            if faults:
                refused[row.pk] = faults
            else:
                written += 1
    return written, refused


def write(
    actor: Actor | str,
    row: Response,
    typed: Mapping[str, Any],
    *,
    is_final: bool,
    channel: Response.Channel,
    is_told: bool = True,
    is_correction: bool = False,
) -> list[Fault]:
    """Write one response, and the audit of it if told to; with faults it stays a draft, and they are returned.

    The caller has found the row for whoever writes, and holds it. ``actor`` is a label for a link: nobody signed in.

    :raises FaultyActError: the state or the round does not allow it.
    """
    items = items_from(row.round.template.items)
    read = read_names(row, items, typed)
    answers, wrong = checked_answers(items, read.typed, read.offered, is_final=is_final)
    is_short = channel == Response.Channel.LINK
    faults = [Fault(code, names_fault(code, item, read, is_short=is_short), item) for item, code in wrong.items()]
    act = Act.SUBMIT if is_final and not faults else Act.SAVE
    state, now = _moved(row, act), timezone.now()
    row.state, row.channel, row.saved_at = state, channel, now
    row.filled_by = None if isinstance(actor, str) else actor.pk
    row.revision += 1
    row.draft = {} if act is Act.SUBMIT else answers | kept_names(items, wrong, read)
    if act is Act.SUBMIT:
        row.answers, row.submitted_at = answers, now
    row.save()
    if is_told:
        sent = "questionnaires.corrected" if is_correction else "questionnaires.submitted"
        record(
            actor=actor,
            action=sent if act is Act.SUBMIT else "questionnaires.saved",
            object_type="questionnaires.response",
            object_id=row.pk,
            details={"channel": str(channel)},
        )
    return faults


def _moved(row: Response, act: Act) -> ResponseState:
    """Return the state of a response after an act; nothing is written.

    :raises FaultyActError: the state or the round does not allow it.
    """
    try:
        return next_state(ResponseState(row.state), act, is_open=row.round.closed_at is None)
    except IllegalMoveError as error:
        raise FaultyActError.of(error.code, move_fault(error.code)) from error
