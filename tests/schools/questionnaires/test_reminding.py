"""Reminders on the home page, once a day; a draft that is kept while it is written."""

from __future__ import annotations

import re
from pathlib import Path

from core.audit.models import AuditRecord
from core.tenancy import school
from schools import questionnaires
from schools.questionnaires.models import Response
from tests.schools.makers import make_person
from tests.schools.questionnaires.makers import make_response, make_round
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A


def test_one_click_reminds_everybody_once_a_day(client_at, db):
    with school(SCHOOL_A.schema):
        asked = make_round(title="Как вам в паре?")
        make_response(asked, pupil := make_person("Ждущий Пётр"))
        make_response(asked, make_person("Безвходный Иван"))
        done = make_response(asked, make_person("Ответивший Олег"), {"comfort": 5})
    client = sign_in(client_at, SCHOOL_A, "mentee", person_id=pupil.pk)
    assert "Ждут вашего ответа" in client.get("/").content.decode()
    curator = sign_in(client_at, SCHOOL_A, "coordinator")
    page = f"/questionnaires/{asked.pk}/"
    assert "Напомнить всем, кто не ответил" in curator.get(page).content.decode()
    said = curator.post(f"{page}remind/", follow=True).content.decode()
    assert "Напомнили: 1." in said
    assert "Без входа в программу: 1." in said
    assert "Новых напоминаний нет" in curator.post(f"{page}remind/", follow=True).content.decode()
    home = client.get("/").content.decode()
    assert "вам напомнили" in home
    assert "Как вам в паре?" in home
    with school(SCHOOL_A.schema):
        assert Response.objects.get(pk=done.pk).reminded_at is None
        assert AuditRecord.objects.filter(action="questionnaires.reminded").count() == 1
    curator.post(f"{page}open/", {"is_open": "0"})
    assert "Опрос закрыт" in curator.post(f"{page}remind/", follow=True).content.decode()
    assert "Ждут вашего ответа" not in client.get("/").content.decode()


def test_whatever_becomes_of_a_draft_has_words_of_its_own():
    folder = Path(questionnaires.__file__).parent
    script = (folder / "static/questionnaires/autosave.js").read_text()
    words = (folder / "templates/questionnaires/autosaved.html").read_text()
    told = {"kept", "failed", *re.findall(r'\d+: "(\w+)"', script)}
    assert '429: "busy"' in script, "asked too often is not a line that is gone"
    assert told == set(re.findall(r'data-say="(\w+)"', words)) == {"kept", "failed", "busy", "newer", "over"}


def test_a_draft_is_kept_while_it_is_written(client_at, db):
    with school(SCHOOL_A.schema):
        asked = make_response(make_round(), pupil := make_person("Ответова Ася"))
    client = sign_in(client_at, SCHOOL_A, "mentee", person_id=pupil.pk)
    page = f"/questionnaires/mine/{asked.pk}/"
    assert "autosave.js" in client.get(page).content.decode()
    for words in ("нач", "начало"):
        assert client.post(page, {"wishes": words, "comfort": "99", "autosave": "1"}).status_code == 204
    with school(SCHOOL_A.schema):
        assert Response.objects.get(pk=asked.pk).draft == {"wishes": "начало"}
        assert AuditRecord.objects.filter(action="questionnaires.saved", object_id=str(asked.pk)).count() == 1
    client.post(page, {"comfort": "9"})
    assert client.post(page, {"wishes": "поздно", "autosave": "1"}).status_code == 409
    with school(SCHOOL_A.schema):
        assert Response.objects.get(pk=asked.pk).answers == {"comfort": 9}
