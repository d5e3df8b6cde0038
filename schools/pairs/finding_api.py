"""Endpoints by which pairs, and pupils without one, are listed, searched by name and exported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.operations import XLSX, ApiView, File, operation
from core.audit.services import record
from core.authz import Actor
from schools.pairs import selectors
from schools.pairs import serializers as shapes
from schools.pairs.domain import PairState
from schools.pairs.export import pairs_file
from schools.pairs.models import Pair
from schools.people.models import Person
from schools.people.serializers import PersonInList


def shown(rows: QuerySet[Pair]) -> QuerySet[Pair]:
    """Annotate with states and load what is shown, in a constant number of queries."""
    return selectors.with_people(selectors.with_state(rows, timezone.localdate()))


def found_pairs(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[Pair]:
    """Return the pairs that the actor sees: of a form, in a class, in a state, of a person, of somebody named so."""
    rows = selectors.pairs_named(selectors.pairs_visible_to(actor), chosen.get("q", ""))
    if chosen.get("form"):
        rows = rows.filter(form_code=chosen["form"])
    if chosen.get("room"):
        rows = selectors.pairs_in_class(rows, chosen["room"], timezone.localdate())
    if person := chosen.get("person"):
        rows = rows.filter(Q(mentor=person) | Q(mentee=person))
    state = chosen.get("state")
    return selectors.in_states(shown(rows), [PairState(state)] if state else [])


def _file(actor: Actor, chosen: Mapping[str, Any]) -> File:
    rows = found_pairs(actor, chosen).order_by("mentor__folded_name", "mentee__folded_name", "pk")
    file = pairs_file(rows, timezone.localdate())
    record(actor=actor, action="pairs.exported", details={"rows": file.rows})
    return File(file.name, file.content)


class PairsSearchEndpoint(ApiView):
    """Pairs by name."""

    tag = "pairs"

    @operation(
        _("Найти пары по имени участника"),
        needs=("pairs.view",),
        description=_("Имя передаётся в теле запроса, чтобы не попасть в адрес."),
        body=shapes.PairSearch,
        answer=shapes.PairAnswer,
        pages=("pk",),
        viewed="pairs.list_viewed",
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> QuerySet[Pair]:
        """Return the pairs in which the name of one of the two holds every word."""
        return found_pairs(actor, body)


class PairsExportEndpoint(ApiView):
    """Pairs as a workbook."""

    tag = "pairs"

    @operation(_("Пары в Excel"), needs=("pairs.view",), query=shapes.PairQuery, gives=XLSX)
    def get(self, actor: Actor, query: dict[str, Any]) -> File:
        """Return the workbook and record the export."""
        return _file(actor, query)

    @operation(
        _("Пары в Excel по имени участника"),
        needs=("pairs.view",),
        description=_("Отбор тот же, что у списка; имя передаётся в теле запроса, чтобы не попасть в адрес."),
        body=shapes.PairExport,
        gives=XLSX,
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> File:
        """Return the workbook and record the export."""
        return _file(actor, body)


class UnpairedEndpoint(ApiView):
    """Pupils without a mentor."""

    tag = "pairs"

    @operation(
        _("Обучающиеся без наставника"),
        needs=("pairs.unpaired_view",),
        query=shapes.UnpairedQuery,
        answer=PersonInList,
        pages=("pk",),
        viewed="pairs.unpaired_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[Person]:
        """Return the pupils enrolled today who stand as mentees in no pair."""
        return selectors.unpaired_mentees(actor=actor, class_id=query.get("room"))


class UnpairedSearchEndpoint(ApiView):
    """Pupils without a mentor by name."""

    tag = "pairs"

    @operation(
        _("Найти обучающихся без наставника по имени"),
        needs=("pairs.unpaired_view",),
        description=_("Имя передаётся в теле запроса, чтобы не попасть в адрес."),
        body=shapes.UnpairedSearch,
        answer=PersonInList,
        pages=("pk",),
        viewed="pairs.unpaired_viewed",
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> QuerySet[Person]:
        """Return those of them whose name holds every word."""
        return selectors.unpaired_mentees(actor=actor, typed=body["q"], class_id=body.get("room"))


urlpatterns = [
    path("pairs/search/", PairsSearchEndpoint.as_view(), name="pairs-search"),
    path("pairs/export/", PairsExportEndpoint.as_view(), name="pairs-export"),
    path("pairs/unpaired/", UnpairedEndpoint.as_view(), name="unpaired"),
    path("pairs/unpaired/search/", UnpairedSearchEndpoint.as_view(), name="unpaired-search"),
]
