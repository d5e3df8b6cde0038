"""Training of mentors."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0005_merged_schools"),
    ]

    operations = [
        migrations.CreateModel(
            name="Training",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=200, verbose_name="программа обучения")),
                ("hours", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="часов")),
                ("begun_on", models.DateField(blank=True, null=True, verbose_name="начато")),
                ("finished_on", models.DateField(verbose_name="закончено")),
                ("document", models.CharField(blank=True, max_length=120, verbose_name="документ")),
                (
                    "noted_by",
                    models.UUIDField(editable=False, null=True, verbose_name="кто записал (номер учётной записи)"),
                ),
                ("noted_at", models.DateTimeField(editable=False, verbose_name="когда записано")),
                ("struck_at", models.DateTimeField(editable=False, null=True, verbose_name="когда вычеркнуто")),
                (
                    "struck_by",
                    models.UUIDField(editable=False, null=True, verbose_name="кто вычеркнул (номер учётной записи)"),
                ),
                (
                    "struck_why",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="почему вычеркнуто"),
                ),
                ("history", models.JSONField(default=list, editable=False, verbose_name="прежние записи")),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="training",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "finished_on", "title", "struck_at"),
                        name="training_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
