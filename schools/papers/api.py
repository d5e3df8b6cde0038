"""Endpoints of papers."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Version
from core.api.operations import ApiView, File, operation
from core.authz import Actor
from core.papers import MEDIA, Way
from schools.papers import attachment_api, consent_services, requisites, services
from schools.papers.models import Requisites
from schools.people.editions import edition_of


def _order_endpoints(way: Way, words: str) -> tuple[type[ApiView], type[ApiView]]:
    """Return the endpoints of an order and of the order for the drafts, written in a way."""

    class OrderPaperEndpoint(ApiView):
        """An order as a document."""

        tag = "orders"
        label = f"OrderPaper{way.title()}"

        @operation(_("Приказ в %(way)s") % {"way": words}, needs=("orders.view",), gives=MEDIA[way])
        def get(self, actor: Actor, order_id: UUID) -> File:
            """Return the order with the pairs the actor sees."""
            content = services.order_file(actor=actor, school=_title(self), order_id=order_id, way=way)
            return File(f"prikaz.{way}", content)

    class DraftOrderPaperEndpoint(ApiView):
        """The order for the drafts."""

        tag = "orders"
        label = f"DraftOrderPaper{way.title()}"

        @operation(
            _("Проект приказа в %(way)s") % {"way": words},
            needs=("orders.approve", "orders.record_signed"),
            gives=MEDIA[way],
        )
        def get(self, actor: Actor) -> File:
            """Return the order for all drafts, with blanks for number and date."""
            return File(f"prikaz.{way}", services.draft_order_file(actor=actor, school=_title(self), way=way))

    return OrderPaperEndpoint, DraftOrderPaperEndpoint


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


def _consent_endpoints(way: Way, words: str) -> tuple[type[ApiView], type[ApiView]]:
    """Return the endpoints of one person's consent document and of a class's, written in a way."""

    class ConsentPaperEndpoint(ApiView):
        """One person's consent document."""

        tag = "consents"
        label = f"ConsentPaper{way.title()}"

        @operation(
            _("Бланк согласия в %(way)s") % {"way": words},
            needs=("consents.view",),
            query=ConsentPaperQuery,
            gives=MEDIA[way],
        )
        def get(self, actor: Actor, person_id: UUID, query: dict[str, Any]) -> File:
            """Return the document to be printed and signed."""
            content = consent_services.consent_file(
                actor=actor, school=_title(self), person_id=person_id, kind=query["kind"], way=way
            )
            return File(f"soglasie.{way}", content)

    class ClassConsentsPaperEndpoint(ApiView):
        """The consent documents of a class."""

        tag = "consents"
        label = f"ClassConsentsPaper{way.title()}"

        @operation(
            _("Бланки согласий класса в %(way)s") % {"way": words},
            needs=("consents.edit",),
            query=ClassConsentsQuery,
            gives=MEDIA[way],
        )
        def get(self, actor: Actor, query: dict[str, Any]) -> File:
            """Return the documents in one file, each on a page of its own."""
            content = consent_services.class_consents_file(actor=actor, school=_title(self), way=way, **query)
            return File(f"soglasiya.{way}", content)

    return ConsentPaperEndpoint, ClassConsentsPaperEndpoint


class OwnConsentPaperEndpoint(ApiView):
    """The consent document on oneself or one's child."""

    tag = "participation"

    @operation(
        _("Бланк своего согласия или согласия своего ребёнка"),
        needs=("participation.view",),
        query=ConsentPaperQuery,
        gives=MEDIA["pdf"],
    )
    def get(self, actor: Actor, person_id: UUID, query: dict[str, Any]) -> File:
        """Return the document to be printed and signed at home."""
        content = consent_services.own_consent_file(
            actor=actor, school=_title(self), person_id=person_id, kind=query["kind"], way="pdf"
        )
        return File("soglasie.pdf", content)


class RequisitesBody(serializers.Serializer[Requisites]):
    """What is to stand on the school's papers."""

    full_name = serializers.CharField(max_length=300, allow_blank=True, help_text=_("Пусто: название из реестра."))
    address = serializers.CharField(max_length=300, allow_blank=True)
    place = serializers.CharField(max_length=120, allow_blank=True, help_text=_("Место издания приказов."))
    director_post = serializers.CharField(max_length=120, allow_blank=True)
    director_name = serializers.CharField(
        max_length=300, allow_blank=True, help_text=_("ФИО руководителя в именительном падеже.")
    )


class RequisitesChange(RequisitesBody):
    """The requisites as they are to be from now on."""

    version = Version()


class RequisitesShape(RequisitesBody):
    """What stands on the school's papers."""

    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете реквизиты."))

    def get_version(self, row: Requisites) -> str:
        """Return the edition of the requisites."""
        return edition_of(requisites.requisites_values(row))


class RequisitesEndpoint(ApiView):
    """The school's requisites."""

    tag = "programme"

    @operation(_("Реквизиты школы"), needs=("programme.edit",), answer=RequisitesShape)
    def get(self, actor: Actor) -> Requisites:
        """Return them; empty when nobody has typed them."""
        return requisites.requisites_of_school()

    @operation(_("Изменить реквизиты школы"), needs=("programme.edit",), body=RequisitesChange, answer=RequisitesShape)
    def put(self, actor: Actor, body: dict[str, Any]) -> Requisites:
        """Set all of them."""
        return requisites.set_requisites(actor=actor, seen=body.pop("version"), **body)


def _title(view: ApiView) -> str:
    return str(cast("Any", view.request).school.title)


def _routes() -> list[Any]:
    routes = [
        path("requisites/", RequisitesEndpoint.as_view(), name="requisites"),
        path(
            "participation/people/<uuid:person_id>/consent.pdf",
            OwnConsentPaperEndpoint.as_view(),
            name="own-consent-paper",
        ),
    ]
    ways: tuple[tuple[Way, str], ...] = (("docx", "Word"), ("pdf", "PDF"))
    for way, words in ways:
        order, draft = _order_endpoints(way, words)
        consent, room = _consent_endpoints(way, words)
        # Names of the first way carry no ending: clients know them.
        end = "" if way == "docx" else f"-{way}"
        routes += [
            path(f"consents/class.{way}", room.as_view(), name=f"class-consents-paper{end}"),
            path(f"people/<uuid:person_id>/consents/paper.{way}", consent.as_view(), name=f"consent-paper{end}"),
            path(f"orders/draft.{way}", draft.as_view(), name=f"order-draft-paper{end}"),
            path(f"orders/<uuid:order_id>/paper.{way}", order.as_view(), name=f"order-paper{end}"),
        ]
    return routes


urlpatterns = [*_routes(), *attachment_api.urlpatterns]
