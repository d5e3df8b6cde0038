"""What a персонализированная программа says besides its rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("meetings", "0001_initial")]

    operations = [
        migrations.AddField(
            "plan",
            "programme",
            models.JSONField(
                blank=True,
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                verbose_name="что ещё сказано в персонализированной программе",
            ),
        ),
    ]
