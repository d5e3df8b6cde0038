"""Whose pairs a profile governs alone; pages and evidence of the shipped profiles' tasks, one for each meaning."""

from django.db import migrations, models


def ship(apps, schema_editor):
    from tenants.reference.shipped_profiles import PROFILE_MENTEES, PROFILES

    table = apps.get_model("reference", "Profile")
    for row in PROFILES:
        # Only what nobody has edited: years have copies of their own.
        shipped = table.objects.filter(code=row["code"], version=1, superseded_at__isnull=True, changed_by__isnull=True)
        shipped.update(stages=row["stages"], mentee_kinds=PROFILE_MENTEES.get(row["code"], []))


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0007_minors_and_citations"),
    ]

    operations = [
        migrations.AddField(
            "profile",
            "mentee_kinds",
            models.JSONField(blank=True, default=list, verbose_name="для кого профиль"),
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
