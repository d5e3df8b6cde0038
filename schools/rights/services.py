"""Acts upon requests to destroy somebody's data: register, drop, execute.

The law asks for an act and an extract of a log (приказ Роскомнадзора от 28.10.2022 № 179); both are made of the
request, which after its execution holds no name. What was destroyed stays destroyed in restored copies too:
``schools.rights.replaying``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from core.tenancy import require_school
from schools.people.errors import FaultyActError
from schools.people.models import Person, Release
from schools.people.registers import hold_registers
from schools.people.selectors import person_for
from schools.rights import domain, policies
from schools.rights.archives import forget_archives
from schools.rights.holdings.imports import is_import_in_work
from schools.rights.holdings.papers import pairs_of
from schools.rights.holdings.people import strip_person
from schools.rights.models import Destruction
from schools.rights.printing import counts_of
from schools.rights.registry import Subject, holdings, subject_of
from schools.rights.selectors import destruction_for
from tenants.tombstones.journal import Buried
from tenants.tombstones.services import bury

_State = Destruction.State


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestData:
    """What the paper says: who asks and why (codes of :class:`Destruction`), its date, its incoming number."""

    asked_by: str
    basis: str
    asked_on: date
    paper_number: str = ""


def register_request(*, actor: Actor, person_id: UUID, data: RequestData) -> Destruction:
    """Register a request to destroy a person's data; the term begins with the day it came.

    :raises FaultyActError: the day is in the future, or a request for this person waits already.
    :raises Http404: no such person among those the actor sees.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_see_everything_held(actor))
    if data.asked_on > timezone.localdate():
        raise FaultyActError.of("day_in_future", _("Дата обращения позже сегодняшнего дня."), "asked_on")
    with transaction.atomic():
        hold_registers()
        person = person_for(actor=actor, person_id=person_id, permission="rights.view", lock=True)
        if Destruction.objects.filter(person_id=person.pk, state=_State.OPEN).exists():
            raise FaultyActError.of("already_asked", _("Такой запрос уже внесён и ждёт исполнения."))
        request = Destruction.objects.create(
            number=(Destruction.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
            person_id=person.pk,
            asked_by=data.asked_by,
            basis=data.basis,
            asked_on=data.asked_on,
            paper_number=" ".join(data.paper_number.split()),
            due_on=domain.due_on(data.basis, data.asked_on),
            registered_by=actor.pk or UUID(int=0),
            registered_at=timezone.now(),
        )
        _record(actor, "rights.requested", request)
    return request


def drop_request(*, actor: Actor, request_id: UUID, because: str) -> Destruction:
    """Drop a request without destroying anything; the reason is one of :class:`Destruction.Dropped`.

    :raises FaultyActError: it does not wait any more.
    :raises Http404: no such request.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_see_everything_held(actor))
    with transaction.atomic():
        request = _waiting(actor, request_id)
        request.state, request.dropped_because = _State.DROPPED, because
        request.closed_by, request.closed_at = actor.pk, timezone.now()
        request.save()
        _record(actor, "rights.dropped", request)
    return request


def destroy(*, actor: Actor, request_id: UUID, confirmation: str, act_number: str = "") -> Destruction:
    """Destroy everything that the school holds on the person of a request, and make the act.

    Of pairs under an order the form, the days and the other side stay; this side becomes «Удалённое лицо № N».

    :param confirmation: the word :data:`domain.CONFIRMATION`, typed.
    :raises FaultyActError: the word is not the one; it is one's own account; an import is being read or written; a
        transfer to another school is open; the request does not wait any more.
    :raises Http404: no such request.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_destroy(actor))
    if not domain.is_confirmed(confirmation):
        sentence = _("Впишите слово «%(word)s».") % {"word": domain.CONFIRMATION}
        raise FaultyActError.of("not_confirmed", sentence, "confirmation")
    with transaction.atomic():
        hold_registers()
        request = _waiting(actor, request_id)
        person = person_for(actor=actor, person_id=request.person_id, permission="rights.destroy", lock=True)
        subject = subject_of(person)
        _refuse_hindrances(actor, subject)
        now = timezone.now()
        request.destroyed = _categories(subject)
        request.method = destroy_subject(subject, request.number, timezone.localdate(now))
        forget_archives()
        request.state, request.closed_by, request.closed_at = _State.DONE, actor.pk, now
        request.act_number = " ".join(act_number.split()) or str(request.number)
        request.act_date = timezone.localdate(now)
        request.save()
        bury(tombstone_of(request, subject, now))
        _record(actor, "rights.destroyed", request)
        announce("destruction.done", {"destruction": request.pk, "person": request.person_id})
    return request


def destroy_subject(subject: Subject, number: int, day: date) -> str:
    """Empty every table of a person, the card last; return the method, a code of :class:`Destruction.Method`.

    In the caller's transaction, registers held.
    """
    for holding in reversed(holdings()):
        if holding.destroy is not None:
            holding.destroy(subject, day)
    if pairs_of(subject).exists():
        strip_person(subject.person, number)
        return Destruction.Method.STRIPPED
    Person.objects.filter(pk=subject.person.pk).delete()
    return Destruction.Method.DESTROYED


def tombstone_of(request: Destruction, subject: Subject, now: datetime) -> Buried:
    """Return what keeps the person destroyed in restored copies: ids, and the act without names."""
    facts: dict[str, Any] = {
        name: getattr(request, name)
        for name in ("asked_by", "basis", "paper_number", "dropped_because", "act_number", "method", "destroyed")
    }
    facts |= {name: str(getattr(request, name)) for name in ("id", "person_id", "registered_by")}
    facts["closed_by"] = None if request.closed_by is None else str(request.closed_by)
    facts |= {name: getattr(request, name).isoformat() for name in ("asked_on", "due_on", "act_date")}
    facts |= {name: getattr(request, name).isoformat() for name in ("registered_at", "closed_at")}
    return Buried(require_school(), tuple(sorted(subject.ids)), request.number, now, facts)


def _categories(subject: Subject) -> list[list[Any]]:
    """Return what is about to go, as the act lists it: each category once with the number of rows."""
    counted: dict[str, int] = {}
    for holding, count in counts_of(subject):
        if holding.destroy is not None:
            counted[str(holding.category)] = counted.get(str(holding.category), 0) + count
    return [[category, count] for category, count in counted.items()]


def _refuse_hindrances(actor: Actor, subject: Subject) -> None:
    if actor.pk in subject.user_ids:
        sentence = _("Это ваша собственная учётная запись. Пусть это сделает другой директор.")
        raise FaultyActError.of("own_account", sentence)
    if Release.objects.filter(person=subject.person, settled_at__isnull=True).exists():
        sentence = _("Идёт перевод этого человека в другую школу: его карточка ждёт там. Сначала отзовите перевод.")
        raise FaultyActError.of("transfer_in_work", sentence)
    if is_import_in_work():
        sentence = _("Сейчас идёт загрузка из Excel: в её файле может быть этот человек. Дождитесь её конца.")
        raise FaultyActError.of("import_in_work", sentence)


def _waiting(actor: Actor, request_id: UUID) -> Destruction:
    request = destruction_for(actor=actor, request_id=request_id, lock=True)
    if request.state != _State.OPEN:
        raise FaultyActError.of("not_waiting", _("Запрос уже исполнен или снят."))
    return request


def _record(actor: Actor, action: str, request: Destruction) -> None:
    details = {"number": request.number, "person": str(request.person_id)}
    record(actor=actor, action=action, object_type="rights.destruction", object_id=request.pk, details=details)
