"""P12 over every file that the platform gives: no cell is a formula, and every text comes back as it was.

That any text is safe is a property of the one writer (``test_writing``); here every endpoint that answers a file is
asked with such texts wherever a school or the region can have typed them, and nothing else writes workbooks.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import transaction

from core.authz.registry import World
from core.spreadsheets import read_workbook
from core.tenancy import region, school
from tests.permissions.walk import endpoints, own_values
from tests.support import seeds, world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

ROOT = Path(__file__).resolve().parents[3]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STARTS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "\x1f=", "\x0b=", "'=", "=cmd|' /C calc'!A0", "{=1}", "http://x/=")
SOURCES = ("platform", "schools", "reports", "tenants", "regional_bank")


def test_nothing_but_the_one_writer_writes_tables():
    pattern = re.compile(r"import (xlsxwriter|openpyxl|csv)\b|from (xlsxwriter|openpyxl|csv) import|text/csv")
    found = {
        path.relative_to(ROOT).as_posix()
        for top in SOURCES
        for path in (ROOT / top).rglob("*.py")
        if pattern.search(path.read_text())
    }
    # The others read what somebody wrote, or write what the import reads and nobody is given.
    inwards = {
        "platform/core/spreadsheets/text_tables.py",
        "tenants/provisioning/archive/reading.py",
        "schools/imports/rows_as_files.py",
    }
    assert found - inwards == {"platform/core/spreadsheets/writing.py"}


def texts() -> list[str]:
    return [f"{start}{number}ф" for number, start in enumerate(STARTS)]


def poison_school() -> None:
    """Put such texts wherever a school types any that are exported."""
    from schools.imports.models import ImportJob, ImportRow
    from schools.pairs.models import Order, Pair
    from schools.people.models import Enrolment, Person, SchoolClass

    mentor = Person.objects.get(pk=world.MENTOR)
    for number, text in enumerate(texts()):
        person = Person.objects.create(
            surname=text, name=text, patronymic=text, folded_name=text.lower(), birth_date=world.SEPTEMBER,
            name_key=f"{number:032}", created_at=seeds.NOW, updated_at=seeds.NOW,
        )  # fmt: skip
        room = SchoolClass.objects.create(title=text)
        Enrolment.objects.create(person=person, kind="pupil", school_class=room, admitted_on=world.SEPTEMBER)
        order = Order.objects.create(number=text, signed_on=world.SEPTEMBER, created_at=seeds.NOW)
        Pair.objects.create(
            mentor=mentor, mentee=person, form_code="teacher-pupil", role_variant=text, order=order,
            starts_on=world.SEPTEMBER, created_at=seeds.NOW,
        )  # fmt: skip
        ImportRow.objects.create(
            job=ImportJob.objects.get(pk=seeds.OWN["job_id"]), is_refused=True, file="а.xlsx", sheet="1", row=number,
            code="no_name", cells=[text],
        )  # fmt: skip
        _poison_year(text, number, person)


def _poison_year(text: str, number: int, person: Any) -> None:
    """Put a text into a programme year: a meeting, an answer, a paper of a mentor from outside, a task."""
    from schools.clearances.models import Clearance
    from schools.meetings.models import Meeting
    from schools.people.models import Enrolment, PersonKind
    from schools.programme.models import ProgrammeTask
    from schools.questionnaires.models import Response

    said = {"kind": "regular", "state": "held", "held_on": world.SEPTEMBER, "created_at": seeds.NOW}
    Meeting.objects.create(pair_id=world.PAIR, place=text, topic=text, result=text, note="а", **said)
    Response.objects.create(
        round_id=seeds.OWN["survey_id"], person=person, state="submitted", submitted_at=seeds.NOW,
        answers={"comfort": 7, "wishes": text},
    )  # fmt: skip
    outsider = type(person).objects.create(
        surname=text, name=text, folded_name=text.lower(), birth_date=world.SEPTEMBER, name_key=f"о{number:031}",
        created_at=seeds.NOW, updated_at=seeds.NOW,
    )  # fmt: skip
    assert not Enrolment.objects.filter(person=outsider).exists()
    PersonKind.objects.create(person=outsider, kind="enterprise")
    Clearance.objects.create(
        person=outsider, kind="agreement", number=text, issuer=text, issued_on=world.SEPTEMBER, recorded_at=seeds.NOW
    )
    ProgrammeTask.objects.create(
        year_id=seeds.OWN["year_id"], stage_number=2 + number, stage=text, position=1, title=text, term=text,
        responsible_words=text, result=text, updated_at=seeds.NOW,
    )  # fmt: skip


def poison_region() -> None:
    """Put such texts into the titles of districts and schools."""
    from tenants.registry.models import District, School

    for number, text in enumerate(texts()):
        for place, district in enumerate(
            (District.objects.get(pk=world.DISTRICT), District.objects.create(title=text))
        ):
            code = f"evil{number}-{place}"
            name = f"s_{number:010x}{place:02}"
            School(code=code, title=text, schema_name=name, state=School.State.READY, district=district).save()


def check(content: bytes) -> set[str]:
    """Assert that no cell of a workbook is a formula or a link; return its texts."""
    archive = ZipFile(BytesIO(content))
    for name in archive.namelist():
        if name.startswith("xl/worksheets/"):
            sheet = archive.read(name)
            assert b"<f>" not in sheet, name
            assert b"<f " not in sheet, name
            assert b"hyperlink" not in sheet, name
    return {cell for sheet in read_workbook(content).sheets for row in sheet.rows for cell in row if cell}


@pytest.mark.nightly
@pytest.mark.parametrize(("where", "role", "files"), [("school", "director", 16), ("region", "region_admin", 6)])
def test_every_file_is_safe_to_open(client_at, db, where: str, role: str, files: int):
    seeds.seed_all()
    with school(SCHOOL_A.schema) if where == "school" else region():
        poison_school() if where == "school" else poison_region()
    client = sign_in(client_at, SCHOOL_A if where == "school" else "region", role)
    found: dict[str, set[str]] = {}
    for endpoint in endpoints(World(where)):
        # Whatever answers a reading with a workbook, under any name; of writes, those that are called exports.
        is_asked_by_post = endpoint.is_api and re.search(r"export|file|refused", endpoint.route)
        methods = ("GET", "POST") if is_asked_by_post else ("GET",)
        for method in methods:
            with transaction.atomic():
                answer = client.generic(
                    method, endpoint.path(own_values(endpoint)), b"{}" if method == "POST" else b"",
                    content_type="application/json",
                )  # fmt: skip
                transaction.set_rollback(True)
            if answer.status_code == 200 and answer["Content-Type"].startswith(XLSX):
                found[f"{method} {endpoint.name}"] = check(answer.content)
    assert len(found) >= files, sorted(found)
    print(f"P12: {len(found)} files of the {where}: {sorted(found)}")
    for name, cells in found.items():
        if "sample" in name or "school-export" in name:  # hold nothing that anybody typed, or one school's own figures
            continue
        expected = {text for text in texts() if any(text in str(cell) for cell in cells)}
        assert len(expected) == len(texts()), f"{name}: {set(texts()) - expected}"
