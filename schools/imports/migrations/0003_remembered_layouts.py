"""Remember the columns that people chose for certain headings."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies = [("imports", "0002_worked_at")]

    operations = [
        migrations.CreateModel(
            name="RememberedLayout",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("headings_key", models.CharField(max_length=32, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("columns", models.JSONField(default=dict)),
                ("used_at", models.DateTimeField()),
            ],
        ),
    ]
