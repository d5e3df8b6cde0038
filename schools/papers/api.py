"""Endpoints of papers."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.operations import ApiView, File, operation
from core.authz import Actor
from core.papers import DOCX
from schools.papers import consent_services, requisites, services
from schools.papers.models import Requisites

_NAME = "prikaz.docx"


class OrderPaperEndpoint(ApiView):
    """An order as a document."""

    tag = "orders"

    @operation(_("Приказ в Word"), needs=("orders.view",), gives=DOCX)
    def get(self, actor: Actor, order_id: UUID) -> File:
        """Return the order with the pairs the actor sees."""
        school = cast("Any", self.request).school.title
        return File(_NAME, services.order_docx(actor=actor, school=school, order_id=order_id))


class DraftOrderPaperEndpoint(ApiView):
    """The order for the drafts."""

    tag = "orders"

    @operation(_("Проект приказа в Word"), needs=("orders.approve", "orders.record_signed"), gives=DOCX)
    def get(self, actor: Actor) -> File:
        """Return the order for all drafts, with blanks for number and date."""
        school = cast("Any", self.request).school.title
        return File(_NAME, services.draft_order_docx(actor=actor, school=school))


class ConsentPaperQuery(serializers.Serializer[Any]):
    """Which document."""

    kind = serializers.SlugField(default="processing", required=False, help_text=_("Обозначение вида согласия."))


class ClassConsentsQuery(ConsentPaperQuery):
    """Which documents: of a page of the sheet, at most 60 people."""

    room = serializers.CharField(
        default="", required=False, help_text=_("Номер класса; adults – педагоги и сотрудники; пусто – первый класс.")
    )
    missing = serializers.BooleanField(
        default=False, required=False, help_text=_("Только те, у кого согласие не действует.")
    )
    page = serializers.IntegerField(default=1, required=False, min_value=1, max_value=999)


class ConsentPaperEndpoint(ApiView):
    """One person's consent document."""

    tag = "consents"

    @operation(_("Бланк согласия в Word"), needs=("consents.view",), query=ConsentPaperQuery, gives=DOCX)
    def get(self, actor: Actor, person_id: UUID, query: dict[str, Any]) -> File:
        """Return the document to be printed and signed."""
        school = cast("Any", self.request).school.title
        content = consent_services.consent_docx(actor=actor, school=school, person_id=person_id, kind=query["kind"])
        return File("soglasie.docx", content)


class ClassConsentsPaperEndpoint(ApiView):
    """The consent documents of a class."""

    tag = "consents"

    @operation(_("Бланки согласий класса в Word"), needs=("consents.edit",), query=ClassConsentsQuery, gives=DOCX)
    def get(self, actor: Actor, query: dict[str, Any]) -> File:
        """Return the documents in one file, each on a page of its own."""
        school = cast("Any", self.request).school.title
        return File("soglasiya.docx", consent_services.class_consents_docx(actor=actor, school=school, **query))


class RequisitesShape(serializers.Serializer[Requisites]):
    """What stands on the school's papers."""

    full_name = serializers.CharField(max_length=300, allow_blank=True, help_text=_("Пусто: название из реестра."))
    address = serializers.CharField(max_length=300, allow_blank=True)
    place = serializers.CharField(max_length=120, allow_blank=True, help_text=_("Место издания приказов."))
    director_post = serializers.CharField(max_length=120, allow_blank=True)
    director_name = serializers.CharField(
        max_length=300, allow_blank=True, help_text=_("ФИО руководителя в именительном падеже.")
    )


class RequisitesEndpoint(ApiView):
    """The school's requisites."""

    tag = "programme"

    @operation(_("Реквизиты школы"), needs=("programme.edit",), answer=RequisitesShape)
    def get(self, actor: Actor) -> Requisites:
        """Return them; empty when nobody has typed them."""
        return requisites.requisites_of_school()

    @operation(_("Изменить реквизиты школы"), needs=("programme.edit",), body=RequisitesShape, answer=RequisitesShape)
    def put(self, actor: Actor, body: dict[str, Any]) -> Requisites:
        """Set all of them."""
        return requisites.set_requisites(actor=actor, **body)


urlpatterns = [
    path("requisites/", RequisitesEndpoint.as_view(), name="requisites"),
    path("consents/class.docx", ClassConsentsPaperEndpoint.as_view(), name="class-consents-paper"),
    path("people/<uuid:person_id>/consents/paper.docx", ConsentPaperEndpoint.as_view(), name="consent-paper"),
    path("orders/draft.docx", DraftOrderPaperEndpoint.as_view(), name="order-draft-paper"),
    path("orders/<uuid:order_id>/paper.docx", OrderPaperEndpoint.as_view(), name="order-paper"),
]
