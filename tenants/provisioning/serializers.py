"""What the API shows of archives."""

from __future__ import annotations

from rest_framework import serializers

from tenants.provisioning.models import Archive


class ArchiveAnswer(serializers.Serializer[Archive]):
    """An archive of a school: when it was asked for, made and taken; nothing of what is in it."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Archive.State.choices)
    asked_at = serializers.DateTimeField()
    made_at = serializers.DateTimeField(allow_null=True)
    taken_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField(allow_blank=True)
