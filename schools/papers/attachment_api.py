"""Endpoints of scans."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.operations import ApiView, File, operation
from core.audit.services import record
from core.authz import Actor
from schools.papers import attachments
from schools.papers.attachments import Kind
from schools.papers.forms import AttachmentForm
from schools.papers.models import Attachment

BYTES = "application/octet-stream"


class AttachmentBody(serializers.Serializer[Any]):
    """A scan."""

    file = serializers.FileField(help_text=_("PDF, JPEG или PNG до 10 МБ; вид определяется по содержимому."))


class AttachmentAnswer(serializers.Serializer[Attachment]):
    """A scan without its content."""

    id = serializers.UUIDField()
    media = serializers.CharField(help_text=_("application/pdf или image/jpeg"))
    size_bytes = serializers.IntegerField()
    added_at = serializers.DateTimeField()


def _endpoint(kind: Kind, tag_: str, titles: tuple[Any, Any], views: tuple[str, ...], writes: tuple[str, ...]) -> Any:
    """Return the endpoint of the files of a consent, an order or a meeting."""

    class FilesEndpoint(ApiView):
        """What is attached."""

        tag = tag_
        label = f"{kind.title()}Files"

        @operation(titles[0], needs=views, answer=AttachmentAnswer, many=True)
        def get(self, actor: Actor, **ids: UUID) -> list[Attachment]:
            """Return the files without their contents, the oldest first."""
            (owner_id,) = ids.values()
            found = list(attachments.attachments_of(actor, kind, owner_id))
            kind_of_object = attachments.PLACES[kind].object_type
            record(actor=actor, action="attachments.list_viewed", object_type=kind_of_object, object_id=owner_id)
            return found

        @operation(titles[1], needs=writes, body=AttachmentBody, answer=AttachmentAnswer, status=201, files=True)
        def post(self, actor: Actor, body: dict[str, Any], **ids: UUID) -> Attachment:
            """Add a file."""
            (owner_id,) = ids.values()
            form = AttachmentForm({}, self.request.FILES)
            if not form.is_valid():
                raise serializers.ValidationError(
                    {name: [str(each) for each in said] for name, said in form.errors.items()}
                )
            content = form.cleaned_data["file"].read()
            return attachments.attach(actor=actor, kind=kind, owner_id=owner_id, content=content)

    return FilesEndpoint


ConsentFiles = _endpoint(
    "consent",
    "consents",
    (_("Сканы согласия"), _("Добавить скан согласия")),
    ("consents.view",),
    ("consents.edit",),
)
OrderFiles = _endpoint(
    "order",
    "orders",
    (_("Сканы приказа"), _("Добавить скан приказа")),
    ("orders.record_signed", "orders.approve"),
    ("orders.record_signed", "orders.approve"),
)
MeetingFiles = _endpoint(
    "meeting",
    "meetings",
    (_("Вложения встречи"), _("Добавить вложение к встрече")),
    ("meetings.view",),
    ("meetings.log",),
)


class AttachmentEndpoint(ApiView):
    """One file."""

    tag = "programme"

    @operation(
        _("Скан или вложение файлом"),
        needs=("consents.view", "orders.record_signed", "orders.approve", "meetings.view"),
        gives=BYTES,
    )
    def get(self, actor: Actor, attachment_id: UUID) -> File:
        """Return it; its kind is told by the name."""
        found = attachments.file_of(actor=actor, attachment_id=attachment_id)
        return File(found.file_name, bytes(found.content or b""))

    @operation(
        _("Удалить скан или вложение"),
        needs=("consents.edit", "orders.record_signed", "orders.approve", "meetings.log"),
    )
    def delete(self, actor: Actor, attachment_id: UUID) -> None:
        """Take it away for good."""
        attachments.remove(actor=actor, attachment_id=attachment_id)


urlpatterns = [
    path("consents/<uuid:consent_id>/files/", ConsentFiles.as_view(), name="consent-files"),
    path("orders/<uuid:order_id>/files/", OrderFiles.as_view(), name="order-files"),
    path("meetings/<uuid:meeting_id>/files/", MeetingFiles.as_view(), name="meeting-files"),
    path("files/<uuid:attachment_id>/", AttachmentEndpoint.as_view(), name="file"),
]
