"""A school's own copies of questionnaires: both versions are kept while people answer, and there is a way back."""

from __future__ import annotations

import re

import pytest

from core.authz import RefusedError
from core.tenancy import school
from schools.people.errors import FaultyActError
from schools.questionnaires import copies, services
from schools.questionnaires.models import Response, Template
from tests.schools.makers import actor_with, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

CODE = "interim-mentee"


def changed(actor, items=None, **fields):
    known = copies.offered_by_code(CODE)
    typed = {"title": known.title, "intro": known.intro, "based_on": known.id, **fields}
    return copies.edit_template(actor=actor, code=CODE, items=list(known.items) if items is None else items, **typed)


def test_an_edit_while_people_answer_keeps_both_versions(inside):
    director, pupils = actor_with("director"), [make_person("Первый Ян"), make_person("Второй Ян")]
    regional = copies.offered_by_code(CODE)
    before = services.open_round(actor=director, code=CODE, people=[pupils[0].pk])
    more = {"text": "Чего не хватает?", "type": "text"}
    changed(director, [*regional.items[1:], more], title="Наша анкета")
    after = services.open_round(actor=director, code=CODE, people=[pupils[1].pk])
    assert tuple(before.template.items) == regional.items
    assert [row["text"] for row in after.template.items][-1] == "Чего не хватает?"
    assert (before.template.is_own, after.template.is_own, after.title) == (False, True, "Наша анкета")
    first = regional.questions[0]
    for asked, gives in ((before, True), (after, False)):
        row = Response.objects.get(round=asked)
        services.answer_from_paper(actor=director, rows={row.pk: {first.code: 7}})
        row.refresh_from_db()
        assert (first.code in (row.draft or row.answers)) is gives
    changed(director, title="Наша анкета, исправленная")
    assert [(row.version, row.superseded_at is None) for row in copies.own_versions(CODE)] == [(2, True), (1, False)]
    after.refresh_from_db()
    assert after.template.version == 1


def test_the_way_back_to_the_regions(inside):
    director = actor_with("director")
    regional = copies.offered_by_code(CODE)
    with pytest.raises(FaultyActError, match="not_own"):
        copies.return_to_region(actor=director, code=CODE)
    made = changed(director, title="Наша анкета")
    assert copies.offered_by_code(CODE).id == made.pk
    copies.return_to_region(actor=director, code=CODE)
    assert copies.offered_by_code(CODE) == regional
    assert changed(director, title="Снова наша").version == 2


def test_what_cannot_be_asked_or_came_late_changes_nothing(inside):
    director = actor_with("director")
    known = copies.offered_by_code(CODE)
    for fields, code in (
        ({"title": " "}, "bad_title"),
        ({"items": [{"text": "А?", "type": "choice", "options": ["один"]}]}, "bad_items"),
        ({}, "unchanged"),
    ):
        with pytest.raises(FaultyActError, match=code):
            changed(director, **fields)
    changed(director, title="Первая правка")
    with pytest.raises(FaultyActError, match="stale"):
        changed(director, title="Вторая правка", based_on=known.id)
    assert Template.objects.filter(code=CODE).count() == 1


def test_who_comes_second_loses_nothing_of_what_he_typed(client_at, db):
    one, two = (sign_in(client_at, SCHOOL_A, role) for role in ("coordinator", "director"))
    at = f"/questionnaires/templates/{CODE}/edit/"
    with school(SCHOOL_A.schema):
        known = copies.offered_by_code(CODE)
    form = {"based_on": str(known.id), "intro": "", "items-count": "1", "items-0-type": "scale", "items-0-place": "1"}
    assert two.post(at, {**form, "title": "Первая", "items-0-text": "Как дела?"}).status_code == 302
    clash = one.post(at, {**form, "title": "Вторая", "items-0-text": "Как вы?"}).content.decode()
    assert "анкету изменил другой сотрудник" in clash
    assert 'value="Вторая"' in clash
    assert "Как вы?" in clash
    form["based_on"] = re.search(r'name="based_on" value="([^"]+)"', clash).group(1)
    assert one.post(at, {**form, "title": "Вторая", "items-0-text": "Как вы?"}).status_code == 302
    with school(SCHOOL_A.schema):
        assert [row.title for row in copies.own_versions(CODE)] == ["Вторая", "Первая"]


@pytest.mark.parametrize(("role", "may"), [("coordinator", True), ("curator", False), ("class_teacher", False)])
def test_copies_are_edited_by_who_may(inside, role, may):
    actor = actor_with(role, "teacher-pupil" if role == "curator" else "")
    if may:
        assert changed(actor, title="Наша анкета").is_own
        return
    with pytest.raises(RefusedError):
        changed(actor, title="Наша анкета")
    with pytest.raises(RefusedError):
        copies.return_to_region(actor=actor, code=CODE)


def test_the_pages_show_edit_and_print_one(client_at, db):
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    at = f"/questionnaires/templates/{CODE}/"
    with school(SCHOOL_A.schema):
        known = copies.offered_by_code(CODE)
    assert known.questions[0].text in client.get(at).content.decode()
    form = {"based_on": str(known.id), "title": "Наша анкета", "intro": "", "items-count": "2"}
    form |= {"items-0-text": "Кто вы?", "items-0-type": "choice", "items-0-options": "один", "items-0-place": "2"}
    form |= {"items-1-text": "Как дела?", "items-1-type": "scale", "items-1-place": "1"}
    refused = client.post(f"{at}edit/", form).content.decode()
    assert "нужно от 2 до" in refused
    assert "Как дела?" in refused
    form["items-0-options"] = "ученик\nучитель"
    assert client.post(f"{at}edit/", form).status_code == 302
    card = client.get(at).content.decode()
    assert "Анкета школы, редакция 1" in card
    assert card.index("Как дела?") < card.index("Кто вы?")
    paper = client.get(f"{at}paper/").content.decode()
    assert "<li>учитель</li>" in paper
    assert "Обведите: 1" in paper
    assert client.get(f"{at}return/").status_code == 200
    client.post(f"{at}return/")
    assert "Анкета региона" in client.get(at).content.decode()
    curator = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")
    assert curator.get(at).status_code == 200
    assert curator.get(f"{at}edit/").status_code == 403
