"""Endpoints of one's own news."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.authz import Actor
from schools.notifications import preferences, selectors, services
from schools.notifications import serializers as shapes
from schools.notifications.models import Notice


class NoticesEndpoint(ApiView):
    """What one's own account was told."""

    tag = "notifications"

    @operation(_("Свои уведомления"), answer=shapes.NoticeAnswer, pages=("-at", "pk"), viewed="notifications.viewed")
    def get(self, actor: Actor) -> QuerySet[Notice]:
        """Return it, the latest first."""
        return selectors.notices_for(actor)


class NoticesSeenEndpoint(ApiView):
    """That news has been seen."""

    tag = "notifications"

    @operation(_("Отметить свои уведомления прочитанными"), answer=shapes.NoticesSeen)
    def post(self, actor: Actor) -> dict[str, int]:
        """Take note of it."""
        return {"seen": services.see_all(actor=actor)}


class ChoicesEndpoint(ApiView):
    """How one wants to be told."""

    tag = "notifications"

    @operation(_("Как мне сообщать"), answer=shapes.ChoicesAnswer)
    def get(self, actor: Actor) -> preferences.Choices:
        """Return it."""
        return preferences.choices_of(actor)

    @operation(_("Выбрать, как мне сообщать"), body=shapes.ChoicesBody, answer=shapes.ChoicesAnswer)
    def put(self, actor: Actor, body: dict[str, Any]) -> preferences.Choices:
        """Switch sorts of news on and off."""
        preferences.choose(actor=actor, **body)
        return preferences.choices_of(actor)


class AddressEndpoint(ApiView):
    """One's own address of mail."""

    tag = "notifications"

    @operation(_("Прислать ссылку на свой адрес почты"), body=shapes.AddressBody, status=204)
    def put(self, actor: Actor, body: dict[str, Any]) -> None:
        """Send a link there; until it is opened, nothing changes."""
        preferences.ask_address(actor=actor, address=body["address"])

    @operation(_("Удалить свой адрес почты"), status=204)
    def delete(self, actor: Actor) -> None:
        """Forget it."""
        preferences.forget_address(actor=actor)


class ConfirmationEndpoint(ApiView):
    """That an address is one's own."""

    tag = "notifications"

    @operation(_("Подтвердить свой адрес почты"), body=shapes.ConfirmationBody, status=204)
    def post(self, actor: Actor, body: dict[str, Any]) -> None:
        """Take the address to which the link came."""
        preferences.confirm_address(actor=actor, token=body["token"])


urlpatterns = [
    path("notifications/choices/", ChoicesEndpoint.as_view(), name="notifications-choices"),
    path("notifications/address/", AddressEndpoint.as_view(), name="notifications-address"),
    path("notifications/address/confirmation/", ConfirmationEndpoint.as_view(), name="notifications-confirmation"),
    path("notifications/", NoticesEndpoint.as_view(), name="notifications"),
    path("notifications/seen/", NoticesSeenEndpoint.as_view(), name="notifications-seen"),
]
