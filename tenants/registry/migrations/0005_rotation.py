"""The pepper that is taking another's place."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0004_closing"),
    ]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="rotating_to",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
