"""What the API reads and shows of webhooks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.events.catalogue import EventKind
from core.webhooks.addresses import LONGEST_URL
from core.webhooks.models import Delivery, Webhook
from core.webhooks.presentation import FAULTS
from core.webhooks.services import WithSecret


class EventKindAnswer(serializers.Serializer[EventKind]):
    """A kind of event and the members of its «data»."""

    name = serializers.CharField()
    title = serializers.CharField()
    members = serializers.ListField(child=serializers.CharField())


class WebhookBody(serializers.Serializer[Any]):
    """What a webhook is for, where to, about what."""

    title = serializers.CharField(max_length=100)
    url = serializers.CharField(max_length=LONGEST_URL, help_text=_("Адрес https в интернете."))
    events = serializers.ListField(
        child=serializers.CharField(max_length=60), min_length=1, max_length=100, help_text=_("Имена событий.")
    )


class WebhookAnswer(serializers.Serializer[Webhook]):
    """A webhook; its secret is told once."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    failing_since = serializers.DateTimeField(allow_null=True)
    disabled_at = serializers.DateTimeField(allow_null=True, help_text=_("Когда отключён платформой."))


class WebhookWithSecret(serializers.Serializer[WithSecret]):
    """A webhook with its secret."""

    webhook = WebhookAnswer()
    secret = serializers.CharField(help_text=_("Виден только в этом ответе; им проверяют подпись событий."))


class WebhookSwitchBody(serializers.Serializer[Any]):
    """Whether events are sent."""

    is_active = serializers.BooleanField()


class DeliveryAnswer(serializers.Serializer[Delivery]):
    """An event on its way; ``last_fault`` says why there was no answer."""

    id = serializers.UUIDField()
    event_id = serializers.UUIDField(help_text=_("По нему узнают повтор."))
    event = serializers.CharField()
    payload = serializers.DictField(help_text=_("Что отправляется."))
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    created_at = serializers.DateTimeField()
    attempts = serializers.IntegerField()
    last_at = serializers.DateTimeField(allow_null=True)
    last_status = serializers.IntegerField(allow_null=True, help_text=_("Код последнего ответа."))
    last_fault = serializers.ChoiceField(choices=[("", ""), *((fault, fault) for fault in FAULTS)])
    last_took_ms = serializers.IntegerField(allow_null=True)
