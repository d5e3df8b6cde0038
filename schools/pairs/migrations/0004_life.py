"""Codes of endings, substitutes, requests for another partner."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pairs", "0003_merged_schools"),
    ]

    operations = [
        migrations.AddField(
            model_name="pair",
            name="end_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("completed", "Программа завершена"),
                    ("mentee_wish", "По желанию наставляемого"),
                    ("mentor_wish", "По желанию наставника"),
                    ("mentor_changed", "Смена наставника"),
                    ("left", "Участник выбыл из школы"),
                    ("other", "Другая причина"),
                ],
                db_default="",
                default="",
                max_length=20,
                verbose_name="код причины завершения",
            ),
        ),
        migrations.AddField(
            model_name="pair",
            name="is_substitute",
            field=models.BooleanField(db_default=False, default=False, verbose_name="замещающий наставник"),
        ),
        migrations.CreateModel(
            name="PartnerRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "side",
                    models.CharField(
                        choices=[("mentor", "наставник"), ("mentee", "наставляемый"), ("parent", "родитель")],
                        max_length=6,
                        verbose_name="кто просит",
                    ),
                ),
                (
                    "wish",
                    models.CharField(
                        choices=[
                            ("time", "Не совпадает время"),
                            ("interests", "Разные интересы"),
                            ("contact", "Трудно находить общий язык"),
                            ("other", "Другое"),
                        ],
                        max_length=10,
                        verbose_name="почему",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="своими словами")),
                ("asked_by", models.UUIDField(verbose_name="кто попросил (номер учётной записи)")),
                ("asked_at", models.DateTimeField(verbose_name="когда попросил")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("changed", "Партнёр меняется"),
                            ("talked", "Поговорили, пара продолжает"),
                            ("kept", "Пока без изменений"),
                            ("withdrawn", "Просьба отозвана"),
                        ],
                        max_length=10,
                        verbose_name="решение",
                    ),
                ),
                (
                    "settled_by",
                    models.UUIDField(blank=True, null=True, verbose_name="кто решил (номер учётной записи)"),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="когда решено")),
                (
                    "pair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="partner_requests", to="pairs.pair"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "")), fields=("pair", "asked_by"), name="one_request_open"
                    )
                ],
            },
        ),
    ]
