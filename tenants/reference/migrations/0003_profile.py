"""Methodology profiles, and the first version of the two that are shipped."""

import uuid

from django.db import migrations, models

# The same as in ``0002_shipped``: every installation has the same keys.
_NAMESPACE = uuid.UUID("5b0c5b7e-2f0f-4d57-9d7e-0d6a1c6f4c11")


def ship(apps, schema_editor):
    from tenants.reference.shipped_profiles import PROFILES

    table = apps.get_model("reference", "Profile")
    table.objects.bulk_create(
        [table(id=uuid.uuid5(_NAMESPACE, f"Profile/{row['code']}/1"), version=1, **row) for row in PROFILES]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0002_shipped"),
    ]

    operations = [
        migrations.CreateModel(
            name="Profile",
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
                (
                    "base_word",
                    models.CharField(
                        choices=[("base", "база"), ("bank", "банк")],
                        max_length=10,
                        verbose_name="как называют списки участников",
                    ),
                ),
                ("programme_word", models.CharField(max_length=100, verbose_name="как называют программу")),
                ("stages", models.JSONField(default=list, verbose_name="этапы")),
                ("position", models.PositiveSmallIntegerField(default=100)),
            ],
            options={
                "ordering": ["position", "title"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="profile_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("code",),
                        name="profile_one_in_force",
                    ),
                ],
            },
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
