"""One questionnaire on two devices: the older page overwrites nothing, says so, and offers to take the newer."""

from __future__ import annotations

import re
from html import unescape

import pytest

from core.tenancy import school
from schools.people.errors import FaultyActError
from schools.questionnaires import links, services
from schools.questionnaires.drafts import edition_of_answers
from schools.questionnaires.models import Response
from tests.schools.makers import actor_with, make_person
from tests.schools.questionnaires.makers import make_response, make_round
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

SELECTED = re.compile(r'<input type="radio" name="comfort" value="(\d+)"[^>]*checked')


@pytest.fixture
def asked(db):
    """Ask a pupil; return his sheet."""
    with school(SCHOOL_A.schema):
        return make_response(make_round(), make_person("Ответова Ася", room="9Я"))


def stored(row):
    with school(SCHOOL_A.schema):
        return Response.objects.get(pk=row.pk)


def carried(page):
    """Return what a page carries to say what it saw."""
    return {name: unescape(re.search(rf'name="{name}" value="([^"]*)"', page).group(1)) for name in ("_seen", "_page")}


def kept(client, address, hidden, **typed):
    """Let the script of a page keep what is typed; return the answer."""
    answer = client.post(address, {**hidden, **typed, "autosave": "1"})
    if answer.status_code == 204:
        hidden["_seen"] = answer["ETag"].strip('"')
    return answer


def test_an_older_page_keeps_nothing_over_newer_answers(client_at, asked):
    phone, desk = (sign_in(client_at, SCHOOL_A, "mentee", person_id=asked.person_id) for _device in range(2))
    page = f"/questionnaires/mine/{asked.pk}/"
    old, new = (carried(each.get(page).content.decode()) for each in (desk, phone))
    for words in ("нач", "начало"):
        assert kept(phone, page, new, wishes=words, comfort="9").status_code == 204
    assert kept(desk, page, old, liked="yes").status_code == 412
    assert stored(asked).draft == {"wishes": "начало", "comfort": 9}
    clash = desk.post(page, {**old, "liked": "yes", "wishes": "другое", "draft": "1"}).content.decode()
    assert "На другом устройстве эту анкету уже дополнили." in clash
    assert "Здесь теперь: «начало»." in clash
    assert "Взять все те ответы" in clash
    assert "data-autosave" not in clash
    # What was typed here stays, what was not touched here takes the newer; then it is sent knowingly.
    assert ">другое</textarea>" in clash.replace("\n", "")
    assert SELECTED.findall(clash) == ["9"]
    assert stored(asked).draft == {"wishes": "начало", "comfort": 9}
    both = {**carried(clash), "liked": "yes", "wishes": "другое", "comfort": "9"}
    assert desk.post(page, {**both, "draft": "1"}).status_code == 302
    assert kept(phone, page, new, wishes="ещё", comfort="9").status_code == 412
    assert stored(asked).draft == {"comfort": 9, "liked": True, "wishes": "другое"}


def test_a_page_whose_answer_got_lost_is_no_other_device(client_at, asked):
    client = sign_in(client_at, SCHOOL_A, "mentee", person_id=asked.person_id)
    page = f"/questionnaires/mine/{asked.pk}/"
    hidden = carried(client.get(page).content.decode())
    assert client.post(page, {**hidden, "wishes": "раз", "autosave": "1"}).status_code == 204
    assert client.post(page, {**hidden, "wishes": "раз, два", "autosave": "1"}).status_code == 204
    assert client.post(page, {**hidden, "wishes": "раз, два, три", "comfort": "5"}).status_code == 302
    assert stored(asked).answers == {"comfort": 5, "wishes": "раз, два, три"}


def test_what_is_typed_after_the_other_device_has_sent_is_still_shown(client_at, asked):
    phone, desk = (sign_in(client_at, SCHOOL_A, "mentee", person_id=asked.person_id) for _device in range(2))
    page = f"/questionnaires/mine/{asked.pk}/"
    old = carried(desk.get(page).content.decode())
    phone.post(page, {"comfort": "9"})
    late = desk.post(page, {**old, "comfort": "1", "wishes": "длинный рассказ"}).content.decode()
    assert "Анкета уже отправлена." in late
    assert "длинный рассказ" in late
    assert stored(asked).answers == {"comfort": 9}


def test_a_link_on_another_device_overwrites_nothing_unknowingly(client_at, asked):
    with school(SCHOOL_A.schema):
        token = links.issue_link(actor=actor_with("coordinator"), response_id=asked.pk).token
    phone, desk = client_at(SCHOOL_A.code), client_at(SCHOOL_A.code)
    opened = [carried(each.get(f"/q/{token}/", follow=True).content.decode()) for each in (phone, desk)]
    assert kept(phone, "/q/", opened[0], wishes="тайное").status_code == 204
    assert kept(desk, "/q/", opened[1], comfort="5").status_code == 412
    again = desk.get("/q/").content.decode()
    assert "Эту анкету уже начали на другом устройстве." in again
    assert "тайное" not in again
    hidden = carried(again)
    assert kept(desk, "/q/", hidden, comfort="5").status_code == 412
    clash = desk.post("/q/", {**hidden, "comfort": "5"}).content.decode()
    assert "Допишите её там или отправьте отсюда ещё раз" in clash
    assert "тайное" not in clash
    assert kept(phone, "/q/", opened[0], wishes="тайное и явное").status_code == 204
    # What the phone wrote after the warning is not to be lost either.
    clash = desk.post("/q/", {**carried(clash), "comfort": "5"}).content.decode()
    assert desk.post("/q/", {**carried(clash), "comfort": "5"}).status_code == 302
    late = phone.post("/q/", {**opened[0], "comfort": "1", "wishes": "тайное и явное"}).content.decode()
    assert "Анкета уже отправлена." in late
    assert "тайное и явное" in late
    assert stored(asked).answers == {"comfort": 5}


def test_programs_name_the_version_they_read(inside, asked):
    row = Response.objects.select_related("round__template").get(pk=asked.pk)
    actor, seen = actor_with("mentee", person_id=row.person_id), edition_of_answers(row)
    of_it = {"actor": actor, "response_id": row.pk, "is_final": False}
    services.answer_own(**of_it, typed={"comfort": 3}, seen=seen)
    with pytest.raises(FaultyActError) as late:
        services.answer_own(**of_it, typed={"comfort": 4}, seen=seen)
    assert {fault.code for fault in late.value.faults} == {"stale"}
    assert "comfort" in {fault.field for fault in late.value.faults}
    # The same again is no conflict; without a version it is written as it is.
    services.answer_own(**of_it, typed={"comfort": "3"}, seen=seen)
    assert services.answer_own(**of_it, typed={"comfort": 4}).draft == {"comfort": 4}
