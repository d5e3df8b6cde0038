"""The psychologist's support of those who wait beside the rounds."""

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("matching", "0002_proposal_options"),
        ("people", "0005_merged_schools"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Support",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "marked_by",
                    models.UUIDField(editable=False, null=True, verbose_name="кто отметил (номер учётной записи)"),
                ),
                ("marked_at", models.DateTimeField(editable=False, verbose_name="когда отмечено")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waiting_support",
                        to="people.person",
                    ),
                ),
            ],
        ),
    ]
