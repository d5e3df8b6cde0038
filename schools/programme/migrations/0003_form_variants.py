"""Role variants of the school's own forms."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0002_own_forms"),
    ]

    operations = [
        migrations.AddField(
            "schoolform",
            "role_variants",
            models.JSONField(db_default=[], default=list, verbose_name="ролевые модели"),
        ),
    ]
