"""Endpoints of the work list."""

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
from schools.worklist import selectors, services
from schools.worklist import serializers as shapes
from schools.worklist.domain import Matter
from schools.worklist.models import Contact


class WorklistEndpoint(ApiView):
    """The work list."""

    tag = "worklist"

    @operation(
        _("Рабочий список"),
        needs=("worklist.view",),
        description=_("Сколько ждёт по каждому поводу и первые 15; остальные – в worklist/rows/."),
        answer=shapes.WorklistAnswer,
        many=True,
    )
    def get(self, actor: Actor) -> list[selectors.Waiting]:
        """Return everything that waits, by sorts, and record that it was seen."""
        found = selectors.what_waits(actor, timezone.localdate())
        record(actor=actor, action="worklist.viewed", details={"rows": sum(len(each.rows) for each in found)})
        return found


class WorklistRowsEndpoint(ApiView):
    """The work list row by row."""

    tag = "worklist"

    @operation(
        _("Рабочий список построчно"),
        needs=("worklist.view",),
        description=_("Всё, что ждёт, без ограничения по числу строк."),
        query=shapes.WaitedQuery,
        answer=shapes.WaitedAnswer,
        keyed=lambda row: row.key,
        viewed="worklist.viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> list[selectors.Waited]:
        """Return them in the order of the list."""
        matter = query.get("matter")
        return selectors.every_row(actor, timezone.localdate(), Matter(matter) if matter else None)


class RemindersEndpoint(ApiView):
    """Reminders to mentors."""

    tag = "worklist"

    @operation(_("Напомнить наставнику"), needs=("support.log",), body=shapes.ReminderBody, answer=shapes.ReminderSent)
    def post(self, actor: Actor, body: dict[str, Any]) -> dict[str, bool]:
        """Remind a pair's mentor, once a day of one matter."""
        return {"is_new": services.remind(actor=actor, pair_id=body["pair"], matter=body["matter"])}


class ContactsEndpoint(ApiView):
    """Talks with a pair."""

    tag = "worklist"

    @operation(
        _("Разговоры с парой"),
        needs=("support.log",),
        answer=shapes.ContactAnswer,
        pages=("-held_on", "pk"),
        viewed="worklist.contacts_viewed",
    )
    def get(self, actor: Actor, pair_id: UUID) -> QuerySet[Contact]:
        """Return them, the latest first."""
        return selectors.contacts_of(actor=actor, pair_id=pair_id)[1]

    @operation(
        _("Записать разговор с парой"),
        needs=("support.log",),
        body=shapes.ContactBody,
        answer=shapes.ContactAnswer,
        status=201,
    )
    def post(self, actor: Actor, pair_id: UUID, body: dict[str, Any]) -> Contact:
        """Write it down."""
        return services.log_contact(actor=actor, pair_id=pair_id, **body)


urlpatterns = [
    path("worklist/", WorklistEndpoint.as_view(), name="worklist"),
    path("worklist/rows/", WorklistRowsEndpoint.as_view(), name="worklist-rows"),
    path("worklist/reminders/", RemindersEndpoint.as_view(), name="worklist-reminders"),
    path("worklist/pairs/<uuid:pair_id>/contacts/", ContactsEndpoint.as_view(), name="worklist-contacts"),
]
