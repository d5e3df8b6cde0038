"""Endpoints of one login for one person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.accounts.models import User
from core.accounts.serializers import UserAnswer
from core.api.operations import ApiView, operation
from core.authz import Actor
from schools.people import ties
from schools.people.tie_rules import UntieReason


class AccountCardBody(serializers.Serializer[Any]):
    """Whose the account is."""

    person = serializers.UUIDField(
        help_text=_("Карточка человека. Своему входу – только карточка работника с тем же именем.")
    )


class UntieBody(serializers.Serializer[Any]):
    """Why an account is untied."""

    reason = serializers.ChoiceField(choices=[(reason.value, reason.value) for reason in UntieReason])


class JoinBody(serializers.Serializer[Any]):
    """The second account."""

    login = serializers.CharField(max_length=64, help_text=_("Логин второго входа: он закроется."))


class AccountCardEndpoint(ApiView):
    """The card of an account."""

    tag = "accounts"

    @operation(
        _("Связать вход с карточкой человека"),
        needs=("staff.manage",),
        description=_("Роли участника, которые следуют из карточки (наставник в паре, родитель), выдаются сразу."),
        body=AccountCardBody,
        answer=UserAnswer,
    )
    def put(self, actor: Actor, user_id: UUID, body: dict[str, Any]) -> User:
        """Tie the account."""
        return ties.tie_account(actor=actor, user_id=user_id, person_id=body["person"])


class AccountUntieEndpoint(ApiView):
    """The end of a tie."""

    tag = "accounts"

    @operation(_("Отвязать вход от карточки человека"), needs=("staff.manage",), body=UntieBody, answer=UserAnswer)
    def post(self, actor: Actor, user_id: UUID, body: dict[str, Any]) -> User:
        """Untie the account; never one's own."""
        return ties.untie_account(actor=actor, user_id=user_id, reason=body["reason"])


class AccountJoinEndpoint(ApiView):
    """Two accounts of one person."""

    tag = "accounts"

    @operation(
        _("Объединить два входа одного человека"),
        needs=("staff.manage",),
        description=_("Карточка и роли второго входа переходят к первому, второй закрывается."),
        body=JoinBody,
        answer=UserAnswer,
    )
    def post(self, actor: Actor, user_id: UUID, body: dict[str, Any]) -> User:
        """Make one account of two."""
        return ties.join_accounts(actor=actor, user_id=user_id, login=body["login"])


urlpatterns = [
    path("staff/<uuid:user_id>/card/", AccountCardEndpoint.as_view(), name="staff-card"),
    path("staff/<uuid:user_id>/card/untie/", AccountUntieEndpoint.as_view(), name="staff-untie"),
    path("staff/<uuid:user_id>/join/", AccountJoinEndpoint.as_view(), name="staff-join"),
]
