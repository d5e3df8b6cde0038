"""Papers of mentors from outside, and the school's own rules about them."""

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
            name="ClearanceRules",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("rules", models.JSONField(default=dict)),
                ("only", models.BooleanField(default=True, editable=False, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Clearance",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.SlugField(db_index=False, max_length=60, verbose_name="вид документа")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="номер")),
                ("issuer", models.CharField(blank=True, max_length=200, verbose_name="кем выдан или с кем заключён")),
                ("issued_on", models.DateField(verbose_name="дата")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="действует до")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="с какого дня не действует")),
                ("withdrawn_why", models.CharField(blank=True, max_length=200, verbose_name="почему не действует")),
                (
                    "recorded_by",
                    models.UUIDField(editable=False, null=True, verbose_name="кто записал (номер учётной записи)"),
                ),
                ("recorded_at", models.DateTimeField(editable=False, verbose_name="когда записан")),
                ("history", models.JSONField(default=list, editable=False, verbose_name="прежние записи")),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clearances",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "kind", "number", "issued_on"), name="clearance_once")
                ],
            },
        ),
    ]
