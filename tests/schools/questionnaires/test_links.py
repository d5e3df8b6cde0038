"""Personal links: one sheet on a phone without an account, and nothing else; nothing by them for a mentor."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.http import Http404

from core.audit.models import AuditRecord
from core.tenancy import school
from schools.people.models import Person
from schools.questionnaires import links, services
from schools.questionnaires.models import Response
from schools.questionnaires.naming import called_shortly
from tests.schools.makers import actor_with, make_order, make_pair, make_person
from tests.schools.questionnaires.makers import NOW, make_response, make_round
from tests.support.accounts import sign_in
from tests.support.world import MENTEE, MENTOR, SCHOOL_A, SCHOOL_B


@pytest.fixture
def asked(db):
    """Ask a pupil of school A; return (sheet, token)."""
    with school(SCHOOL_A.schema):
        row = make_response(make_round(title="Как вам в паре?"), make_person("Телефонов Илья", room="9Я"))
        issued = links.issue_link(actor=actor_with("coordinator"), response_id=row.pk)
        return issued.response, issued.token


def opened(client, token):
    """Scan the code; return the page it leads to."""
    return client.get(f"/q/{token}/", follow=True)


def test_a_link_opens_one_sheet_until_it_is_sent(client_at, asked):
    row, token = asked
    client = client_at(SCHOOL_A.code)
    exchange = client.get(f"/q/{token}/")
    assert (exchange.status_code, exchange["Location"]) == (302, "/q/")
    assert exchange["Referrer-Policy"] == "no-referrer"
    assert "no-store" in exchange["Cache-Control"]
    page = client.get("/q/").content.decode()
    assert "Илья" in page
    assert "Телефонов" not in page
    assert "Как вам в паре?" in page
    assert token not in page
    for path in ("/", "/questionnaires/mine/", f"/questionnaires/mine/{row.pk}/", f"/questionnaires/{row.round_id}/"):
        assert client.get(path)["Location"].startswith("/accounts/login/")
    # A form that came without any field is one without answers.
    assert "Ответьте на этот вопрос." in client.post("/q/", {}).content.decode()
    assert client.post("/q/", {"wishes": "нача", "comfort": "99", "autosave": "1"}).status_code == 204
    refused = client.post("/q/", {"wishes": "начало"}).content.decode()
    assert "Ответьте на этот вопрос." in refused
    assert "начало" in refused
    sent = client.post("/q/", {"comfort": "9", "wishes": "конец"}, follow=True)
    assert "Спасибо" in sent.content.decode()
    with school(SCHOOL_A.schema):
        stored = Response.objects.get(pk=row.pk)
        assert (stored.state, stored.channel, stored.filled_by) == ("submitted", "link", None)
        assert stored.answers == {"comfort": 9, "wishes": "конец"}
        told = AuditRecord.objects.filter(object_id=str(row.pk), actor_label="link")
        assert set(told.values_list("action", flat=True)) == {
            "questionnaires.own_viewed",
            "questionnaires.saved",
            "questionnaires.submitted",
        }
        assert token not in str(list(AuditRecord.objects.values()))
        assert token not in str(Response.objects.filter(pk=row.pk).values())
    again = opened(client_at(SCHOOL_A.code), token)
    assert again.redirect_chain[-1][0] == "/q/done/"
    assert "конец" not in again.content.decode()
    client.post("/q/", {"comfort": "1"})
    with school(SCHOOL_A.schema):
        assert Response.objects.get(pk=row.pk).answers["comfort"] == 9


def test_a_draft_is_shown_only_where_it_was_written(client_at, asked):
    _row, token = asked
    own, finder = client_at(SCHOOL_A.code), client_at(SCHOOL_A.code)
    opened(own, token)
    own.post("/q/", {"wishes": "не хочу больше встречаться", "draft": "1"})
    for page in (own.get("/q/"), opened(own, token)):
        assert "не хочу больше" in page.content.decode()
    assert "не хочу больше" not in opened(finder, token).content.decode()


def test_what_was_written_elsewhere_is_not_shown_by_a_link(client_at, asked):
    row, token = asked
    with school(SCHOOL_A.schema):
        Response.objects.filter(pk=row.pk).update(state="draft", draft={"wishes": "с бумаги"}, channel="paper")
    assert "с бумаги" not in opened(client_at(SCHOOL_A.code), token).content.decode()


def test_a_link_of_one_school_is_nothing_in_another(client_at, asked):
    row, token = asked
    with school(SCHOOL_B.schema):
        copied = make_response(make_round(), make_person("Чужой Иван"))
        Response.objects.filter(pk=copied.pk).update(link_hash=row.link_hash, link_expires_at=row.link_expires_at)
    for place, opens in ((SCHOOL_B, False), (SCHOOL_A, True)):
        assert ("comfort" in opened(client_at(place.code), token).content.decode()) is opens


@pytest.mark.parametrize("end", ["revoked", "another", "closed", "late", "left"])
def test_an_ended_link_is_like_an_unknown_one(client_at, asked, end):
    row, token = asked
    with school(SCHOOL_A.schema):
        actor = actor_with("director")
        match end:
            case "revoked":
                links.revoke_link(actor=actor, response_id=row.pk)
            case "another":
                links.issue_link(actor=actor, response_id=row.pk)
            case "closed":
                services.set_round_open(actor=actor, round_id=row.round_id, is_open=False)
            case "late":
                Response.objects.filter(pk=row.pk).update(link_expires_at=NOW - timedelta(days=300))
            case "left":
                row.person.enrolments.update(left_on=NOW.date())
    client = client_at(SCHOOL_A.code)
    ended, unknown = opened(client, token), opened(client, "wrong-wrong-wrong")
    assert ended.content == unknown.content
    assert "Илья" not in ended.content.decode()


def test_a_revoked_link_ends_in_an_open_browser_too(client_at, asked):
    row, token = asked
    client = client_at(SCHOOL_A.code)
    opened(client, token)
    with school(SCHOOL_A.schema):
        links.revoke_link(actor=actor_with("director"), response_id=row.pk)
    assert client.post("/q/", {"comfort": "9"}).status_code == 410
    with school(SCHOOL_A.schema):
        assert Response.objects.get(pk=row.pk).state == "asked"


def test_links_are_counted_by_address_and_by_school(client_at, asked, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "questionnaire_link": "2/m/ip,3/m/key"}
    _row, token = asked
    one, other = client_at(SCHOOL_A.code), client_at(SCHOOL_A.code)
    statuses = [one.get("/q/wrong/").status_code for _time in range(3)]
    assert statuses == [302, 302, 429]
    assert other.get(f"/q/{token}/", REMOTE_ADDR="203.0.113.7").status_code == 302
    assert other.get(f"/q/{token}/", REMOTE_ADDR="203.0.113.8").status_code == 429


def test_a_mentor_gets_nothing_by_a_link(client_at, db):
    with school(SCHOOL_A.schema):
        row = make_response(make_round(), Person.objects.get(pk=MENTEE))
        for role in ("director", "coordinator"):
            own = actor_with(role, person_id=MENTOR)
            for act in (
                lambda actor=own: links.issue_link(actor=actor, response_id=row.pk),
                lambda actor=own: links.revoke_link(actor=actor, response_id=row.pk),
            ):
                with pytest.raises(Http404):
                    act()
            assert links.sheet_of(actor=own, round_id=row.round_id, room="") == []
        token = links.issue_link(actor=actor_with("director"), response_id=row.pk).token
    mentee, mentor = client_at(SCHOOL_A.code), sign_in(client_at, SCHOOL_A, "mentor", person_id=MENTOR)
    opened(mentee, token)
    mentee.post("/q/", {"wishes": "не хочу больше встречаться", "draft": "1"})
    assert "comfort" not in opened(mentor, token).content.decode()
    for path in (f"/questionnaires/{row.round_id}/links/", f"/questionnaires/sheets/{row.pk}/link/"):
        assert mentor.get(path).status_code == 403
    director = sign_in(client_at, SCHOOL_A, "director", person_id=MENTOR)
    printed = director.post(f"/questionnaires/{row.round_id}/links/slips/", {"room": ""}, follow=True)
    assert "/q/" not in printed.content.decode()
    assert director.post(f"/questionnaires/sheets/{row.pk}/link/").status_code == 404


def test_slips_of_a_class_are_shown_once_with_a_code_for_each(client_at, db):
    with school(SCHOOL_A.schema):
        survey = make_round(title="Как вам в паре?")
        for name in ("Первый Ян", "Второй Ян"):
            make_response(survey, make_person(name, room="9Я"))
        make_response(survey, make_person("Третий Ян", room="8Я"))
        mentor = make_person("Учителева Инна", kinds=("teacher",))
        make_response(survey, mentor, pair=make_pair(mentor, make_person("Ученик Ян"), order=make_order("9")))
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    page = client.get(f"/questionnaires/{survey.pk}/links/").content.decode()
    room = re.search(r'<option value="([^"]+)">9Я \(2\)', page)[1]
    assert "не ученики (1)" in page
    shown = client.post(f"/questionnaires/{survey.pk}/links/slips/", {"room": room}).content.decode()
    tokens = re.findall(r"/q/([\w-]{24})/", shown)
    assert len(set(tokens)) == 2
    assert shown.count("data:image/svg+xml") == 2
    assert "Первый Ян" in shown
    assert "Третий Ян" not in shown
    assert "действует до" in client.get(f"/questionnaires/{survey.pk}/links/").content.decode()
    with school(SCHOOL_A.schema):
        assert Response.objects.exclude(link_hash="").count() == 2
        assert not Response.objects.filter(link_hash__in=tokens).exists()
    assert "Ян" in opened(client_at(SCHOOL_A.code), tokens[0]).content.decode()


def test_people_are_called_shortly_and_still_told_apart():
    people = [
        Person(surname=surname, name=name, patronymic=patronymic)
        for surname, name, patronymic in (
            ("Петрова", "Анна", "Ильинична"),
            ("Павлова", "Анна", "Олеговна"),
            ("Сидоров", "Пётр", ""),
            ("Смирнов", "Лев", "Ильич"),
            ("Соколов", "Лев", "Ильич"),
        )
    ]
    assert [name for _key, name in called_shortly(people)] == [
        "Анна Ильинична П.",
        "Анна Олеговна П.",
        "Пётр С.",
        "Смирнов Лев Ильич",
        "Соколов Лев Ильич",
    ]
