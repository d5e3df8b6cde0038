"""Tombstones."""

import uuid

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("school_schema", models.CharField(max_length=63)),
                ("people", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("number", models.PositiveIntegerField()),
                ("destroyed_at", models.DateTimeField()),
                ("facts", models.JSONField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("school_schema", "number"), name="tombstone_once")],
            },
        ),
    ]
