"""Rounds, their candidates and the group meeting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.authz import RefusedError
from core.authz.registry import World
from core.tenancy import school
from schools.matching import services
from schools.matching.meeting import Line, enter_preferences, set_preferences
from schools.matching.models import Candidate, Proposal, Round, Run
from schools.people.errors import FaultyActError
from schools.people.merging import merge_people
from tests.permissions.walk import endpoints
from tests.schools.makers import actor_with, audited, make_consent, make_pair, make_person
from tests.schools.matching.makers import make_mentee, make_mentor, make_round
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_a_round_is_started_by_who_leads_the_form(inside: None):
    curator = actor_with("curator", "teacher-pupil")
    found = services.start_round(actor=curator, form_code="teacher-pupil")
    assert (found.title, found.state) == ("Подбор пар «учитель – ученик»", "open")
    assert audited()[-1] == ("matching.round_started", str(found.pk))
    with pytest.raises(RefusedError, match="курирует другой"):
        services.start_round(actor=curator, form_code="pupil-pupil")
    with pytest.raises(RefusedError):
        services.start_round(actor=actor_with("class_teacher"), form_code="teacher-pupil")
    assert Round.objects.count() == 1


def test_those_who_fit_the_side_are_added_in_order_and_only_once(inside: None):
    found, curator = make_round(), actor_with("curator", "teacher-pupil")
    second, first = make_person("Ян Борис"), make_person("Абрамов Лев")
    teacher = make_person("Учителев Пётр", date(1980, 1, 1), ("teacher",))
    add = {"actor": curator, "round_id": found.pk, "side": "mentee"}
    services.add_candidates(**add, person_ids=[second.pk, first.pk])
    services.add_candidates(**add, person_ids=[first.pk])
    assert list(found.candidates.values_list("number", "person")) == [(1, first.pk), (2, second.pk)]
    with pytest.raises(FaultyActError, match="wrong_side"):
        services.add_candidates(**add, person_ids=[teacher.pk])
    with pytest.raises(FaultyActError, match="nobody"):
        services.add_candidates(**add, person_ids=[])


def test_whoever_left_comes_back_under_his_number_and_his_partner_is_free(inside: None):
    found, curator = make_round(), actor_with("curator", "teacher-pupil")
    mentor = make_mentor(found, "Учителев Пётр")
    mentee = make_mentee(found, "Ян Борис", partner=mentor, is_locked=True)
    services.remove_candidate(actor=curator, candidate_id=mentor.pk)
    mentee.refresh_from_db()
    assert (mentee.partner, mentee.is_locked, mentee.changed_version) == (None, False, 2)
    services.add_candidates(actor=curator, round_id=found.pk, side="mentor", person_ids=[mentor.person_id])
    mentor.refresh_from_db()
    assert (mentor.out_at, mentor.number) == (None, 1)


def test_each_line_is_stored_or_refused_by_itself(inside: None):
    found, curator = make_round(), actor_with("curator", "teacher-pupil")
    mentors = [make_mentor(found, f"Учителев Пётр{letter}") for letter in "аб"]
    mentees = [make_mentee(found, f"Ян Борис{letter}") for letter in "аб"]
    entered = enter_preferences(
        actor=curator,
        round_id=found.pk,
        lines={mentees[0].pk: Line("2, 1", "", "", ""), mentees[1].pk: Line("3", "", "", "")},
    )
    assert entered.saved == 1
    assert entered.faults == {mentees[1].pk: "На другой стороне нет участника с номером 3."}
    mentees[0].refresh_from_db()
    assert mentees[0].preferences == [str(mentors[1].pk), str(mentors[0].pk)]


def test_a_line_that_somebody_else_changed_is_not_overwritten(inside: None):
    found, curator = make_round(), actor_with("curator", "teacher-pupil")
    mentor = make_mentor(found, "Учителев Пётр")
    mentee = make_mentee(found, "Ян Борис")
    set_preferences(actor=curator, candidate_id=mentee.pk, preferences=[mentor.pk], vetoes=[])
    typed = {mentee.pk: Line("", "1", "", "")}
    entered = enter_preferences(actor=curator, round_id=found.pk, lines=typed)
    assert entered.saved == 0
    assert "Пока вы вводили, эту строку изменили: сейчас в ней «1»" in entered.faults[mentee.pk]
    assert enter_preferences(actor=curator, round_id=found.pk, lines={mentee.pk: Line("", "", "", "")}).faults == {}


def test_two_cards_of_one_person_are_one_candidate(inside: None):
    found = make_round()
    kept, gone = make_mentee(found, "Ян Борис"), make_mentee(found, "Янъ Борис")
    mentor = make_mentor(found, "Учителев Пётр", preferences=[str(gone.pk), str(kept.pk)])
    gone.vetoes = [str(mentor.pk)]
    gone.save()
    merge_people(actor=actor_with("director"), kept_id=kept.person_id, gone_id=gone.person_id, from_gone=())
    mentor.refresh_from_db()
    kept.refresh_from_db()
    assert (mentor.preferences, kept.vetoes) == ([str(kept.pk)], [str(mentor.pk)])
    assert not Candidate.objects.filter(pk=gone.pk).exists()


@pytest.fixture
def curator(client_at: Callable[[str], Client]) -> Any:
    return sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")


def test_a_round_goes_from_its_beginning_to_the_meeting_by_forms_alone(curator: Any):
    page = curator.post("/matching/new/", {"form_code": "teacher-pupil", "meeting_on": "2026-12-01"}, follow=True)
    address = page.redirect_chain[0][0]
    assert "Наставляемых: 0, наставников: 0" in page.content.decode()
    with school(SCHOOL_A.schema):
        pupil = make_person("Ян Борис")
        teacher = make_person("Учителев Пётр", date(1980, 1, 1), ("teacher",))
        make_consent(pupil)
        make_pair(teacher, make_person("Занятой Лев"))
    added = curator.get(f"{address}add/mentor/").content.decode()
    assert "Учителев Пётр" in added
    assert "Ян Борис" not in added
    curator.post(f"{address}add/mentee/", {"people": [pupil.pk]})
    page = curator.post(f"{address}add/mentor/", {"people": [teacher.pk]}, follow=True)
    assert "Добавлен 1 участник." in page.content.decode()
    with school(SCHOOL_A.schema):
        mentee, mentor = Candidate.objects.order_by("side")
    typed = {f"p-{mentee.pk}": "1", f"v-{mentee.pk}": "", f"pw-{mentee.pk}": "", f"vw-{mentee.pk}": ""}
    refused = curator.post(f"{address}meeting/", {**typed, f"p-{mentor.pk}": "5"})
    body = refused.content.decode()
    assert "На другой стороне нет участника с номером 5." in body
    assert 'value="5"' in body
    with school(SCHOOL_A.schema):
        assert Candidate.objects.get(pk=mentee.pk).preferences == [str(mentor.pk)]
    with school(SCHOOL_A.schema):
        Candidate.objects.filter(pk=mentor.pk).update(out_at=timezone.now())
    left = {f"p-{mentor.pk}": "1", f"pw-{mentor.pk}": "", f"w-{mentor.pk}": "Учителев Пётр", f"v-{mentor.pk}": "2"}
    body = curator.post(f"{address}meeting/", {**left, f"vw-{mentor.pk}": ""}).content.decode()
    assert "Учителев Пётр: участник уже вышел из этого подбора, строка не записана." in body
    assert "Было введено: 1; не подходит 2" in body
    assert "Ничего не изменилось" not in body
    # A line that nobody touched is no loss.
    assert (
        curator.post(f"{address}meeting/", {**left, f"pw-{mentor.pk}": "1", f"vw-{mentor.pk}": "2"}).status_code == 302
    )
    with school(SCHOOL_A.schema):
        Candidate.objects.filter(pk=mentor.pk).update(out_at=None)
    curator.post(f"/matching/candidates/{mentor.pk}/", {"capacity": "3", "age_from": "10", "age_to": "13"})
    listed = curator.get(f"{address}people/?side=mentor").content.decode()
    assert "10–13" in listed
    page = curator.post(f"/matching/candidates/{mentor.pk}/", {"capacity": "0", "age_from": "13", "age_to": "10"})
    assert page.context["form"].errors["capacity"]


def test_other_forms_rounds_are_not_the_curators(client_at: Callable[[str], Client], curator: Any):
    with school(SCHOOL_A.schema):
        found = make_round(form_code="pupil-pupil")
        row = make_mentee(found, "Ян Борис")
    for path in (f"{found.pk}/", f"{found.pk}/meeting/", f"candidates/{row.pk}/", f"{found.pk}/add/mentee/"):
        assert curator.get(f"/matching/{path}").status_code == 404, path
    assert curator.post(f"/matching/{found.pk}/discard/").status_code == 404
    coordinator = sign_in(client_at, SCHOOL_A, "coordinator")
    assert coordinator.post(f"/matching/{found.pk}/discard/").status_code == 302
    with school(SCHOOL_A.schema):
        assert not Round.objects.exists()


@pytest.mark.parametrize("state", ["published", pytest.param("closed", marks=pytest.mark.nightly)])
def test_no_url_changes_a_round_that_is_past_it(client_at: Callable[[str], Client], state: str):
    """Every URL of a round or of somebody in it, with what an open round would take: nothing moves."""
    with school(SCHOOL_A.schema):
        terms = {"starts_on": "2026-12-01", "ends_on": None, "role_variant": ""}
        found = make_round(state=state, terms=terms, groups={"1": ""})
        mentors = [make_mentor(found, f"Учителев Пётр{at}") for at in range(2)]
        mentees = [make_mentee(found, f"Ян Борис{at}", partner=mentors[0], group=1) for at in range(2)]
        new = make_person("Новенький Ким")
    row, group = {"mentor": mentors[1].pk, "version": "9"}, {"mentor": "1", "n": ["1", "2"], "version": "9"}
    out = {"how": "proposals", "answer_days": "5", "starts_on": "2026-12-01", "version": "9"}
    sent = {
        "discard": {}, "add": {"people": [new.pk]}, "meeting": {f"p-{mentees[0].pk}": "2"}, "run-start": {},
        "publish": out, "group-new": group, "group": group, "group-dissolve": {}, "row": row,
        "ban": {**row, "banned": "1"}, "candidate": {"capacity": "7"}, "remove": {}, "edit": {"title": "Другой"},
        "close": {},
    }  # fmt: skip
    open_still = {"edit", "close"} if state == "published" else set()
    director = sign_in(client_at, SCHOOL_A, "director")
    values = {"round_id": found.pk, "side": "mentee", "group_number": 1, "candidate_id": mentees[0].pk}
    tried = set()
    for endpoint in endpoints(World.SCHOOL):
        name = endpoint.name.removeprefix("matching:")
        if not endpoint.name.startswith("matching:") or name not in sent or name in open_still:
            continue
        of_mentor = {"candidate_id": mentors[0].pk} if name == "candidate" else {}
        before = _everything()
        assert director.post(endpoint.path({**values, **of_mentor}), sent[name]).status_code < 500
        assert _everything() == before, name
        tried.add(name)
    assert tried == sent.keys() - open_still
    unsafe = {"new", *sent}
    reads = {"list", "round", "people", "proposals", "board", "groups", "run", "run-live"}
    known = {each.name.removeprefix("matching:") for each in endpoints(World.SCHOOL) if each.name[:9] == "matching:"}
    assert known == unsafe | reads


def _everything() -> list[Any]:
    with school(SCHOOL_A.schema):
        return [list(model.objects.order_by("pk").values()) for model in (Round, Candidate, Run, Proposal)]


def test_more_candidates_cost_no_more_queries(curator: Any):
    with school(SCHOOL_A.schema):
        found = make_round()
        make_mentee(found, "Ян Борис")
        make_mentor(found, "Учителев Пётр")

    def count() -> list[int]:
        counts = []
        for path in ("", f"{found.pk}/", f"{found.pk}/people/", f"{found.pk}/meeting/", f"{found.pk}/add/mentee/"):
            with CaptureQueriesContext(connection) as caught:
                assert curator.get(f"/matching/{path}").status_code == 200
            counts.append(len(caught))
        return counts

    count()
    before = count()
    with school(SCHOOL_A.schema):
        make_round(title="Весна")
        for number in range(4):
            make_mentee(found, f"Ян Борис{number}")
            make_mentor(found, f"Учителев Пётр{number}")
            make_person(f"Свободный Лев{number}")
    assert count() == before
