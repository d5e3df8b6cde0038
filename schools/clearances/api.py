"""Endpoints of papers of mentors from outside."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.operations import XLSX, ApiView, File, operation
from core.audit.services import record
from core.authz import Actor
from schools.clearances import selectors, services
from schools.clearances import serializers as shapes
from schools.clearances.domain import Rule
from schools.clearances.listing import clearances_file, narrowed, under
from schools.clearances.models import Clearance
from schools.clearances.selectors import Checklist
from schools.people.editions import edition_of


def _found(actor: Actor, query: dict[str, Any]) -> list[Checklist]:
    return under(narrowed(actor, query, timezone.localdate()), query.get("show", ""))


def _key(found: Checklist) -> str:
    return str(found.person.pk)


def _file(actor: Actor, chosen: dict[str, Any]) -> File:
    file = clearances_file(_found(actor, chosen), timezone.localdate())
    record(actor=actor, action="clearances.exported", details={"rows": file.people})
    return File(file.name, file.content)


def _seen(actor: Actor, person_id: UUID) -> None:
    record(actor=actor, action="clearances.person_viewed", object_type="people.person", object_id=person_id)


class ClearancesEndpoint(ApiView):
    """Checklists of mentors from outside."""

    tag = "clearances"

    @operation(
        _("Допуски наставников не из школы"),
        needs=("clearances.view",),
        query=shapes.ClearancesQuery,
        answer=shapes.ChecklistAnswer,
        keyed=_key,
        viewed="clearances.list_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> list[Checklist]:
        """Return the checklists that the actor sees."""
        return _found(actor, query)


class ClearancesSearchEndpoint(ApiView):
    """Checklists by name."""

    tag = "clearances"

    @operation(
        _("Найти допуски по имени"),
        needs=("clearances.view",),
        description=_("По имени ищут среди всех, кто не из школы. Имя передаётся в теле запроса."),
        body=shapes.ClearancesSearch,
        answer=shapes.ChecklistAnswer,
        keyed=_key,
        viewed="clearances.list_viewed",
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> list[Checklist]:
        """Return the checklists of those whose name holds every word."""
        return _found(actor, body)


class ClearancesExportEndpoint(ApiView):
    """Checklists as a workbook."""

    tag = "clearances"

    @operation(_("Допуски в Excel"), needs=("clearances.view",), query=shapes.ClearancesQuery, gives=XLSX)
    def get(self, actor: Actor, query: dict[str, Any]) -> File:
        """Return the workbook and record the export."""
        return _file(actor, query)

    @operation(
        _("Допуски в Excel по имени"),
        needs=("clearances.view",),
        description=_("Отбор тот же, что у списка; имя передаётся в теле запроса, чтобы не попасть в адрес."),
        body=shapes.ClearancesExport,
        gives=XLSX,
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> File:
        """Return the workbook and record the export."""
        return _file(actor, body)


class ClearanceRulesEndpoint(ApiView):
    """What the school has decided."""

    tag = "clearances"

    @operation(_("Какие документы нужны"), needs=("clearances.view",), answer=shapes.ClearanceRulesAnswer)
    def get(self, actor: Actor) -> dict[str, Any]:
        """Return what holds for each kind of paper and of person."""
        return _rules(selectors.rules_now())

    @operation(
        _("Решить, какие документы нужны"),
        needs=("clearances.decide",),
        body=shapes.ClearanceRulesBody,
        answer=shapes.ClearanceRulesAnswer,
    )
    def put(self, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Decide for the named kinds of paper, each for one kind of person or for all."""
        rules = {
            selectors.cell_of(row["kind"], row["mentor_kind"]) if row["mentor_kind"] else row["kind"]: row["rule"]
            for row in body["rules"]
        }
        return _rules(services.decide_rules(actor=actor, rules=rules, seen=body["version"]))


def _rules(rules: dict[str, Rule]) -> dict[str, Any]:
    rows = [
        dict(zip(("kind", "mentor_kind"), cell.split("."), strict=True), rule=rule.value)
        for cell, rule in rules.items()
    ]
    return {"rules": rows, "version": edition_of(rules)}


class OwnClearancesEndpoint(ApiView):
    """One's own checklist."""

    tag = "clearances"

    @operation(_("Свой допуск"), needs=("participation.view",), answer=shapes.ClearanceLine, many=True)
    def get(self, actor: Actor) -> list[selectors.Line]:
        """Return what the school asks of the reader; nothing of who is no mentor from outside."""
        found = selectors.own_checklist(actor, timezone.localdate())
        return [] if found is None else found.lines


class PersonClearancesEndpoint(ApiView):
    """The papers of a person."""

    tag = "clearances"

    @operation(_("Допуск человека"), needs=("clearances.view",), answer=shapes.PersonClearancesAnswer)
    def get(self, actor: Actor, person_id: UUID) -> dict[str, Any]:
        """Return the checklist and every paper, and record that they were seen."""
        person = selectors.person_with_clearances(actor=actor, person_id=person_id)
        found = selectors.checklist_of(person, timezone.localdate())
        _seen(actor, person.pk)
        return {
            "person": person,
            "blocking": found.blocking,
            "lines": found.lines,
            "papers": selectors.papers_of(person),
        }

    @operation(
        _("Записать документ для допуска"),
        needs=("clearances.edit",),
        body=shapes.NewClearanceBody,
        answer=shapes.ClearanceAnswer,
        status=201,
    )
    def post(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> Clearance:
        """Record a paper that lies in the school."""
        kind = body.pop("kind")
        return services.record_clearance(actor=actor, person_id=person_id, kind=kind, data=services.PaperData(**body))


class ClearanceEndpoint(ApiView):
    """One paper."""

    tag = "clearances"

    @operation(_("Документ для допуска"), needs=("clearances.view",), answer=shapes.ClearanceAnswer)
    def get(self, actor: Actor, clearance_id: UUID) -> Clearance:
        """Return it and record that it was seen."""
        row = selectors.clearance_for(actor=actor, clearance_id=clearance_id)
        _seen(actor, row.person_id)
        return row

    @operation(
        _("Исправить запись о документе"),
        needs=("clearances.edit",),
        body=shapes.ClearanceCorrection,
        answer=shapes.ClearanceAnswer,
    )
    def put(self, actor: Actor, clearance_id: UUID, body: dict[str, Any]) -> Clearance:
        """Mend a slip; the former wording is kept."""
        seen = body.pop("version")
        data = services.PaperData(**body)
        return services.correct_clearance(actor=actor, clearance_id=clearance_id, data=data, seen=seen)


class ClearanceEndEndpoint(ApiView):
    """The end of a paper."""

    tag = "clearances"

    @operation(
        _("Прекратить действие документа"),
        needs=("clearances.edit",),
        body=shapes.ClearanceEndBody,
        answer=shapes.ClearanceAnswer,
    )
    def put(self, actor: Actor, clearance_id: UUID, body: dict[str, Any]) -> Clearance:
        """Say from which day it is not in force; again: correct it."""
        return services.withdraw_clearance(actor=actor, clearance_id=clearance_id, **body)


urlpatterns = [
    path("clearances/", ClearancesEndpoint.as_view(), name="clearances"),
    path("clearances/search/", ClearancesSearchEndpoint.as_view(), name="clearances-search"),
    path("clearances/export/", ClearancesExportEndpoint.as_view(), name="clearances-export"),
    path("clearances/rules/", ClearanceRulesEndpoint.as_view(), name="clearances-rules"),
    path("clearances/own/", OwnClearancesEndpoint.as_view(), name="clearances-own"),
    path("clearances/<uuid:clearance_id>/", ClearanceEndpoint.as_view(), name="clearance"),
    path("clearances/<uuid:clearance_id>/withdrawal/", ClearanceEndEndpoint.as_view(), name="clearance-withdrawal"),
    path("people/<uuid:person_id>/clearances/", PersonClearancesEndpoint.as_view(), name="person-clearances"),
]
