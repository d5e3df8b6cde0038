"""Exports: a sheet per table, typed cells, one audit row each, nobody else's figures."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone

from core.audit.models import AuditRecord
from core.tenancy import region
from tenants.registry.models import School
from tests.support import world

OWN = f"/coverage/districts/{world.DISTRICT}/export/"
A = f"/coverage/schools/{world.SCHOOL_A.id}/export/"


def sheets(answer) -> dict[str, list[tuple[object, ...]]]:
    """Return the sheets of a workbook as rows of values."""
    assert answer.status_code == 200
    book = openpyxl.load_workbook(BytesIO(answer.content))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_the_region(admin, counted):
    found = sheets(admin.get("/coverage/export/"))
    assert list(found) == ["Сводка", "Районы", "Школы", "Динамика"]
    summary = dict(row[:2] for row in found["Сводка"])
    assert summary["Чьи показатели"] == "Проверочная область"
    assert summary["Вовлечено, чел."] == 200
    assert summary["Всего, чел."] == 299
    assert summary["Доля, %"] == 66.9
    assert summary["Цель, %"] == 70
    assert summary["Сумма по школам: всего"] == 302
    assert summary["На дату"] == datetime.combine(timezone.localdate(), datetime.min.time())
    assert found["Районы"][1:] == [
        (1, "Проверочный район", 71, 100, 71, 70, 4),
        (2, "Соседний район", 131, 202, 64.9, 70, 0),
    ]
    assert found["Школы"][1] == (1, "Школа А", "Проверочный район", 71, 100, 71, 70, 4)
    assert found["Динамика"][1][:4] == (datetime(2026, 9, 30), 140, 299, 46.8)  # noqa: DTZ001
    assert [row[4] for row in found["Динамика"][1:]] == [
        "восстановлены по датам приказов и согласий",
        "закреплены",
        "живые, ещё не закреплены",
    ]


def test_the_region_of_a_frozen_day(admin, counted):
    found = sheets(admin.get("/coverage/export/?day=2026-10-31"))
    summary = dict(row[:2] for row in found["Сводка"])
    assert (summary["Вовлечено, чел."], summary["Каковы данные"]) == (180, "закреплены")
    assert "Обновлено" not in summary


def test_a_district_and_a_school(specialist, counted):
    district = sheets(specialist.get(OWN))
    assert list(district) == ["Сводка", "Школы", "Динамика"]
    assert district["Школы"][1:] == [(1, "Школа А", 71, 100, 71, 70, 4)]
    school = sheets(specialist.get(A))
    assert list(school) == ["Сводка", "Показатели", "Динамика"]
    assert school["Показатели"][1] == ("Обучающиеся в любой роли", 71, 100, 71, 70, 4)
    assert school["Показатели"][5] == ("Обучающиеся и педагоги", None, None, None, None, None)


@pytest.mark.parametrize(
    ("path", "kind", "scope"),
    [
        ("/coverage/export/", "region", ""),
        (OWN, "district", str(world.DISTRICT)),
        (A, "school", str(world.SCHOOL_A.id)),
    ],
)
def test_each_export_leaves_one_audit_row(admin, counted, path, kind, scope):
    answer = admin.get(path)
    assert answer["Content-Disposition"].startswith(f'attachment; filename="coverage-{kind}-')
    with region():
        row = AuditRecord.objects.get(action="dashboard.exported")
        assert (row.object_type, row.object_id, row.actor_id) == (kind, scope, admin.user.pk)
        assert row.details["definition"] == "pupils"
        assert row.details["bytes"] == len(answer.content)


def test_a_refused_export_leaves_none(specialist, counted):
    assert specialist.get("/coverage/export/").status_code == 403
    assert specialist.get(f"/coverage/districts/{world.OTHER_DISTRICT}/export/").status_code == 404
    with region():
        assert not AuditRecord.objects.filter(action="dashboard.exported").exists()


def test_a_name_that_looks_like_a_formula_stays_a_text(admin, counted):
    with region():
        School.objects.filter(pk=world.SCHOOL_A.id).update(title="=HYPERLINK(1)")
    book = openpyxl.load_workbook(BytesIO(admin.get("/coverage/export/").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.value == "=HYPERLINK(1)"] == ["=HYPERLINK(1)"]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_nobody_is_named(admin, counted):
    text = str(sheets(admin.get("/coverage/export/"))) + str(sheets(admin.get(A)))
    for seed in (world.SCHOOL_A, world.SCHOOL_B):
        assert seed.canary not in text
        assert seed.surname not in text
        assert seed.schema not in text
