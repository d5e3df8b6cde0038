"""The school's requisites."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Requisites",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("full_name", models.CharField(blank=True, max_length=300, verbose_name="полное наименование")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="адрес")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="место издания приказов")),
                ("director_post", models.CharField(blank=True, max_length=120, verbose_name="должность руководителя")),
                ("director_name", models.CharField(blank=True, max_length=300, verbose_name="ФИО руководителя")),
                ("only", models.BooleanField(default=True, editable=False, unique=True)),
            ],
        ),
    ]
