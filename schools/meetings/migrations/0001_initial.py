"""Meetings and plans."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pairs", "0002_cancelled_orders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("individual", "индивидуальный план развития"),
                            ("personalised", "персонализированная программа наставничества"),
                        ],
                        max_length=12,
                        verbose_name="вид плана",
                    ),
                ),
                ("goal", models.CharField(blank=True, max_length=1000, verbose_name="цель и задачи")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="план с")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="план по")),
                ("extended_until", models.DateField(blank=True, null=True, verbose_name="план продлён до")),
                ("rows", models.JSONField(blank=True, default=list, verbose_name="строки плана")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="номер версии")),
                ("versions", models.JSONField(blank=True, default=list, verbose_name="прежние версии")),
                (
                    "changed_by",
                    models.UUIDField(blank=True, null=True, verbose_name="кто изменил (номер учётной записи)"),
                ),
                ("changed_at", models.DateTimeField(verbose_name="когда изменён")),
                ("report", models.JSONField(blank=True, default=dict, verbose_name="отчёт наставника")),
                (
                    "reported_by",
                    models.UUIDField(blank=True, null=True, verbose_name="кто написал отчёт (номер учётной записи)"),
                ),
                ("reported_at", models.DateTimeField(blank=True, null=True, verbose_name="когда написан отчёт")),
                (
                    "pair",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="plan", to="pairs.pair"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first", "первая, организационная, встреча"),
                            ("trial", "вторая, пробная рабочая, встреча"),
                            ("planning", "встреча-планирование рабочего процесса"),
                            ("regular", "регулярная встреча"),
                            ("final", "заключительная встреча"),
                        ],
                        max_length=10,
                        verbose_name="вид встречи",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "запланирована"),
                            ("held", "состоялась"),
                            ("missed", "не состоялась"),
                            ("cancelled", "отменена"),
                        ],
                        max_length=10,
                        verbose_name="состояние",
                    ),
                ),
                ("held_on", models.DateField(verbose_name="дата встречи")),
                (
                    "duration_minutes",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="продолжительность, минут"),
                ),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="место или формат")),
                ("topic", models.CharField(blank=True, max_length=200, verbose_name="тема")),
                ("result", models.CharField(blank=True, max_length=1000, verbose_name="кратко результат")),
                ("note", models.CharField(blank=True, max_length=1000, verbose_name="заметка наставника и куратора")),
                (
                    "logged_by",
                    models.UUIDField(blank=True, null=True, verbose_name="кто записал (номер учётной записи)"),
                ),
                ("is_for_mentor", models.BooleanField(default=False, verbose_name="записана за наставника")),
                ("key", models.UUIDField(blank=True, null=True, unique=True, verbose_name="ключ отправки")),
                ("corrections", models.JSONField(blank=True, default=list, verbose_name="исправления")),
                ("created_at", models.DateTimeField()),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="meetings",
                        to="pairs.group",
                    ),
                ),
                (
                    "pair",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="meetings",
                        to="pairs.pair",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["pair", "held_on"], name="meeting_by_pair"),
                    models.Index(fields=["group", "held_on"], name="meeting_by_group"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pair__isnull", False), ("group__isnull", False), _connector="XOR"),
                        name="meeting_of_one",
                    )
                ],
            },
        ),
    ]
