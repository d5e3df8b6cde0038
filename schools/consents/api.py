"""Endpoints of consents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.audit.services import record
from core.authz import Actor
from schools.consents import selectors, services
from schools.consents import serializers as shapes
from schools.consents.models import Consent
from schools.consents.sheets import SheetRow, save_sheet
from schools.people.models import Person
from schools.people.selectors import person_for
from schools.people.serializers import PersonInList


def _narrowed(rows: QuerySet[Consent], chosen: dict[str, Any]) -> QuerySet[Consent]:
    rows = selectors.consents_of_people(rows, room=chosen.get("room"), typed=chosen.get("q", ""))
    rows = rows.select_related("person")
    return rows.filter(kind=chosen["kind"]) if chosen.get("kind") else rows


def _missing(actor: Actor, chosen: dict[str, Any]) -> QuerySet[Person]:
    people = selectors.people_without_consent(actor, timezone.localdate(), chosen["kind"])
    return selectors.people_narrowed(people, room=chosen.get("room"), typed=chosen.get("q", ""))


def _seen(actor: Actor, person_id: UUID) -> None:
    record(actor=actor, action="people.person_viewed", object_type="people.person", object_id=person_id)


class ConsentsEndpoint(ApiView):
    """All consents."""

    tag = "consents"

    @operation(
        _("Согласия"),
        needs=("consents.view",),
        query=shapes.ConsentQuery,
        answer=shapes.ConsentAnswer,
        pages=("pk",),
        viewed="consents.list_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[Consent]:
        """Return the consents that the actor sees."""
        return _narrowed(selectors.consents_visible_to(actor), query)


class ConsentsToCheckEndpoint(ApiView):
    """Consents that are not enough any more."""

    tag = "consents"

    @operation(
        _("Согласия, которые пора подписать заново"),
        needs=("consents.view",),
        query=shapes.ConsentQuery,
        answer=shapes.ConsentAnswer,
        pages=("pk",),
        viewed="consents.list_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[Consent]:
        """Return the expired, and those signed by the wrong one for today's age."""
        return _narrowed(selectors.consents_to_check(actor, timezone.localdate()), query)


class ConsentsSoonEndpoint(ApiView):
    """Consents that will not be enough soon."""

    tag = "consents"

    @operation(
        _("Согласия, которые скоро закончатся"),
        description=_("В силе сегодня; в течение 60 дней заканчивается срок или исполняется 18 лет."),
        needs=("consents.view",),
        query=shapes.ConsentQuery,
        answer=shapes.ConsentAnswer,
        pages=("pk",),
        viewed="consents.list_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[Consent]:
        """Return those whose term ends or whose owner turns 18."""
        return _narrowed(selectors.consents_ending_soon(actor, timezone.localdate()), query)


class ConsentsMissingEndpoint(ApiView):
    """People without a consent."""

    tag = "consents"

    @operation(
        _("У кого нет согласия"),
        needs=("consents.view",),
        query=shapes.MissingQuery,
        answer=PersonInList,
        pages=("pk",),
        viewed="consents.list_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[Person]:
        """Return the enrolled people without one of the kind."""
        return _missing(actor, query)


class ConsentsSearchEndpoint(ApiView):
    """Consents by name."""

    tag = "consents"

    @operation(
        _("Найти согласия по имени"),
        needs=("consents.view",),
        description=_("Имя передаётся в теле запроса, чтобы не попасть в адрес."),
        body=shapes.ConsentSearch,
        answer=shapes.ConsentAnswer,
        pages=("pk",),
        viewed="consents.list_viewed",
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> QuerySet[Consent]:
        """Return the consents of those whose name holds every word."""
        day = timezone.localdate()
        match body["among"]:
            case "to-check":
                rows = selectors.consents_to_check(actor, day)
            case "soon":
                rows = selectors.consents_ending_soon(actor, day)
            case _all:
                rows = selectors.consents_visible_to(actor)
        return _narrowed(rows, body)


class ConsentsMissingSearchEndpoint(ApiView):
    """People without a consent by name."""

    tag = "consents"

    @operation(
        _("Найти по имени, у кого нет согласия"),
        needs=("consents.view",),
        description=_("Имя передаётся в теле запроса, чтобы не попасть в адрес."),
        body=shapes.MissingSearch,
        answer=PersonInList,
        pages=("pk",),
        viewed="consents.list_viewed",
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> QuerySet[Person]:
        """Return those of them whose name holds every word."""
        return _missing(actor, body)


class ConsentsPaperEndpoint(ApiView):
    """A pile of sheets."""

    tag = "consents"

    @operation(
        _("Записать стопку подписанных листов"),
        needs=("consents.edit",),
        body=shapes.PaperBody,
        answer=shapes.PaperAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> dict[str, int]:
        """Record one kind of one date for many people."""
        added = services.record_paper_consents(
            actor=actor,
            people_ids=body["people"],
            kind=body["kind"],
            given_on=body["given_on"],
            valid_until=body["valid_until"],
        )
        return {"recorded": added}


class ConsentsSheetEndpoint(ApiView):
    """The papers of a class, one row each."""

    tag = "consents"

    @operation(
        _("Внести согласия класса таблицей"),
        description=_("Все строки или ни одной. Строка без consent записывает согласие, с ним – исправляет запись."),
        needs=("consents.edit",),
        body=shapes.ConsentSheetBody,
        answer=shapes.ConsentSheetAnswer,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> dict[str, int]:
        """Record new papers and mend slips in one act."""
        rows = [_row_of(row, body["kind"]) for row in body["rows"]]
        recorded, corrected = save_sheet(actor=actor, kind=body["kind"], rows=rows)
        return {"recorded": recorded, "corrected": corrected}


def _row_of(row: dict[str, Any], kind: str) -> SheetRow:
    data = services.ConsentData(kind=kind, **{name: row[name] for name in row if name not in ("person", "consent")})
    return SheetRow(person_id=row["person"], consent_id=row["consent"], data=data)


class ConsentEndpoint(ApiView):
    """One consent."""

    tag = "consents"

    @operation(_("Согласие"), needs=("consents.view",), answer=shapes.ConsentAnswer)
    def get(self, actor: Actor, consent_id: UUID) -> Consent:
        """Return it and record that it was seen."""
        consent = selectors.consent_for(actor=actor, consent_id=consent_id)
        _seen(actor, consent.person_id)
        return consent

    @operation(
        _("Исправить запись о согласии"),
        needs=("consents.edit",),
        body=shapes.ConsentChange,
        answer=shapes.ConsentAnswer,
    )
    def put(self, actor: Actor, consent_id: UUID, body: dict[str, Any]) -> Consent:
        """Mend a slip; its purpose stays."""
        seen = body.pop("version")
        data = services.ConsentData(kind="", **body)
        return services.correct_consent(actor=actor, consent_id=consent_id, data=data, seen=seen)


class ConsentWithdrawalEndpoint(ApiView):
    """The withdrawal of a consent."""

    tag = "consents"

    @operation(
        _("Отозвать согласие"), needs=("consents.edit",), body=shapes.WithdrawalBody, answer=shapes.ConsentAnswer
    )
    def put(self, actor: Actor, consent_id: UUID, body: dict[str, Any]) -> Consent:
        """Withdraw it; again: correct the day."""
        return services.withdraw_consent(actor=actor, consent_id=consent_id, withdrawn_on=body["withdrawn_on"])


class ConsentWithdrawalUndoEndpoint(ApiView):
    """A withdrawal that was recorded by mistake."""

    tag = "consents"

    @operation(
        _("Снять отзыв, записанный по ошибке"),
        needs=("consents.edit",),
        description=_("Что отзыв завершил, само не возвращается. Отзыв самого человека или его родителя не снимают."),
        body=shapes.WithdrawalUndoBody,
        answer=shapes.ConsentAnswer,
    )
    def post(self, actor: Actor, consent_id: UUID, body: dict[str, Any]) -> Consent:
        """Let the consent stand as it did."""
        return services.undo_withdrawal(actor=actor, consent_id=consent_id, reason=body["reason"])


class PersonConsentsEndpoint(ApiView):
    """The consents of a person."""

    tag = "consents"

    @operation(_("Согласия человека"), needs=("consents.view",), answer=shapes.ConsentAnswer, many=True)
    def get(self, actor: Actor, person_id: UUID) -> list[Consent]:
        """Return them, the latest first."""
        person = person_for(actor=actor, person_id=person_id, permission="consents.view")
        _seen(actor, person.pk)
        return selectors.consents_of(person)

    @operation(
        _("Записать согласие"),
        needs=("consents.edit",),
        body=shapes.ConsentBody,
        answer=shapes.ConsentAnswer,
        status=201,
    )
    def post(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> Consent:
        """Record a consent signed on paper."""
        return services.record_consent(actor=actor, person_id=person_id, data=services.ConsentData(**body))


urlpatterns = [
    path("consents/", ConsentsEndpoint.as_view(), name="consents"),
    path("consents/missing/", ConsentsMissingEndpoint.as_view(), name="consents-missing"),
    path("consents/missing/search/", ConsentsMissingSearchEndpoint.as_view(), name="consents-missing-search"),
    path("consents/search/", ConsentsSearchEndpoint.as_view(), name="consents-search"),
    path("consents/to-check/", ConsentsToCheckEndpoint.as_view(), name="consents-to-check"),
    path("consents/soon/", ConsentsSoonEndpoint.as_view(), name="consents-soon"),
    path("consents/sheet/", ConsentsSheetEndpoint.as_view(), name="consents-sheet"),
    path("consents/paper/", ConsentsPaperEndpoint.as_view(), name="consents-paper"),
    path("consents/<uuid:consent_id>/", ConsentEndpoint.as_view(), name="consent"),
    path("consents/<uuid:consent_id>/withdrawal/", ConsentWithdrawalEndpoint.as_view(), name="consent-withdrawal"),
    path(
        "consents/<uuid:consent_id>/withdrawal/undo/",
        ConsentWithdrawalUndoEndpoint.as_view(),
        name="consent-withdrawal-undo",
    ),
    path("people/<uuid:person_id>/consents/", PersonConsentsEndpoint.as_view(), name="person-consents"),
]
