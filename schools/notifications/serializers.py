"""What the API shows of news."""

from __future__ import annotations

from rest_framework import serializers

from schools.notifications.domain import KIND_OF, News
from schools.notifications.models import Notice


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
