"""Endpoints of one's own news."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.authz import Actor
from schools.notifications import selectors, services
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


urlpatterns = [
    path("notifications/", NoticesEndpoint.as_view(), name="notifications"),
    path("notifications/seen/", NoticesSeenEndpoint.as_view(), name="notifications-seen"),
]
