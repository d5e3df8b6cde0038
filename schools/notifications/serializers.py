"""What the API shows of news."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from schools.notifications.domain import KIND_OF, Kind, News, Window
from schools.notifications.models import Notice
from schools.notifications.preferences import LONGEST_ADDRESS, Choices

KINDS = [(kind.value, kind.value) for kind in Kind]
WINDOWS = [("", ""), *((window.value, window.value) for window in Window)]


class NoticeAnswer(serializers.Serializer[Notice]):
    """One thing that one's own account was told; ``about`` is the id of a record, by the word ``news``."""

    id = serializers.UUIDField()
    news = serializers.ChoiceField(choices=[(news.value, news.value) for news in News])
    kind = serializers.SerializerMethodField()
    title = serializers.CharField()
    about = serializers.UUIDField()
    at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(allow_null=True)

    def get_kind(self, row: Notice) -> str:
        """Return the sort by which it is switched."""
        return KIND_OF[News(row.news)].value


class NoticesSeen(serializers.Serializer[dict[str, int]]):
    """How many were new."""

    seen = serializers.IntegerField()


class ChoicesAnswer(serializers.Serializer[Choices]):
    """How one's own account wants to be told: the sorts that come on the site and by mail, and when a digest does."""

    email = serializers.CharField(allow_blank=True)
    wanted = serializers.CharField(allow_blank=True)
    product = serializers.ListField(child=serializers.ChoiceField(choices=KINDS))
    mail = serializers.ListField(child=serializers.ChoiceField(choices=KINDS))
    digest = serializers.ChoiceField(choices=WINDOWS)


class ChoicesBody(serializers.Serializer[Any]):
    """Which sorts are wanted on the site and by mail, and when the digest is; empty: none."""

    product = serializers.ListField(child=serializers.ChoiceField(choices=KINDS), max_length=len(KINDS))
    mail = serializers.ListField(child=serializers.ChoiceField(choices=KINDS), max_length=len(KINDS))
    digest = serializers.ChoiceField(choices=WINDOWS, allow_blank=True)


class AddressBody(serializers.Serializer[Any]):
    """An address of mail."""

    address = serializers.CharField(max_length=LONGEST_ADDRESS)


class ConfirmationBody(serializers.Serializer[Any]):
    """What stands in the link of a letter after ``token=``."""

    token = serializers.CharField(max_length=300)
