"""Random untidy schools: the plan of an import against the independent recount, row by row and figure by figure."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from core.spreadsheets import read_workbook
from schools.imports.domain.layout import guess_layout
from schools.imports.domain.plan import Plan
from schools.imports.domain.reading import SheetToRead, read_import
from schools.imports.domain.resolving import resolve
from schools.imports.domain.stored import StoredSchool
from tests.schools.imports.reference import REFERENCE
from tests.support.oracle import (
    PERSONAL_DATA,
    Consent,
    Enrolment,
    Order,
    Pair,
    Person,
    Region,
    School,
    read_region,
    recount,
    report_of,
)
from tests.support.regions import build_region, write_region

DAY = date(2026, 10, 31)
TODAY = date(2026, 11, 21)


def plan_of(folder: Path) -> Plan:
    sheets = []
    for path in sorted(folder.glob("*.xlsx")):
        for sheet in read_workbook(path.read_bytes()).sheets:
            layout = guess_layout(sheet, path.name)
            assert layout is not None, (path, sheet.name)
            assert layout.missing() == [], (path, sheet.name, layout)
            sheets.append(SheetToRead(path.name, sheet, layout))
    return resolve(read_import(sheets, REFERENCE, TODAY), StoredSchool(), REFERENCE)


def refused_of(plan: Plan) -> list[dict[str, object]]:
    return [
        {"file": item.place.file, "sheet": item.place.sheet, "row": item.place.row, "why": item.why}
        for item in plan.refusals
    ]


def as_records(plan: Plan, district: str | None) -> School:
    return School(
        district,
        [Person(p.id, str(p.name), p.birth_date, p.snils or "") for p in plan.people if p.birth_date],
        [Enrolment(e.person_id, e.kind, e.admitted_on, e.left_on) for e in plan.enrolments],
        [Order(o.id, o.number, o.signed_on) for o in plan.orders],
        [Pair(p.mentor_id, p.mentee_id, p.form_id, p.starts_on, p.ends_on, p.order_id) for p in plan.pairs],
        [
            Consent(
                c.person_id,
                PERSONAL_DATA if c.kind_id == REFERENCE.main_consent_kind else c.kind_id,
                c.number,
                c.given_on,
                c.signer == "self",
                c.valid_until,
                c.withdrawn_on,
            )
            for c in plan.consents
        ],
    )


def compare(folder: Path, seed: int, schools: int, pupils: tuple[int, int], untidiness: float) -> int:
    write_region(build_region(seed, schools=schools, pupils=pupils, day=DAY), folder, seed=seed, untidiness=untidiness)
    region, readings = read_region(folder, today=TODAY)
    made = Region(region.districts)
    for code, reading in readings.items():
        plan = plan_of(folder / code)
        expected = report_of(reading)
        assert refused_of(plan) == expected["rows_refused"]
        people = {
            "pupils": sum("pupil" in person.kinds for person in plan.people),
            "teachers": sum("teacher" in person.kinds for person in plan.people),
        }
        assert people == expected["people"]
        assert (len(plan.pairs), len(plan.consents)) == (expected["pairs"], expected["consents"])
        made.schools[code] = as_records(plan, reading.school.district)
    for shift in (-60, -30, -1, 0, 1, 30, 200):
        day = DAY + timedelta(days=shift)
        assert recount(made, day) == recount(region, day)
    return len(readings)


@pytest.mark.parametrize("seed", range(5))
def test_a_random_untidy_region_is_read_as_the_recount_reads_it(tmp_path: Path, seed: int) -> None:
    assert compare(tmp_path, seed, schools=2, pupils=(5, 25), untidiness=1.0) == 2


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [*range(5, 12), *range(100, 300)])
def test_two_hundred_random_regions_are_read_as_the_recount_reads_them(tmp_path: Path, seed: int) -> None:
    assert compare(tmp_path, seed, schools=4, pupils=(20, 70), untidiness=seed % 5 / 4) == 4
