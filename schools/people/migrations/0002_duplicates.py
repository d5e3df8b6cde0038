"""Former names, cards merged into others, and cards told apart."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


def _person(name: str) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name=name, to="people.person")


def _key() -> models.UUIDField:
    return models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    """Three tables."""

    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="FormerName",
            fields=[
                ("id", _key()),
                ("full_name", models.CharField(max_length=310, verbose_name="прежнее имя")),
                ("folded_name", models.CharField(max_length=310)),
                ("until", models.DateField(verbose_name="до")),
                ("person", _person("former_names")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "folded_name"), name="former_name_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MergedPerson",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("merged_at", models.DateTimeField()),
                ("person", _person("merged_cards")),
            ],
        ),
        migrations.CreateModel(
            name="NotTheSame",
            fields=[
                ("id", _key()),
                ("first", _person("told_apart_as_first")),
                ("second", _person("told_apart_as_second")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("first", "second"), name="told_apart_once")],
            },
        ),
    ]
