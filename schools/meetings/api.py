"""Endpoints of meetings and plans."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.operations import XLSX, ApiView, File, operation
from core.audit.services import record
from core.authz import Actor
from schools.meetings import plans, selectors, services
from schools.meetings import serializers as shapes
from schools.meetings.export import journal_file
from schools.meetings.models import Meeting, Plan
from schools.meetings.words import plan_kind_for
from schools.pairs.models import Pair
from schools.pairs.selectors import pairs_named


def _seen(actor: Actor, chosen: dict[str, Any]) -> QuerySet[Meeting]:
    pair = chosen.get("pair")
    return selectors.meetings_of_pair_seen_by(actor, pair) if pair else selectors.meetings_seen_by(actor)


def _rhythm(actor: Actor, chosen: dict[str, Any]) -> QuerySet[Pair]:
    day = timezone.localdate()
    pairs = pairs_named(selectors.pairs_by_rhythm(actor, chosen.get("rhythm", ""), day), chosen.get("q", ""))
    if chosen.get("form"):
        pairs = pairs.filter(form_code=chosen["form"])
    return selectors.with_rhythm(pairs.select_related("mentor", "mentee"), day)


class MeetingsEndpoint(ApiView):
    """Meetings."""

    tag = "meetings"

    @operation(
        _("Встречи"),
        needs=("meetings.view",),
        description=_("Встречи пар, о которых известно целиком: родителям – по адресу пары, одними днями."),
        query=shapes.MeetingsQuery,
        answer=shapes.MeetingAnswer,
        pages=("pk",),
        viewed="meetings.list_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[Meeting]:
        """Return them."""
        return _seen(actor, query)

    @operation(
        _("Записать встречу"),
        needs=("meetings.log",),
        description=_("Состоявшуюся или запланированную."),
        body=shapes.MeetingBody,
        answer=shapes.MeetingAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> Meeting:
        """Log it, or return the one that the key has logged already."""
        sent = {"pair_id": body.pop("pair"), "group_id": body.pop("group")}
        sent |= {"key": body.pop("key"), "is_another": body.pop("is_another")}
        return services.log_meeting(actor=actor, data=services.MeetingData(**body), **sent).meeting


class MeetingsExportEndpoint(ApiView):
    """The log of meetings as a workbook."""

    tag = "meetings"

    @operation(_("Журнал встреч в Excel"), needs=("meetings.view",), query=shapes.MeetingsQuery, gives=XLSX)
    def get(self, actor: Actor, query: dict[str, Any]) -> File:
        """Return the workbook and record the export."""
        file = journal_file(_seen(actor, query), timezone.localdate())
        record(actor=actor, action="meetings.exported", details={"rows": file.rows})
        return File(file.name, file.content)


class MeetingEndpoint(ApiView):
    """One meeting."""

    tag = "meetings"

    @operation(_("Встреча"), needs=("meetings.view",), answer=shapes.MeetingAnswer)
    def get(self, actor: Actor, meeting_id: UUID) -> Meeting:
        """Return it and record that it was seen."""
        meeting = selectors.meeting_for(actor=actor, meeting_id=meeting_id)
        record(actor=actor, action="meetings.meeting_viewed", object_type="meetings.meeting", object_id=meeting.pk)
        return meeting

    @operation(
        _("Исправить встречу"),
        needs=("meetings.log",),
        description=_("Или отметить, что стало с запланированной; прежняя запись сохраняется."),
        body=shapes.MeetingCorrectionBody,
        answer=shapes.MeetingAnswer,
    )
    def put(self, actor: Actor, meeting_id: UUID, body: dict[str, Any]) -> Meeting:
        """Correct it."""
        version = body.pop("version")
        data = services.MeetingData(**body)
        return services.correct_meeting(actor=actor, meeting_id=meeting_id, data=data, version=version)


class PairRhythmEndpoint(ApiView):
    """Pairs by their meetings."""

    tag = "meetings"

    @operation(
        _("Пары и дни их встреч"),
        needs=("meetings.view",),
        query=shapes.RhythmQuery,
        answer=shapes.RhythmAnswer,
        pages=("pk",),
        viewed="meetings.list_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[Pair]:
        """Return all, those that go on, have not met, have not met lately, or have ended."""
        return _rhythm(actor, query)


class PairRhythmSearchEndpoint(ApiView):
    """Pairs by their meetings, by name."""

    tag = "meetings"

    @operation(
        _("Найти пары и дни их встреч по имени участника"),
        needs=("meetings.view",),
        description=_("Имя передаётся в теле запроса, чтобы не попасть в адрес."),
        body=shapes.RhythmSearch,
        answer=shapes.RhythmAnswer,
        pages=("pk",),
        viewed="meetings.list_viewed",
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> QuerySet[Pair]:
        """Return those in which the name of one of the two holds every word."""
        return _rhythm(actor, body)


class PairMeetingsEndpoint(ApiView):
    """The meetings of one pair."""

    tag = "meetings"

    @operation(
        _("Дни встреч пары"),
        needs=("meetings.view",),
        description=_("И встречи её группы; то, что видят и родители."),
        answer=shapes.MeetingDays,
        pages=("pk",),
        viewed="meetings.pair_viewed",
    )
    def get(self, actor: Actor, pair_id: UUID) -> QuerySet[Meeting]:
        """Return days, kinds and states."""
        return selectors.meetings_of(selectors.pair_with_meetings(actor=actor, pair_id=pair_id))


class PairPlanEndpoint(ApiView):
    """The plan of a pair."""

    tag = "meetings"

    @operation(_("План пары"), needs=("meetings.view",), answer=shapes.PlanAnswer)
    def get(self, actor: Actor, pair_id: UUID) -> Plan:
        """Return it and record that it was seen; an empty one while there is none."""
        pair = selectors.pair_seen_whole(actor=actor, pair_id=pair_id)
        record(actor=actor, action="meetings.plan_viewed", object_type="pairs.pair", object_id=pair.pk)
        return selectors.plan_of(pair) or Plan(pair=pair, kind=plan_kind_for(pair))

    @operation(_("Записать план пары"), needs=("plans.edit",), body=shapes.PlanBody, answer=shapes.PlanAnswer)
    def put(self, actor: Actor, pair_id: UUID, body: dict[str, Any]) -> Plan:
        """Write it as a whole; the former one is kept as a version."""
        version = body.pop("version")
        return plans.write_plan(actor=actor, pair_id=pair_id, data=plans.PlanData(**body), version=version)


class PairReportEndpoint(ApiView):
    """The closing report of a pair's mentor."""

    tag = "meetings"

    @operation(
        _("Записать итоговый отчёт наставника"),
        needs=("plans.edit",),
        body=shapes.ReportBody,
        answer=shapes.PlanAnswer,
    )
    def put(self, actor: Actor, pair_id: UUID, body: dict[str, Any]) -> Plan:
        """Write it; written again, it is replaced."""
        return plans.write_report(actor=actor, pair_id=pair_id, report=body)


urlpatterns = [
    path("meetings/", MeetingsEndpoint.as_view(), name="meetings"),
    path("meetings/export/", MeetingsExportEndpoint.as_view(), name="meetings-export"),
    path("meetings/pairs/", PairRhythmEndpoint.as_view(), name="meetings-pairs"),
    path("meetings/pairs/search/", PairRhythmSearchEndpoint.as_view(), name="meetings-pairs-search"),
    path("meetings/pairs/<uuid:pair_id>/", PairMeetingsEndpoint.as_view(), name="pair-meetings"),
    path("meetings/pairs/<uuid:pair_id>/plan/", PairPlanEndpoint.as_view(), name="pair-plan"),
    path("meetings/pairs/<uuid:pair_id>/report/", PairReportEndpoint.as_view(), name="pair-report"),
    path("meetings/<uuid:meeting_id>/", MeetingEndpoint.as_view(), name="meeting"),
]
