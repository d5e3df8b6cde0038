from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("matching", "0001_initial"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="proposal",
            name="options",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()),
                default=list,
                verbose_name="сколько наставников на выбор",
            ),
        ),
    ]
