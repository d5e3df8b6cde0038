"""Endpoints of orders about access to schools."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.operations import ApiView, operation
from core.authz import Actor
from tenants.access import services
from tenants.access.models import AccessOrder
from tenants.access.selectors import SEEN_BY, order_for, orders_visible_to
from tenants.registry.selectors import school_visible_to


class AccessOrderAnswer(serializers.Serializer[AccessOrder]):
    """An order; whether the school has carried it out, the region does not learn."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AccessOrder.Kind.choices)
    school = serializers.UUIDField(source="school_id")
    role = serializers.CharField()
    reason = serializers.CharField()
    requested_by = serializers.UUIDField()
    requested_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    confirmed_by = serializers.UUIDField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)


class OrderWithCodeAnswer(serializers.Serializer[services.OrderWithCode]):
    """An order with its code, told once."""

    order = AccessOrderAnswer()
    code = serializers.CharField(help_text=_("Виден только в этом ответе; вводят его на сайте школы."))


class SchoolInvitationBody(serializers.Serializer[Any]):
    """Who is invited to which school."""

    school = serializers.UUIDField()
    role = serializers.ChoiceField(choices=[(role, role) for role in services.INVITED_ROLES])


class TemporaryAccessBody(serializers.Serializer[Any]):
    """Why and for how long."""

    school = serializers.UUIDField()
    reason = serializers.CharField(max_length=500, help_text=_("Её увидит директор школы. Без имён."))
    hours = serializers.IntegerField(min_value=1, max_value=services.LONGEST_ACCESS_HOURS)


class DirectorResetBody(serializers.Serializer[Any]):
    """Whose phone was lost."""

    school = serializers.UUIDField()
    login = serializers.CharField(max_length=64)
    reason = serializers.CharField(max_length=500)


class AccessOrdersEndpoint(ApiView):
    """Orders."""

    tag = "access"

    @operation(
        _("Распоряжения о доступе в школы"), needs=SEEN_BY, answer=AccessOrderAnswer, pages=("-requested_at", "pk")
    )
    def get(self, actor: Actor) -> QuerySet[AccessOrder]:
        """Return the orders, newest first."""
        return orders_visible_to(actor)


class SchoolInvitationsEndpoint(ApiView):
    """Invitations to schools."""

    tag = "access"

    @operation(
        _("Пригласить директора или координатора школы"),
        needs=("schools.invite",),
        body=SchoolInvitationBody,
        answer=OrderWithCodeAnswer,
        status=201,
        secrets=("code",),
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> services.OrderWithCode:
        """Invite; the code is told once."""
        school = school_visible_to(actor, body["school"])
        return services.invite_to_school(actor=actor, school_id=school.pk, role=body["role"])


class TemporaryAccessEndpoint(ApiView):
    """Temporary access."""

    tag = "access"

    @operation(
        _("Открыть временный доступ на сайт школы"),
        needs=("schools.break_glass",),
        body=TemporaryAccessBody,
        answer=OrderWithCodeAnswer,
        status=201,
        secrets=("code",),
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> services.OrderWithCode:
        """Open it; the director sees it and may end it."""
        school = school_visible_to(actor, body["school"])
        return services.open_temporary_access(
            actor=actor, school_id=school.pk, reason=body["reason"], hours=body["hours"]
        )


class DirectorResetsEndpoint(ApiView):
    """A director's lost second factor."""

    tag = "access"

    @operation(
        _("Запросить сброс второго фактора директора"),
        needs=("schools.reset_director",),
        body=DirectorResetBody,
        answer=AccessOrderAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> AccessOrder:
        """Ask; another administrator must confirm within a day."""
        school = school_visible_to(actor, body["school"])
        return services.request_director_reset(
            actor=actor, school_id=school.pk, login=body["login"], reason=body["reason"]
        )


class AccessConfirmationEndpoint(ApiView):
    """The second administrator's word."""

    tag = "access"

    @operation(
        _("Подтвердить сброс, который запросил другой администратор"),
        needs=("schools.reset_director",),
        answer=AccessOrderAnswer,
    )
    def post(self, actor: Actor, order_id: UUID) -> AccessOrder:
        """Confirm it and hand it to the school.

        :raises Http404: no such order.
        """
        order_for(actor=actor, order_id=order_id)
        return services.confirm_director_reset(actor=actor, order_id=order_id)


urlpatterns = [
    path("access-orders/", AccessOrdersEndpoint.as_view(), name="access-orders"),
    path("access-orders/invitations/", SchoolInvitationsEndpoint.as_view(), name="school-invitations"),
    path("access-orders/temporary/", TemporaryAccessEndpoint.as_view(), name="temporary-access"),
    path("access-orders/director-resets/", DirectorResetsEndpoint.as_view(), name="director-resets"),
    path("access-orders/<uuid:order_id>/confirm/", AccessConfirmationEndpoint.as_view(), name="access-confirm"),
]
