"""The papers that schools may ask of mentors from outside, and what is shipped of them."""

import uuid

from django.db import migrations, models

_NAMESPACE = uuid.UUID("5b0c5b7e-2f0f-4d57-9d7e-0d6a1c6f4c11")


def ship(apps, schema_editor):
    from tenants.reference.shipped_clearances import CLEARANCE_KINDS

    table = apps.get_model("reference", "ClearanceKind")
    table.objects.bulk_create(
        table(id=uuid.uuid5(_NAMESPACE, f"ClearanceKind/{row['code']}/1"), version=1, **row) for row in CLEARANCE_KINDS
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0005_consent_texts"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClearanceKind",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=60, verbose_name="обозначение")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("superseded_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("changed_by", models.UUIDField(blank=True, editable=False, null=True)),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="основание")),
                ("is_offered", models.BooleanField(default=True, verbose_name="предлагается школам")),
                ("title", models.CharField(max_length=160, verbose_name="название")),
                ("asked_of", models.JSONField(default=list, verbose_name="с кого спрашивают")),
                (
                    "usual_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="обычный срок, месяцев"),
                ),
                (
                    "by_default",
                    models.CharField(
                        choices=[("block", "не допускать"), ("warn", "предупреждать"), ("off", "не спрашивать")],
                        default="warn",
                        max_length=5,
                        verbose_name="если школа не решила иначе",
                    ),
                ),
                ("basis", models.CharField(blank=True, max_length=300, verbose_name="правовое основание")),
                ("position", models.PositiveSmallIntegerField(default=100)),
            ],
            options={
                "ordering": ["position", "title"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="clearancekind_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("code",),
                        name="clearancekind_one_in_force",
                    ),
                ],
            },
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
