"""`load_region` and `import_report`: a folder becomes a region once, another region is refused, the report agrees."""

import json
import shutil
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from core.tenancy import region, school
from schools.imports.models import ImportJob
from schools.people.models import Person
from tenants.provisioning import runner
from tenants.registry.models import District, Region, School
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))["schools"]


def run(command: str, *arguments: str) -> Any:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the two schools of the check, with the workbooks of two sample schools."""
    described = {
        "region": "Проверочная область",
        "districts": ["Проверочный район", "Соседний район"],
        "schools": [
            {"code": SCHOOL_A.code, "name": SCHOOL_A.title, "district": "Проверочный район"},
            {"code": SCHOOL_B.code, "name": SCHOOL_B.title, "district": "Соседний район"},
        ],
    }
    (tmp_path / "region.json").write_text(json.dumps(described, ensure_ascii=False), "utf-8")
    for code, sample in ((SCHOOL_A.code, "sch04"), (SCHOOL_B.code, "sch05")):
        shutil.copytree(SAMPLES / sample, tmp_path / code)
    return tmp_path


def test_a_folder_is_loaded_and_a_second_time_changes_nothing(folder: Path) -> None:
    (folder / "expected.json").write_text("{ falsified")
    (folder / SCHOOL_A.code / "~$контингент.xlsx").write_bytes(b"lock file")
    (folder / SCHOOL_A.code / "ещё пары.xlsx").write_bytes(b"not ours")

    answer = run("load_region", str(folder))

    assert answer["region"] == "Проверочная область"
    assert answer["files_refused"] == []
    assert [answer["schools"][code]["imported"] for code in (SCHOOL_A.code, SCHOOL_B.code)] == [True, True]
    for code, sample in ((SCHOOL_A.code, "sch04"), (SCHOOL_B.code, "sch05")):
        expected = {key: EXPECTED[sample][key] for key in ("rows_refused", "people", "pairs", "consents")}
        assert run("import_report", code, "--json") == expected
    with school(SCHOOL_A.schema):
        people = Person.objects.count()

    again = run("load_region", str(folder))

    assert [again["schools"][code] for code in (SCHOOL_A.code, SCHOOL_B.code)] == [{"imported": False}] * 2
    with school(SCHOOL_A.schema):
        assert Person.objects.count() == people


def test_one_unreadable_workbook_is_named_and_the_others_are_loaded(folder: Path) -> None:
    (folder / SCHOOL_A.code / "пары.xlsx").write_bytes(b"broken")
    with pytest.raises(CommandError) as refused:
        run("load_region", str(folder))
    assert refused.value.returncode == 2
    assert str(refused.value) == "sch-a/пары.xlsx: not_a_workbook"
    report = run("import_report", SCHOOL_A.code, "--json")
    assert (report["people"], report["pairs"]) == (EXPECTED["sch04"]["people"], 0)


@pytest.mark.parametrize(
    "change",
    [
        {"region": "Другая область"},
        {"districts": ["Проверочный район"]},
        {"schools": []},
        {"schools": [{"code": "sch-a", "name": "Не та школа", "district": None}]},
    ],
)
def test_another_region_is_refused_and_nothing_changes(folder: Path, change: dict[str, Any]) -> None:
    told = json.loads((folder / "region.json").read_text("utf-8"))
    schools = told["schools"]
    (folder / "region.json").write_text(json.dumps({**told, **change}, ensure_ascii=False), "utf-8")
    if "districts" in change:
        told["schools"] = [item for item in schools if item["district"] in change["districts"]]
        (folder / "region.json").write_text(json.dumps({**told, **change}, ensure_ascii=False), "utf-8")
    with pytest.raises(CommandError) as refused:
        run("load_region", str(folder))
    assert refused.value.returncode == 2
    with region():
        assert Region.objects.get().title == "Проверочная область"
        assert (District.objects.count(), School.objects.count()) == (2, 2)
    with school(SCHOOL_A.schema):
        assert Person.objects.count() == 2


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "not json",
     '{"region": "О", "districts": [], "schools": [{"code": "s-1\\n", "name": "Ш"}]}',
     '{"region": "О", "districts": [], "schools": [{"code": "Плохой код", "name": "Ш"}]}',
     '{"region": "О", "districts": [], "schools": [{"code": "s-1", "name": "Ш", "district": "Нет такого"}]}',
     '{"region": "О", "districts": [], "schools": [{"code": "s-1", "name": "Ш"}, {"code": "s-1", "name": "Ш"}]}'],
)  # fmt: skip
def test_a_wrong_description_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "region.json").write_text(text, "utf-8")
    with pytest.raises(CommandError) as refused:
        run("load_region", str(tmp_path))
    assert refused.value.returncode == 2
    with pytest.raises(CommandError) as refused:
        run("load_region", str(tmp_path / "nowhere"))
    assert refused.value.returncode == 2


def test_new_schools_need_a_provisioner(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = json.loads((folder / "region.json").read_text("utf-8"))
    told["schools"].append({"code": "sch-c", "name": "Школа В", "district": None})
    (folder / "region.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    monkeypatch.setattr(runner, "_owner_variables", dict)
    with pytest.raises(CommandError) as error:
        run("load_region", str(folder))
    assert error.value.returncode == 1
    assert "DATABASE_ADMIN_URL" in str(error.value)


def test_a_suspended_school_further_down_refuses_the_folder_before_any_import(folder: Path) -> None:
    told = json.loads((folder / "region.json").read_text("utf-8"))
    told["schools"].append({"code": "sch-c", "name": "Школа В", "district": None})
    (folder / "region.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    with region():
        School.objects.filter(code=SCHOOL_B.code).update(state=School.State.SUSPENDED)
    with pytest.raises(CommandError, match=r"sch-b \(suspended\)") as refused:
        run("load_region", str(folder))
    assert refused.value.returncode == 2
    with region():
        assert School.objects.count() == 2
    with school(SCHOOL_A.schema):
        assert (Person.objects.count(), ImportJob.objects.count()) == (2, 0)


@pytest.mark.parametrize(("state", "code"), [("suspended", 0), ("closed", 2)])
def test_a_suspended_school_has_a_report_as_it_has_coverage(state: str, code: int) -> None:
    with region():
        School.objects.filter(code=SCHOOL_A.code).update(state=state, state_changed_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert (SCHOOL_A.code in run("coverage", "--as-of", "2026-11-01", "--json")["schools"]) is (code == 0)
    if code:
        with pytest.raises(CommandError) as refused:
            run("import_report", SCHOOL_A.code, "--json")
        assert refused.value.returncode == code
    else:
        nothing = {"rows_refused": [], "people": {"pupils": 0, "teachers": 0}, "pairs": 0, "consents": 0}
        assert run("import_report", SCHOOL_A.code, "--json") == nothing


def test_a_code_ends_where_it_ends() -> None:
    school = School(code="school-12\n", title="Школа")
    with pytest.raises(ValidationError) as refused:
        school.clean_fields(exclude=["schema_name", "district"])
    assert set(refused.value.message_dict) == {"code"}


def test_a_report_of_no_school_is_refused() -> None:
    with pytest.raises(CommandError) as refused:
        run("import_report", "nobody", "--json")
    assert refused.value.returncode == 2
