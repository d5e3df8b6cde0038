"""The kinds of mentoring (виды наставничества) that a profile's programmes choose from."""

from django.db import migrations, models


def ship(apps, schema_editor):
    from tenants.reference.shipped_profiles import PROFILE_MANNERS

    table = apps.get_model("reference", "Profile")
    for code, manners in PROFILE_MANNERS.items():
        # Only what nobody has edited.
        shipped = table.objects.filter(code=code, version=1, superseded_at__isnull=True, changed_by__isnull=True)
        shipped.update(manners=manners)


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0008_profile_mentees"),
    ]

    operations = [
        migrations.AddField(
            "profile",
            "manners",
            models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                verbose_name="виды наставничества",
            ),
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
