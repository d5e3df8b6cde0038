"""A person of whom nothing is left but that he stood in pairs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_years_and_transfers"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="destroyed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
