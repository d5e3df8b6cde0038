"""Samples for the living page: invented places and figures, each state of each component."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui.charts import RankingChart, RankingRow, TrendChart, TrendPoint, rank
from core.ui.components import Fact, Link, Status, Task, TaskGroup
from core.ui.forms import DayField, LimitedFileField, SearchFilterForm
from core.ui.icons import ICONS

LIVE_VERSION = "1"
TARGET = 70


class SampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(label=gettext_lazy("Фамилия, имя, отчество"), max_length=120)
    number = forms.CharField(
        label=gettext_lazy("Номер приказа"), help_text=gettext_lazy("Как в журнале, например 84-од.")
    )
    day = DayField(label=gettext_lazy("Дата приказа"))
    form = forms.ChoiceField(
        label=gettext_lazy("Форма наставничества"),
        choices=[("", gettext_lazy("Выберите")), ("a", gettext_lazy("Ученик – ученик"))],
    )
    signer = forms.ChoiceField(
        label=gettext_lazy("Кто подписал согласие"),
        widget=forms.RadioSelect,
        choices=[("self", gettext_lazy("Сам участник")), ("parent", gettext_lazy("Законный представитель"))],
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Темы"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("1", gettext_lazy("Учёба")), ("2", gettext_lazy("Проекты")), ("3", gettext_lazy("Спорт"))],
    )
    note = forms.CharField(label=gettext_lazy("Примечание"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    file = LimitedFileField(label=gettext_lazy("Файл с контингентом"), max_bytes=10 * 1024 * 1024, extensions=[".xlsx"])
    agree = forms.BooleanField(label=gettext_lazy("Бумажное согласие хранится в школе"))


class SampleFilter(SearchFilterForm):
    """A filter bar as a list of people has it."""

    state = forms.ChoiceField(
        label=gettext_lazy("Состояние"),
        choices=[("", gettext_lazy("Любое")), ("wait", gettext_lazy("Ждёт приказа"))],
    )


def statuses() -> list[Status]:
    """Return one status of each kind."""
    return [
        Status("wait", _("Ждёт согласия родителя")),
        Status("wait", _("Ждёт приказа")),
        Status("work", _("В работе")),
        Status("ok", _("Действует")),
        Status("stop", _("Отозвано")),
        Status("info", _("Черновик")),
        Status("none", _("Завершена")),
    ]


def trend() -> TrendChart:
    """Return a year of one school with a restored beginning and a gap."""
    months = [
        (_("янв."), 31),
        (_("февр."), 38),
        (_("март"), None),
        (_("апр."), 52),
        (_("май"), 74),
        (_("июнь"), 71),
        (_("сент."), 66),
        (_("окт."), 90),
        (_("нояб."), 109),
    ]
    points = [
        TrendPoint(
            label=label,
            numerator=count,
            denominator=168 if count else None,
            note=_("восстановлено") if index < 2 else "",
        )
        for index, (label, count) in enumerate(months)
    ]
    return TrendChart(title=_("Охват обучающихся по месяцам"), points=points, target=TARGET)


def ranking() -> RankingChart:
    """Return six schools, two of them level and one without pupils."""
    counts = [(31, 142, 168), (4, 210, 300), (17, 84, 120), (9, 77, 164), (22, 5, 310), (40, 0, 0)]
    rows = [
        RankingRow(
            label=_("Школа № %(number)s") % {"number": number},
            numerator=part,
            denominator=whole,
            url="#ranking",
        )
        for number, part, whole in counts
    ]
    return RankingChart(
        title=_("Школы района по охвату"), subject=_("Школа"), ranked=rank(rows, target=TARGET), target=TARGET
    )


def task_groups() -> list[TaskGroup]:
    """Return the beginning of a year."""
    return [
        TaskGroup(
            _("1. Подготовка условий"),
            [
                Task(_("Назначить куратора"), Status("ok", _("Сделано")), "#tasks"),
                Task(_("Загрузить контингент"), Status("work", _("В работе")), "#tasks"),
            ],
        ),
        TaskGroup(
            _("2. Пары и группы"),
            [
                Task(
                    _("Утвердить пары приказом"),
                    Status("none", _("Ещё не начато")),
                    hint=_("Сначала соберите согласия."),
                )
            ],
        ),
    ]


def context_for(request: HttpRequest) -> dict[str, Any]:
    """Build everything that the living page shows."""
    invalid = SampleForm(data={"name": "", "number": "84-од", "day": "31.02.2026"})
    filter_form = SampleFilter(request.GET or None, prefix=None)
    filter_form.is_valid()
    return {
        "statuses": statuses(),
        "icons": sorted(ICONS),
        "sample_form": SampleForm(auto_id="sample_%s"),
        "invalid_form": invalid,
        "filter_form": filter_form,
        "page": Paginator(range(312), 25).get_page(request.GET.get("page")),
        "facts": [
            Fact(_("Класс"), _("7 «Б»")),
            Fact(_("Наставник"), _("Учитель математики"), "#facts"),
            Fact(_("Приказ"), ""),
        ],
        "tabs": [
            Link(_("Действуют"), "#tabs", is_current=True, count=24),
            Link(_("Завершены"), "#done", count=3),
        ],
        "steps": [_("Файл"), _("Столбцы"), _("Проверка"), _("Готово")],
        "task_groups": task_groups(),
        "trend": trend(),
        "ranking": ranking(),
        "as_of": date(2026, 11, 21),
    }
