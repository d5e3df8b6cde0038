"""Answers that were sent are sent back with a reason; until they come again, the former ones count."""

from __future__ import annotations

import pytest
from django.http import Http404

from core.audit.models import AuditRecord
from core.tenancy import school
from schools.participants.asked import waiting_for
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment, Person
from schools.questionnaires import links, services
from schools.questionnaires.models import Response
from schools.questionnaires.selectors import (
    answered_counts,
    asked_in,
    late_rounds,
    sent_in,
    shown_state,
    waiting_by_room,
)
from tests.schools.makers import TODAY, actor_with, make_person
from tests.schools.questionnaires.makers import NOW, make_response, make_round
from tests.support.accounts import sign_in
from tests.support.world import MENTEE, MENTOR, SCHOOL_A


def test_its_owner_mends_what_was_sent_back(client_at, db):
    with school(SCHOOL_A.schema):
        row = make_response(make_round(), pupil := make_person("Ответова Ася"), {"comfort": 3, "wishes": "было"})
    curator = sign_in(client_at, SCHOOL_A, "coordinator")
    page = f"/questionnaires/{row.round_id}/"
    assert "Вернуть для исправления" in curator.get(page).content.decode()
    at = f"/questionnaires/sheets/{row.pk}/reopen/"
    assert "Выберите причину." in curator.post(at, {"reason": ""}).content.decode()
    assert curator.post(at, {"reason": "asked"}).status_code == 302
    with school(SCHOOL_A.schema):
        director = actor_with("director")
        assert sent_in(director, row.round) == [("Ответова Ася", {"comfort": 3, "wishes": "было"})]
        told = AuditRecord.objects.get(action="questionnaires.reopened", object_id=str(row.pk))
        assert told.details == {"reason": "asked"}
    own = sign_in(client_at, SCHOOL_A, "mentee", person_id=pupil.pk)
    mine = f"/questionnaires/mine/{row.pk}/"
    assert "было" in own.get(mine).content.decode()
    own.post(mine, {"comfort": "9", "wishes": "стало"})
    with school(SCHOOL_A.schema):
        assert sent_in(director, row.round) == [("Ответова Ася", {"comfort": 9, "wishes": "стало"})]


def test_what_was_sent_by_link_is_mended_from_paper_and_the_link_ends(inside):
    director = actor_with("director")
    row = make_response(make_round(), make_person("Ответова Ася"))
    token = links.issue_link(actor=director, response_id=row.pk).token
    hashed = links.hashes_of(token)[0]
    links.answer_by_link(response_id=str(row.pk), link_hash=hashed, typed={"comfort": 3}, is_final=True)
    assert services.answer_from_paper(actor=director, rows={row.pk: {"comfort": 1}})[0] == 0
    services.reopen_response(actor=director, response_id=row.pk, reason="paper")
    with pytest.raises(links.LinkError):
        links.response_of_token(token)
    assert Response.objects.get().shown == {"comfort": 3}
    assert services.answer_from_paper(actor=director, rows={row.pk: {"comfort": 8}})[0] == 1
    assert Response.objects.get().answers == {"comfort": 8}
    assert AuditRecord.objects.filter(action="questionnaires.corrected").count() == 1


def test_who_may_not_sends_nothing_back(inside):
    asked, director = make_round(), actor_with("director")
    told = make_response(asked, Person.objects.get(pk=MENTEE), {"comfort": 1})
    begun = make_response(asked, make_person("Черновой Пётр"), draft={"comfort": 1}, state="draft")
    with pytest.raises(Http404):
        services.reopen_response(actor=actor_with("director", person_id=MENTOR), response_id=told.pk, reason="asked")
    for key, reason, code in ((told.pk, "чушь", "no_reason"), (begun.pk, "asked", "not_submitted")):
        with pytest.raises(FaultyActError, match=code):
            services.reopen_response(actor=director, response_id=key, reason=reason)
    services.set_round_open(actor=director, round_id=asked.pk, is_open=False)
    with pytest.raises(FaultyActError, match="closed"):
        services.reopen_response(actor=director, response_id=told.pk, reason="asked")
    assert Response.objects.get(pk=told.pk).state == "submitted"


def test_what_somebody_sent_before_he_left_stays_and_nobody_asks_him_again(inside):
    asked, director = make_round(due_on=NOW.date()), actor_with("director")
    said, back, silent = (make_person(f"{name} Ася") for name in ("Ответова", "Возвратова", "Молчунова"))
    sent = make_response(asked, said, {"comfort": 9})
    reopened = make_response(asked, back, {"comfort": 3}, state="reopened")
    make_response(asked, silent)
    assert (answered_counts(director, [asked.pk])[asked.pk], late_rounds(director, TODAY).get().unanswered) == (
        (1, 3),
        2,
    )
    Enrolment.objects.filter(person__in=(said, back, silent)).update(left_on=TODAY)
    assert [answers["comfort"] for _name, answers in sent_in(director, asked)] == [3, 9]
    assert answered_counts(director, [asked.pk])[asked.pk] == (2, 2)
    assert {shown_state(row) for row in asked_in(director, asked)} == {"submitted"}
    assert not late_rounds(director, TODAY).exists()
    assert not waiting_by_room(director, asked)
    own = actor_with("mentee", person_id=back.pk)
    assert not waiting_for(own)
    with pytest.raises(FaultyActError, match="nobody_waits"):
        links.issue_links(actor=director, round_id=asked.pk, response_ids=[reopened.pk])
    with pytest.raises(FaultyActError, match="not_awaited"):
        services.reopen_response(actor=director, response_id=sent.pk, reason="asked")
