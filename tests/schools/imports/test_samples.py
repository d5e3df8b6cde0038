"""Every sample school through reading and resolving: refused rows and counts equal to the expected ones."""

import json
from datetime import date
from pathlib import Path

import pytest

from core.spreadsheets import read_workbook
from schools.imports.domain.layout import guess_layout
from schools.imports.domain.plan import Plan
from schools.imports.domain.reading import SheetToRead, read_import
from schools.imports.domain.resolving import resolve
from schools.imports.domain.stored import StoredSchool
from tests.schools.imports.reference import REFERENCE

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
TODAY = date(2026, 11, 21)


def sheets_of(school: Path) -> list[SheetToRead]:
    sheets = []
    for path in sorted(school.glob("*.xlsx")):
        for sheet in read_workbook(path.read_bytes()).sheets:
            layout = guess_layout(sheet, path.name)
            assert layout is not None
            assert layout.missing() == []
            sheets.append(SheetToRead(path.name, sheet, layout))
    return sheets


def plan_of(school: str) -> Plan:
    return resolve(read_import(sheets_of(SAMPLES / school), REFERENCE, TODAY), StoredSchool(), REFERENCE)


@pytest.mark.parametrize("code", sorted(EXPECTED["schools"]))
def test_a_sample_school_gives_the_expected_rows_and_counts(code: str) -> None:
    plan = plan_of(code)
    expected = EXPECTED["schools"][code]

    refused = [
        {"file": item.place.file, "sheet": item.place.sheet, "row": item.place.row, "why": item.why}
        for item in plan.refusals
    ]
    assert refused == expected["rows_refused"]
    people = {
        name: sum(kind in person.kinds for person in plan.people)
        for name, kind in (("pupils", "pupil"), ("teachers", "teacher"))
    }
    assert people == expected["people"]
    assert len(plan.pairs) == expected["pairs"]
    assert len(plan.consents) == expected["consents"]
    assert plan.person_changes == plan.enrolment_changes == plan.pair_changes == plan.consent_changes == []


def test_there_are_samples() -> None:
    assert len(EXPECTED["schools"]) == 7
