"""The engagement view tells the day of the last meeting, and a meeting marks its school like any other fact."""

from importlib import import_module

from django.db import migrations

_first = import_module("schools.coverage.migrations.0001_views")

# A scalar subquery, not a join: whoever does not ask for the column does not pay for it. A group's meeting is one of
# each of its pairs, within the days of the pair.
_LAST_MEETING = """(
    SELECT max(m.held_on) FROM meetings_meeting m
    WHERE m.state = 'held' AND (m.pair_id = p.id OR m.group_id = p.group_id
        AND m.held_on >= p.starts_on AND (m.held_on <= p.ends_on) IS NOT FALSE)
)"""
ENGAGEMENT = _first.ENGAGEMENT.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").replace("NULL::date", _LAST_MEETING)


class Migration(migrations.Migration):
    """The same columns of the same types: the view is replaced where it stands, with its rights."""

    dependencies = [
        ("coverage", "0001_views"),
        ("meetings", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(ENGAGEMENT, _first.ENGAGEMENT.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")),
        _first._watch("meetings_meeting"),
    ]
