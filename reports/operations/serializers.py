"""What the API shows of the platform's state."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.mail.tallies import Letters
from reports.operations import selectors


class DueSchoolAnswer(serializers.Serializer[selectors.DueSchool]):
    """A school whose figures are behind."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    title = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)


class FreshnessAnswer(serializers.Serializer[selectors.Figures]):
    """How fresh the figures are; ``due`` holds the first schools of ``due_number``."""

    marks_since = serializers.DateTimeField(allow_null=True)
    due_number = serializers.IntegerField()
    due_since = serializers.DateTimeField(allow_null=True)
    due = DueSchoolAnswer(many=True)
    run_at = serializers.DateTimeField(allow_null=True)
    run_seconds = serializers.FloatField()
    run_schools = serializers.IntegerField()
    swept_at = serializers.DateTimeField(allow_null=True)


class FailedTaskAnswer(serializers.Serializer[selectors.FailedTask]):
    """A task that was given up."""

    id = serializers.UUIDField()
    task = serializers.CharField()
    school = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    given_up_at = serializers.DateTimeField()


class SendingsAnswer(serializers.Serializer[selectors.Sendings]):
    """The outbox."""

    waiting = serializers.IntegerField()
    sent = serializers.IntegerField()
    failed = serializers.IntegerField()
    oldest_at = serializers.DateTimeField(allow_null=True)
    rows = FailedTaskAnswer(many=True)


class BrokerAnswer(serializers.Serializer[Any]):
    """Queues, and workers with the moment they were seen last."""

    queues = serializers.DictField(child=serializers.IntegerField())
    in_hands = serializers.IntegerField()
    workers = serializers.DictField(child=serializers.DateTimeField())


class VersionAnswer(serializers.Serializer[selectors.Version]):
    """Schools of one version."""

    name = serializers.CharField(allow_blank=True)
    schools = serializers.IntegerField()
    is_current = serializers.BooleanField()


class BrokenSchoolAnswer(serializers.Serializer[selectors.BrokenSchool]):
    """A school that does not migrate."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    title = serializers.CharField()
    error = serializers.CharField()


class FleetAnswer(serializers.Serializer[selectors.Fleet]):
    """The schools' schemas."""

    versions = VersionAnswer(many=True)
    broken = BrokenSchoolAnswer(many=True)
    broken_in_all = serializers.IntegerField()
    spares = serializers.IntegerField()
    spares_wanted = serializers.IntegerField()


class ThrottledSchoolAnswer(serializers.Serializer[selectors.ThrottledSchool]):
    """A school that was refused for its share."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    title = serializers.CharField()
    times = serializers.IntegerField()
    last_at = serializers.DateTimeField()


class SchoolLineAnswer(serializers.Serializer[selectors.SchoolLine]):
    """A school with several tasks in its own line."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    title = serializers.CharField()
    tasks = serializers.IntegerField()
    oldest_at = serializers.DateTimeField()


class SharesAnswer(serializers.Serializer[selectors.Shares]):
    """Who takes much."""

    version = serializers.CharField()
    throttled = ThrottledSchoolAnswer(many=True)
    lines = SchoolLineAnswer(many=True)


class LettersAnswer(serializers.Serializer[Letters]):
    """Letters of the last ``days`` over all schools; ``schools``: of how many some were not delivered."""

    days = serializers.IntegerField()
    waiting = serializers.IntegerField()
    sent = serializers.IntegerField()
    failed = serializers.IntegerField()
    lost = serializers.IntegerField()
    digests = serializers.IntegerField()
    schools = serializers.IntegerField()


class MachineryAnswer(serializers.Serializer[selectors.WithShares]):
    """Queues and versions; ``broker`` is null when it is away."""

    sendings = SendingsAnswer()
    broker = BrokerAnswer(allow_null=True)
    fleet = FleetAnswer()
    letters = LettersAnswer()
    shares = SharesAnswer()
