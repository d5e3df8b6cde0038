"""What somebody began and left to the worker, what came back to him, and what is to be renewed: told once, by ids."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from core.accounts.models import User
from core.authz import load_actor
from core.events.catalogue import announce
from schools.consents.models import Consent
from schools.consents.own import withdraw_own_consent
from schools.consents.services import withdraw_consent
from schools.imports.models import ImportJob
from schools.matching.models import Run
from schools.matching.runs import _fail
from schools.notifications import preferences
from schools.notifications.domain import Kind
from schools.notifications.models import Letter, Notice
from schools.notifications.telling import tell_of_papers
from schools.notifications.words import lines
from schools.people.models import Guardianship
from schools.questionnaires.models import Response
from schools.questionnaires.services import open_round, reopen_response
from tests.schools.clearances.makers import decide, make_guest, make_paper
from tests.schools.makers import TODAY, actor_with, make_consent, make_order, make_pair, make_person
from tests.schools.matching.makers import make_round
from tests.schools.notifications.makers import reader

pytestmark = [pytest.mark.usefixtures("inside"), pytest.mark.urls("config.urls.school")]
NOW = timezone.now()


def told() -> list[tuple[str, str]]:
    """Return (login, news), the oldest first."""
    return list(Notice.objects.order_by("at", "news").values_list("user__login", "news"))


def shown(user: User) -> list[tuple[str, str, str]]:
    """Return title, detail and address of what an account was told, as its page shows it."""
    rows = Notice.objects.filter(user=user).order_by("at", "pk")
    return [(line.title, line.detail, line.url) for line in lines(load_actor(user), list(rows))]


@pytest.mark.parametrize(("reason", "channel", "news"), [
    ("mistake", "account", ["asked", "reopened"]),
    ("asked", "link", ["asked", "reopened"]),
    ("paper", "account", ["asked"]),
    ("mistake", "paper", ["asked"]),
])  # fmt: skip
def test_answers_sent_back_are_news_to_who_mends_them(reason: str, channel: str, news: list[str]) -> None:
    pupil, mentor = make_person("Ученикова Яна"), make_person("Учителева Инна", date(1980, 1, 1), ("teacher",))
    user = User.objects.get(pk=actor_with("mentee", login="yana", person_id=pupil.pk).pk)
    make_pair(mentor, pupil, order=make_order())
    director = actor_with("director", login="boss")
    opened = open_round(actor=director, code="entry-mentee", with_pairs=True)
    sheet = Response.objects.get(round=opened, person=pupil)
    for _again in range(2):
        Response.objects.filter(pk=sheet.pk).update(state="submitted", submitted_at=NOW, channel=channel)
        reopen_response(actor=director, response_id=sheet.pk, reason=reason)
    assert told() == [("yana", each) for each in news]
    if len(news) == 2:
        assert shown(user)[1] == (
            "Анкету вернули: ответьте ещё раз", opened.title, f"/questionnaires/mine/{sheet.pk}/",
        )  # fmt: skip


def test_a_run_that_is_over_is_news_to_who_asked_for_it() -> None:
    curator, other = actor_with("curator", "teacher-pupil", login="curator"), actor_with("director", login="boss")
    found = make_round(title="Осенний подбор")
    runs = [
        Run.objects.create(round=found, mode="best", state=state, asked_by=by, asked_at=NOW)
        for state, by in (("done", curator.pk), ("running", curator.pk), ("done", None))
    ]
    for _again in range(2):
        announce("matching.run_done", {"round": found.pk, "run": runs[0].pk, "matched": 3})
        announce("matching.run_done", {"round": found.pk, "run": runs[2].pk, "matched": 3})
        _fail(runs[1], "board_busy")
    assert told() == [("curator", "matched"), ("curator", "not-matched")]
    at = [f"/matching/runs/{run.pk}/" for run in runs[:2]]
    user = User.objects.get(login="curator")
    assert shown(user) == [
        ("Подбор пар готов", "Осенний подбор", at[0]),
        ("Подбор пар не удался", "Осенний подбор", at[1]),
    ]
    # Of a round that he leads no longer nothing but the title is left.
    user.grants.update(scope="pupil-pupil")
    assert shown(user)[0] == ("Подбор пар готов", "", "")
    assert Kind.WORK in preferences.kinds_for(other)
    assert Kind.WORK not in preferences.kinds_for(actor_with("psychologist"))


@pytest.mark.parametrize(("state", "rows", "is_feed", "news"), [
    ("done", 5000, False, ["imported"]),
    ("failed", 5000, False, ["import-stopped"]),
    ("done", 0, False, []),
    ("done", 5000, True, []),
    ("checked", 5000, False, ["import-checked"]),
    ("checked", 0, True, ["import-checked"]),
    ("columns", 0, True, ["import-stopped"]),
])  # fmt: skip
def test_a_long_import_that_is_over_is_news_to_who_began_it(state: str, rows: int, is_feed: bool, news: Any) -> None:
    boss = actor_with("director", login="boss")
    actor_with("coordinator")
    job = ImportJob.objects.create(
        state=state, created_by=boss.pk, created_at=NOW, progress_total=rows, is_feed=is_feed
    )
    for _again in range(2):
        announce("import.finished", {"import": job.pk, "state": ImportJob.State(state)})
    assert told() == [("boss", each) for each in news]
    if news:
        user = User.objects.get(login="boss")
        assert shown(user)[0][1:] == (str(job.get_state_display()), f"/import/{job.pk}/")
        assert not User.objects.exclude(pk=user.pk).filter(unread__gt=0).exists()


def test_a_paper_to_be_renewed_is_told_at_each_stroke_of_the_clock_once() -> None:
    decide(no_criminal_record="warn", agreement="warn")
    guest, former = make_guest(), make_guest("Бывший Олег")
    user = reader("mentor", login="guest", person_id=guest.pk)
    actor_with("mentor", login="former", person_id=former.pk)
    make_pair(guest, make_person(), "employer-pupil")
    paper = make_paper(guest, valid_until=TODAY + timedelta(days=45))
    for other in (make_paper(former, valid_until=TODAY + timedelta(days=5)), make_paper(guest, "agreement")):
        assert other.pk
    assert [tell_of_papers() for _again in range(3)] == [1, 1, 1]
    assert told() == [("guest", "renew")]
    assert Notice.objects.get().day == TODAY - timedelta(days=15)
    ((title, detail, url),) = shown(user)
    assert (title, url) == ("Документ для допуска скоро закончится", "/")
    assert detail
    letter = Letter.objects.get()
    assert (letter.data, str(guest.pk) in letter.key) == ({"news": "renew"}, False)
    # A month before the end it strikes again; renewed, it is silent and its news leads nowhere.
    paper.valid_until = TODAY + timedelta(days=30)
    paper.save()
    assert (tell_of_papers(), tell_of_papers()) == (1, 1)
    assert Notice.objects.filter(user=user).count() == 2
    make_paper(guest, number="2", issued_on=TODAY)
    assert tell_of_papers() == 0
    assert shown(user)[0][1:] == ("", "")


def test_the_switch_of_its_sort_stops_it() -> None:
    curator = actor_with("curator", "teacher-pupil", login="curator")
    preferences.choose(actor=curator, product=[Kind.CONCERN, Kind.REQUEST], mail=[], digest="")
    run = Run.objects.create(round=make_round(), mode="best", state="done", asked_by=curator.pk, asked_at=NOW)
    announce("matching.run_done", {"round": run.round_id, "run": run.pk, "matched": 0})
    assert told() == []


def test_a_withdrawn_consent_of_any_kind_is_news_to_who_looks_after_it_but_not_to_who_recorded_it() -> None:
    pupil = make_person("Ученикова Яна", room="7А")
    room = str(pupil.enrolments.get().school_class_id)
    mother = make_person("Ученикова Ольга", date(1985, 1, 1), ("parent",))
    Guardianship.objects.create(guardian=mother, ward=pupil)
    boss, teacher = actor_with("director", login="boss"), actor_with("class_teacher", room, login="teacher")
    actor_with("class_teacher", str(uuid4()), login="other")
    actor_with("psychologist", login="psychologist")
    photos, part = (make_consent(pupil, kind=kind) for kind in ("dissemination", "participation"))
    withdraw_own_consent(actor=actor_with("parent", login="mother", person_id=mother.pk), consent_id=photos.pk)
    assert sorted(told()) == [("boss", "withdrawn"), ("teacher", "withdrawn")]
    withdraw_consent(actor=boss, consent_id=part.pk, withdrawn_on=TODAY + timedelta(days=1))
    assert sorted(told()) == [("boss", "withdrawn"), ("teacher", "withdrawn"), ("teacher", "withdrawn")]
    user = User.objects.get(login="boss")
    ((title, detail, url),) = shown(user)
    assert (title, url) == ("Согласие отозвано", f"/consents/of/{pupil.pk}/")
    assert detail.startswith("Ученикова Яна: ")
    assert detail.endswith(f", с {TODAY:%d.%m.%Y}")
    assert Kind.CONSENT in preferences.kinds_for(teacher)
    # Of one that stands again, and of a pupil whom he looks after no longer, nothing but the title is left.
    Consent.objects.filter(pk=photos.pk).update(withdrawn_on=None)
    assert shown(user) == [("Согласие отозвано", "", "")]
    Consent.objects.filter(pk=photos.pk).update(withdrawn_on=TODAY)
    user.grants.update(role="class_teacher", scope=str(uuid4()))
    assert shown(user) == [("Согласие отозвано", "", "")]
