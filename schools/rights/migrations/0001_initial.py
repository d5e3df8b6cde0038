"""Requests to destroy data, and their acts."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Destruction",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="номер запроса")),
                ("person_id", models.UUIDField(db_index=True)),
                (
                    "asked_by",
                    models.CharField(
                        choices=[
                            ("subject", "сам субъект персональных данных"),
                            ("representative", "законный представитель"),
                            ("authority", "Роскомнадзор или суд"),
                            ("school", "школа: цель обработки достигнута"),
                        ],
                        max_length=14,
                        verbose_name="кто обратился",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("withdrawn", "отзыв согласия (152-ФЗ, ст. 21 ч. 5: 30 дней)"),
                            ("finished", "цель обработки достигнута (152-ФЗ, ст. 21 ч. 4: 30 дней)"),
                            ("not_needed", "данные не нужны для заявленной цели (152-ФЗ, ст. 20 ч. 3: 7 рабочих дней)"),
                            ("unlawful", "неправомерная обработка (152-ФЗ, ст. 21 ч. 3: 10 рабочих дней)"),
                        ],
                        max_length=10,
                        verbose_name="основание",
                    ),
                ),
                ("asked_on", models.DateField(verbose_name="дата обращения")),
                ("paper_number", models.CharField(blank=True, max_length=40, verbose_name="входящий номер бумаги")),
                ("due_on", models.DateField(verbose_name="исполнить не позднее")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Ждёт исполнения"), ("done", "Исполнен"), ("dropped", "Снят")],
                        default="open",
                        max_length=7,
                        verbose_name="состояние",
                    ),
                ),
                ("registered_by", models.UUIDField()),
                ("registered_at", models.DateTimeField()),
                ("closed_by", models.UUIDField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "dropped_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taken_back", "заявитель отозвал запрос"),
                            ("must_keep", "закон обязывает хранить данные дальше"),
                            ("mistake", "запрос внесён по ошибке"),
                        ],
                        max_length=10,
                        verbose_name="почему снят",
                    ),
                ),
                ("act_number", models.CharField(blank=True, max_length=40, verbose_name="номер акта")),
                ("act_date", models.DateField(null=True, verbose_name="дата акта")),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("destroyed", "удаление записей из базы данных"),
                            ("stripped", "удаление записей и обезличивание участия в парах по приказам"),
                        ],
                        max_length=9,
                        verbose_name="способ",
                    ),
                ),
                ("destroyed", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("person_id",), name="one_open_destruction"
                    )
                ],
            },
        ),
    ]
