"""Endpoints of questionnaires."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.operations import XLSX, ApiView, File, operation
from core.audit.services import record
from core.authz import Actor
from schools.people.errors import Fault
from schools.questionnaires import copies, links, selectors, services
from schools.questionnaires import serializers as shapes
from schools.questionnaires.asking import Asking
from schools.questionnaires.models import Response, Round
from schools.questionnaires.reminding import Reminded, remind_unanswered
from schools.questionnaires.results import ItemResult, results_file, results_of
from schools.questionnaires.words import NOT_ON_SHEET
from tenants.reference.items import items_from


class TemplatesEndpoint(ApiView):
    """The questionnaires this school asks by."""

    tag = "questionnaires"

    @operation(_("Анкеты школы"), needs=("questionnaires.view",), answer=shapes.TemplateAnswer, many=True)
    def get(self, actor: Actor) -> list[copies.Offered]:
        """Return them: the region's, or the school's own in their place."""
        return copies.offered_here()


class TemplateEndpoint(ApiView):
    """One questionnaire."""

    tag = "questionnaires"

    @operation(_("Анкета"), needs=("questionnaires.view",), answer=shapes.TemplateWhole)
    def get(self, actor: Actor, code: str) -> copies.Offered:
        """Return it with its questions."""
        return copies.offered_by_code(code)

    @operation(
        _("Изменить анкету для своей школы"),
        needs=("questionnaires.templates",),
        description=_("Открытые опросы и полученные ответы остаются с прежней редакцией."),
        body=shapes.TemplateBody,
        answer=shapes.TemplateWhole,
    )
    def put(self, actor: Actor, code: str, body: dict[str, Any]) -> copies.Offered:
        """Make the school's next version."""
        copies.edit_template(actor=actor, code=code, **body)
        return copies.offered_by_code(code)

    @operation(_("Вернуть анкету региона"), needs=("questionnaires.templates",))
    def delete(self, actor: Actor, code: str) -> None:
        """Ask by the region's again."""
        copies.return_to_region(actor=actor, code=code)


class SurveysEndpoint(ApiView):
    """Rounds of asking."""

    tag = "questionnaires"

    @operation(_("Опросы"), needs=("questionnaires.view",), answer=shapes.SurveyAnswer, pages=("-opened_at", "pk"))
    def get(self, actor: Actor) -> QuerySet[Round]:
        """Return them, the latest first."""
        return selectors.with_counts(actor, selectors.rounds_visible_to(actor))

    @operation(
        _("Открыть опрос"),
        needs=("questionnaires.edit",),
        body=shapes.SurveyBody,
        answer=shapes.SurveyWhole,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> Round:
        """Open one by the questionnaire in force."""
        return _whole(actor, services.open_round(actor=actor, **body).pk)


class SurveyPreviewEndpoint(ApiView):
    """Whom a round would ask."""

    tag = "questionnaires"

    @operation(
        _("Посчитать, кого спросит опрос"),
        needs=("questionnaires.edit",),
        description=_("Ничего не открывает."),
        body=shapes.SurveyWhomBody,
        answer=shapes.SurveyPreview,
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> Asking:
        """Count them."""
        return services.preview_round(actor=actor, **body)


class SurveyEndpoint(ApiView):
    """One round."""

    tag = "questionnaires"

    @operation(_("Опрос"), needs=("questionnaires.view",), answer=shapes.SurveyWhole)
    def get(self, actor: Actor, survey_id: UUID) -> Round:
        """Return it with its questions."""
        return _whole(actor, survey_id)

    @operation(
        _("Закрыть или снова открыть опрос"),
        needs=("questionnaires.edit",),
        body=shapes.SurveyOpenBody,
        answer=shapes.SurveyWhole,
    )
    def put(self, actor: Actor, survey_id: UUID, body: dict[str, Any]) -> Round:
        """Take answers or take none."""
        services.set_round_open(actor=actor, round_id=survey_id, is_open=body["is_open"])
        return _whole(actor, survey_id)


def _whole(actor: Actor, survey_id: UUID) -> Round:
    selectors.round_for(actor=actor, round_id=survey_id)
    return selectors.with_counts(actor, selectors.rounds_visible_to(actor)).get(pk=survey_id)


class SurveyAskedEndpoint(ApiView):
    """Who is asked in a round."""

    tag = "questionnaires"

    @operation(
        _("Кого спросили"),
        needs=("questionnaires.view",),
        description=_(
            "И кто ещё не ответил; без ответов. Тех, с кем читающий в паре или на разных сторонах подбора, здесь нет."
        ),
        query=shapes.SurveyAskedQuery,
        answer=shapes.SurveyAskedAnswer,
        pages=("pk",),
        viewed="questionnaires.round_viewed",
    )
    def get(self, actor: Actor, survey_id: UUID, query: dict[str, Any]) -> QuerySet[Response]:
        """Return them."""
        asked = selectors.asked_in(actor, selectors.round_for(actor=actor, round_id=survey_id))
        return selectors.awaited(asked) if query["unanswered"] else asked


class SurveySheetEndpoint(ApiView):
    """The sheet for paper."""

    tag = "questionnaires"

    @operation(
        _("Ответы с бумаги"),
        needs=("questionnaires.edit",),
        answer=shapes.SurveySheetAnswer,
        pages=("pk",),
        viewed="questionnaires.answers_viewed",
    )
    def get(self, actor: Actor, survey_id: UUID) -> QuerySet[Response]:
        """Return its rows; of those who answer themselves without answers."""
        asked = selectors.round_for(actor=actor, round_id=survey_id, permission="questionnaires.edit")
        return selectors.asked_in(actor, asked, "questionnaires.edit")

    @operation(
        _("Записать ответы с бумаги"),
        needs=("questionnaires.edit",),
        description=_(
            "Полные анкеты отправляются, остальные остаются черновиками. Ответивших сами это не меняет: их строки "
            "и строки не этого опроса перечислены в refused."
        ),
        body=shapes.SurveySheetBody,
        answer=shapes.SurveySheetResult,
    )
    def put(self, actor: Actor, survey_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
        """Enter rows of one round."""
        asked = selectors.round_for(actor=actor, round_id=survey_id, permission="questionnaires.edit")
        rows = {row["response"]: row["answers"] for row in body["rows"]}
        seen = {row["response"]: row["revision"] for row in body["rows"] if row["revision"] is not None}
        here = set(asked.responses.filter(pk__in=list(rows)).values_list("pk", flat=True))
        typed = {key: typed for key, typed in rows.items() if key in here}
        submitted, refused = services.answer_from_paper(actor=actor, rows=typed, seen=seen)
        refused |= {key: [Fault("gone", str(NOT_ON_SHEET))] for key in rows if key not in here}
        faults = [
            {"response": key, "faults": {fault.field: fault.sentence for fault in found}}
            for key, found in refused.items()
        ]
        return {"submitted": submitted, "refused": faults}


class SurveyLinkEndpoint(ApiView):
    """The personal link of one sheet of answers."""

    tag = "questionnaires"

    @operation(
        _("Выдать личную ссылку на анкету"),
        needs=("questionnaires.edit",),
        description=_("Ссылка видна один раз; прежняя перестаёт действовать. Она открывает только эту анкету."),
        answer=shapes.SurveyLink,
        status=201,
        secrets=("url",),
    )
    def post(self, actor: Actor, response_id: UUID) -> dict[str, Any]:
        """Make one and tell it once."""
        issued = links.issue_link(actor=actor, response_id=response_id)
        url = self.request.build_absolute_uri(reverse("answer:open", kwargs={"token": issued.token}))
        return {"url": url, "expires_at": issued.expires_at}

    @operation(_("Отозвать личную ссылку"), needs=("questionnaires.edit",))
    def delete(self, actor: Actor, response_id: UUID) -> None:
        """End it at once."""
        links.revoke_link(actor=actor, response_id=response_id)


class SurveyReopenEndpoint(ApiView):
    """Answers that are sent back."""

    tag = "questionnaires"

    @operation(
        _("Вернуть отправленную анкету для исправления"),
        needs=("questionnaires.edit",),
        description=_("До новой отправки в итогах остаются прежние ответы. При причине paper ответы вносят с бумаги."),
        body=shapes.SurveyReopenBody,
        answer=shapes.SurveyAskedAnswer,
    )
    def post(self, actor: Actor, response_id: UUID, body: dict[str, Any]) -> Response:
        """Send them back."""
        return services.reopen_response(actor=actor, response_id=response_id, reason=body["reason"])


class SurveyRemindersEndpoint(ApiView):
    """Reminders to whoever has not answered."""

    tag = "questionnaires"

    @operation(
        _("Напомнить всем, кто не ответил"),
        needs=("questionnaires.edit",),
        description=_("Напоминание встаёт на главную страницу участника; одному человеку – не чаще раза в день."),
        answer=shapes.SurveyReminded,
    )
    def post(self, actor: Actor, survey_id: UUID) -> Reminded:
        """Remind them."""
        return remind_unanswered(actor=actor, round_id=survey_id)


class SurveyResultsEndpoint(ApiView):
    """What a round says."""

    tag = "questionnaires"

    @operation(
        _("Итоги опроса"),
        needs=("questionnaires.view",),
        description=_("Среднее, счёт вариантов и свободные ответы по тем анкетам, что доступны читающему."),
        answer=shapes.SurveyItemResult,
        many=True,
        viewed="questionnaires.results_viewed",
    )
    def get(self, actor: Actor, survey_id: UUID) -> list[ItemResult]:
        """Return them, question by question."""
        row = selectors.round_for(actor=actor, round_id=survey_id)
        return results_of(items_from(row.template.items), selectors.sent_in(actor, row))


class SurveyResultsExportEndpoint(ApiView):
    """What a round says as a workbook."""

    tag = "questionnaires"

    @operation(_("Итоги опроса в Excel"), needs=("questionnaires.view",), gives=XLSX)
    def get(self, actor: Actor, survey_id: UUID) -> File:
        """Return the workbook and record the export."""
        row = selectors.round_for(actor=actor, round_id=survey_id)
        file = results_file(row, selectors.sent_in(actor, row), timezone.localdate())
        details = {"round": str(row.pk), "rows": file.rows}
        record(actor=actor, action="questionnaires.results_exported", details=details)
        return File(file.name, file.content)


class OwnSurveysEndpoint(ApiView):
    """What one is asked oneself."""

    tag = "questionnaires"

    @operation(_("Мои анкеты"), needs=("participation.view",), answer=shapes.OwnSurveyAnswer, pages=("pk",))
    def get(self, actor: Actor) -> QuerySet[Response]:
        """Return them."""
        return selectors.own_responses(actor)


class OwnSurveyEndpoint(ApiView):
    """One questionnaire of one's own."""

    tag = "questionnaires"

    @operation(_("Моя анкета"), needs=("participation.view",), answer=shapes.OwnSurveyWhole)
    def get(self, actor: Actor, response_id: UUID) -> Response:
        """Return it and record that it was seen."""
        row = selectors.own_response_for(actor=actor, response_id=response_id)
        record(
            actor=actor,
            action="questionnaires.own_viewed",
            object_type="questionnaires.response",
            object_id=row.pk,
        )
        return row

    @operation(
        _("Сохранить черновик анкеты"),
        needs=("participation.view",),
        description=_("Сохраняется то, что подходит; остальное пропускается."),
        body=shapes.OwnSurveyBody,
        answer=shapes.OwnSurveyAnswer,
    )
    def put(self, actor: Actor, response_id: UUID, body: dict[str, Any]) -> Response:
        """Keep a draft."""
        given = {"typed": body["answers"], "seen": body["version"]}
        return services.answer_own(actor=actor, response_id=response_id, is_final=False, **given)

    @operation(
        _("Отправить анкету"),
        needs=("participation.view",),
        body=shapes.OwnSurveyBody,
        answer=shapes.OwnSurveyAnswer,
    )
    def post(self, actor: Actor, response_id: UUID, body: dict[str, Any]) -> Response:
        """Send the answers."""
        given = {"typed": body["answers"], "seen": body["version"]}
        return services.answer_own(actor=actor, response_id=response_id, is_final=True, **given)


urlpatterns = [
    path("questionnaires/templates/", TemplatesEndpoint.as_view(), name="survey-templates"),
    path("questionnaires/templates/<slug:code>/", TemplateEndpoint.as_view(), name="survey-template"),
    path("questionnaires/", SurveysEndpoint.as_view(), name="surveys"),
    path("questionnaires/preview/", SurveyPreviewEndpoint.as_view(), name="survey-preview"),
    path("questionnaires/own/", OwnSurveysEndpoint.as_view(), name="own-surveys"),
    path("questionnaires/own/<uuid:response_id>/", OwnSurveyEndpoint.as_view(), name="own-survey"),
    path("questionnaires/sheets/<uuid:response_id>/link/", SurveyLinkEndpoint.as_view(), name="survey-link"),
    path("questionnaires/sheets/<uuid:response_id>/reopen/", SurveyReopenEndpoint.as_view(), name="survey-reopen"),
    path("questionnaires/<uuid:survey_id>/", SurveyEndpoint.as_view(), name="survey"),
    path("questionnaires/<uuid:survey_id>/asked/", SurveyAskedEndpoint.as_view(), name="survey-asked"),
    path("questionnaires/<uuid:survey_id>/sheet/", SurveySheetEndpoint.as_view(), name="survey-sheet"),
    path("questionnaires/<uuid:survey_id>/reminders/", SurveyRemindersEndpoint.as_view(), name="survey-reminders"),
    path("questionnaires/<uuid:survey_id>/results/", SurveyResultsEndpoint.as_view(), name="survey-results"),
    path(
        "questionnaires/<uuid:survey_id>/results/export/", SurveyResultsExportEndpoint.as_view(), name="survey-export"
    ),
]
