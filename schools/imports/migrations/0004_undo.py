"""Keep what an import wrote, so that it can be taken back."""

import uuid

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table and three columns."""

    dependencies = [("imports", "0003_remembered_layouts")]

    operations = [
        migrations.AddField("importjob", "is_journalled", models.BooleanField(default=False)),
        migrations.AddField("importjob", "undone_at", models.DateTimeField(null=True)),
        migrations.AddField("importjob", "undone_by", models.UUIDField(null=True)),
        migrations.AlterField(
            "importjob",
            "state",
            models.CharField(
                choices=[
                    ("columns", "Проверьте столбцы"),
                    ("checking", "Идёт проверка"),
                    ("checked", "Ждёт подтверждения"),
                    ("applying", "Идёт запись"),
                    ("done", "Загружено"),
                    ("failed", "Не удалось загрузить"),
                    ("cancelled", "Отменено"),
                    ("undone", "Загрузка отменена после записи"),
                ],
                default="columns",
                max_length=10,
                verbose_name="состояние",
            ),
        ),
        migrations.CreateModel(
            name="ImportTrace",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("table", models.CharField(max_length=40)),
                ("is_new", models.BooleanField()),
                ("ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("prints", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "before",
                    models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="traces", to="imports.importjob"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("job", "table", "is_new"), name="import_trace_once"),
                ],
            },
        ),
    ]
