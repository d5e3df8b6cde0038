"""Endpoints of the scheduled feed: a token that can do nothing else is enough for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as framework

from core.api.operations import ApiView, operation
from core.audit.services import record
from core.authz import Actor
from schools.imports import feed
from schools.imports import feed_serializers as shapes
from schools.imports.domain.fields import SheetKind
from schools.imports.forms import UploadForm
from schools.imports.models import FeedPolicy, ImportJob
from schools.imports.rows_as_files import file_of_rows
from schools.imports.services import Upload

_FEED = ("imports.feed",)
_ABOUT = _(
    "Весь контингент школы, как в файле: новые и изменённые записи добавляются, из школы никто не выбывает. "
    "Те же данные второй раз ничего не меняют. Когда записывать сразу, а когда ждать человека, решает директор."
)


class FeedsEndpoint(ApiView):
    """What programmes have sent."""

    tag = "feed"

    @operation(_("Переданные списки"), needs=_FEED, answer=shapes.FeedInList, pages=("-created_at", "pk"))
    def get(self, actor: Actor) -> QuerySet[ImportJob]:
        """Return the feeds, the newest first."""
        return feed.feeds_visible_to(actor)


class FeedFilesEndpoint(ApiView):
    """The contingent as files."""

    tag = "feed"

    @operation(
        _("Передать контингент файлами"),
        needs=_FEED,
        description=_ABOUT,
        body=shapes.FeedFilesBody,
        answer=shapes.FedAnswer,
        files=True,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> feed.Fed:
        """Take files as the wizard does."""
        form = UploadForm({}, self.request.FILES)
        if not form.is_valid():
            raise framework.ValidationError({name: [str(each) for each in said] for name, said in form.errors.items()})
        uploads = [Upload(file.name or "", file.read()) for file in form.cleaned_data["workbooks"]]
        return feed.receive_feed(actor=actor, uploads=uploads)


class FeedRowsEndpoint(ApiView):
    """The contingent as rows."""

    tag = "feed"

    @operation(
        _("Передать контингент строками"),
        needs=_FEED,
        description=_ABOUT,
        body=shapes.FeedRowsBody,
        answer=shapes.FedAnswer,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> feed.Fed:
        """Take rows as if they had come in a file."""
        kinds = ((SheetKind.PUPILS, body["pupils"]), (SheetKind.TEACHERS, body["teachers"]))
        uploads = [file_of_rows(kind, rows) for kind, rows in kinds if rows]
        if not uploads:
            raise framework.ValidationError({"pupils": [now("Передайте хотя бы одну строку.")]})
        return feed.receive_feed(actor=actor, uploads=uploads)


class FeedEndpoint(ApiView):
    """One list that was sent."""

    tag = "feed"

    @operation(_("Что стало с переданным списком"), needs=_FEED, answer=shapes.FedAnswer)
    def get(self, actor: Actor, job_id: UUID) -> feed.Fed:
        """Return where it stands, with the refused rows."""
        job = get_object_or_404(feed.feeds_visible_to(actor), pk=job_id)
        record(actor=actor, action="imports.viewed", object_type="imports.job", object_id=job.pk)
        return feed.Fed(job)


class FeedPolicyEndpoint(ApiView):
    """When a feed is written without a person."""

    tag = "feed"

    @operation(_("Когда переданное записывается без человека"), needs=_FEED, answer=shapes.FeedPolicyAnswer)
    def get(self, actor: Actor) -> FeedPolicy:
        """Return the school's rule."""
        return feed.feed_policy()

    @operation(
        _("Решить, когда переданное записывается без человека"),
        needs=("imports.set_feed",),
        body=shapes.FeedPolicyBody,
        answer=shapes.FeedPolicyAnswer,
    )
    def put(self, actor: Actor, body: dict[str, Any]) -> FeedPolicy:
        """Set it."""
        return feed.set_feed_policy(actor=actor, seen=body.pop("version"), **body)


urlpatterns = [
    path("feed/", FeedsEndpoint.as_view(), name="feeds"),
    path("feed/people/files/", FeedFilesEndpoint.as_view(), name="feed-files"),
    path("feed/people/rows/", FeedRowsEndpoint.as_view(), name="feed-rows"),
    path("feed/policy/", FeedPolicyEndpoint.as_view(), name="feed-policy"),
    path("feed/<uuid:job_id>/", FeedEndpoint.as_view(), name="feed"),
]
