"""The shipped questionnaires and the list of items that a region edits."""

from __future__ import annotations

import pytest

from core.authz import system_actor
from core.tenancy import region, school
from tenants.reference.item_fields import ItemsField
from tenants.reference.items import ItemsError, checked_items, items_from
from tenants.reference.models import Questionnaire
from tenants.reference.selectors import forms_now, questionnaires_now
from tenants.reference.services import publish_version
from tenants.reference.shipped_questionnaires import QUESTIONNAIRES
from tests.support.world import SCHOOL_A


@pytest.mark.parametrize("row", QUESTIONNAIRES, ids=lambda row: row["code"])
def test_what_is_shipped_keeps_the_rules(row):
    stored = checked_items(row["items"])
    assert stored == row["items"]
    assert 2 <= len(items_from(stored)) <= 30


def test_mentee_and_mentor_are_asked_in_the_same_codes():
    entry = {row["role"]: {item.code: item for item in items_from(row["items"])} for row in QUESTIONNAIRES[:2]}
    mentee, mentor = entry["mentee"], entry["mentor"]
    assert mentee["request"].options == mentor["competences"].options
    assert mentee["mentor_traits"].options == mentor["traits"].options
    for code in ("subjects", "interests", "time", "format", "form"):
        assert mentee[code].options == mentor[code].options, code


def test_every_kind_and_role_is_asked_in_every_form_and_a_school_reads_them(db):
    with school(SCHOOL_A.schema):
        known, forms = questionnaires_now(), forms_now()
    assert len(known) == len(QUESTIONNAIRES) == 36
    for kind in ("entry", "preference", "before", "interim", "after", "satisfaction"):
        for role in ("mentee", "mentor"):
            served = {row.form_code for row in known if (row.kind, row.role) == (kind, role)}
            assert "" in served or {form.code for form in forms} <= served


def test_a_new_version_leaves_the_old_one_readable(db):
    with region():
        now = Questionnaire.objects.now().get(code="entry-mentee")
        items = [*now.items, {"code": "q1", "text": "Ещё вопрос", "type": "yes_no", "required": False}]
        new = publish_version(
            actor=system_actor("check"),
            model=Questionnaire,
            code=now.code,
            based_on=now.pk,
            content={"items": items},
        )
        assert (new.version, len(new.items)) == (2, len(now.items) + 1)
        assert Questionnaire.objects.get(pk=now.pk).items == now.items


def test_codes_of_items_and_options_outlive_rewording():
    known = checked_items([{"text": "Зачем?", "type": "choice", "options": ["учёба", "спорт"]}])
    code, (first, second) = known[0]["code"], known[0]["options"]
    changed = checked_items(
        [
            {"text": "Новый", "type": "scale"},
            {"code": code, "text": "Для чего?", "type": "choice", "options": ["учёба и экзамены", "спорт"]},
            {"text": "  "},
        ],
        known,
    )
    assert [row["code"] for row in changed] == ["q2", code]
    assert changed[1]["options"] == [{**first, "title": "учёба и экзамены"}, second]


def test_another_way_of_answering_is_another_question():
    known = checked_items([{"text": "Нравится?", "type": "yes_no"}, {"text": "Комфортно?", "type": "scale"}])
    changed = checked_items([{**known[0], "type": "text"}, known[1]], known)
    assert [row["code"] for row in changed] == ["q3", known[1]["code"]]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "хотя бы один"),
        ([{"text": "А?", "type": "choice", "options": ["один"]}], "Вопрос 1: нужно от 2"),
        ([{"text": "А?", "type": "dance"}], "выберите, как на него отвечают"),
        ([{"text": "А?", "type": "scale", "code": "1Я"}], "обозначение"),
        ([{"text": "А" * 401, "type": "scale"}], "не длиннее"),
        ([{"text": "А?", "type": "scale", "code": "a"}] * 2, "одно обозначение"),
        ([{"text": "А?", "type": "people", "most": 99}], "от 1 до 10"),
    ],
)
def test_a_list_that_cannot_be_asked_is_refused(rows, words):
    with pytest.raises(ItemsError, match=words):
        checked_items(rows)


def test_rows_of_the_page_are_put_in_the_order_of_their_numbers():
    data = {"items-count": "2"}
    for place, (text, number) in enumerate((("Второй", "2"), ("Первый", "1"))):
        data |= {f"items-{place}-text": text, f"items-{place}-type": "yes_no", f"items-{place}-place": number}
    field = ItemsField()
    assert [row["text"] for row in field.clean(field.widget.value_from_datadict(data, {}, "items"))] == [
        "Первый",
        "Второй",
    ]
