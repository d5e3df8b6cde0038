"""Who waits no more, and why."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("matching", "0003_support"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="support",
            name="end_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_wish", "Больше не хочет участвовать"),
                    ("no_need", "Помощь больше не нужна"),
                    ("mistake", "Записан по ошибке"),
                    ("other", "Другая причина"),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="почему больше не ждёт",
            ),
        ),
    ]
