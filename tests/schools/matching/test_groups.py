"""Groups of a board: made by hand, kept together by a run, published as one group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.tenancy import school
from schools.matching import proposals
from schools.matching.errors import BoardChangedError
from schools.matching.group_board import groups_of, worth_a_group
from schools.matching.groups import GroupData, dissolve_group, save_group
from schools.matching.models import Candidate, Proposal
from schools.matching.placing import place, set_ban
from schools.matching.services import remove_candidate
from schools.pairs.models import Group, Pair
from schools.people.errors import FaultyActError
from tests.schools.makers import actor_with, audited
from tests.schools.matching.makers import make_mentee, make_mentor, make_round
from tests.schools.matching.test_board import board_of, computed, partners
from tests.schools.matching.test_proposals import asked, published
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def _three() -> Any:
    found = make_round()
    mentors = [make_mentor(found, "Учителев Пётр", capacity=2), make_mentor(found, "Доцентова Анна")]
    mentees = [make_mentee(found, name) for name in ("Ян Борис", "Ёлкин Лев", "Третий Лев")]
    return found, mentors, mentees


@pytest.fixture
def three(inside: None) -> Any:
    return _three()


def curator() -> Any:
    return actor_with("curator", "teacher-pupil")


def saved(found: Any, mentees: list[Any], mentor: Any = None, **options: Any) -> Any:
    found.refresh_from_db()
    data = GroupData([row.pk for row in mentees], mentor.pk if mentor else None, options.pop("title", ""))
    return save_group(
        actor=curator(), round_id=found.pk, data=data, version=options.pop("version", found.version), **options
    )


def groups(found: Any) -> dict[str, set[str]]:
    return {row.title: {each.person.surname for each in row.mentees} for row in groups_of(board_of(found))}


def test_a_group_made_by_hand_stays_and_goes_into_the_draft_as_one(three: Any):
    found, mentors, mentees = three
    done = saved(found, mentees[:2], mentors[0], title=" Шахматы ")
    assert (done.number, done.version, done.warnings) == (1, 2, [])
    assert ("matching.group_saved", str(found.pk)) in audited()
    run = computed(found)
    assert (run.state, run.report["proven"][-1]) == ("done", "given_groups")
    assert partners(found) == {"Ян": "Учителев", "Ёлкин": "Учителев", "Третий": "Доцентова"}
    assert groups(found) == {"Шахматы": {"Ян", "Ёлкин"}}
    found.refresh_from_db()
    published(found, as_drafts=True)
    pairs = Pair.objects.exclude(pk=world.PAIR).select_related("group", "mentee")
    assert {(row.mentee.surname, row.group.title if row.group else "") for row in pairs} == {
        ("Ян", "Шахматы"),
        ("Ёлкин", "Шахматы"),
        ("Третий", ""),
    }
    assert Group.objects.count() == 1


def test_several_mentees_of_one_mentor_are_pairs_until_somebody_makes_them_a_group(three: Any):
    found, mentors, mentees = three
    for row in mentees[:2]:
        place(actor=curator(), candidate_id=row.pk, mentor_id=mentors[0].pk, version=9)
    ((mentor, alone),) = worth_a_group(board_of(found))
    assert (mentor, alone) == (mentors[0], mentees[:2])
    published(found, as_drafts=True)
    assert not Group.objects.exists()


def test_a_group_without_a_mentor_goes_to_one_who_has_the_places_or_to_nobody(three: Any):
    found, mentors, mentees = three
    saved(found, mentees[1:])
    computed(found)
    assert partners(found) == {"Ян": "Доцентова", "Ёлкин": "Учителев", "Третий": "Учителев"}
    said = board_of(found).why_not(mentees[1].pk, [mentors[1].pk])[mentors[1].pk]
    assert said == ["Наставляемый закреплён или идёт с группой: отдельно подбор его не переставлял."]
    saved(found, mentees, number=1)
    computed(found)
    assert partners(found) == {}
    board = board_of(found)
    assert board.row(mentees[0]).unmatched == ["Ни у одного подходящего наставника нет мест на всю группу."]


def test_what_a_group_is_refused_and_warned_about(three: Any):
    found, mentors, mentees = three
    with pytest.raises(FaultyActError, match="too_few"):
        saved(found, mentees[:1], mentors[0])
    with pytest.raises(FaultyActError, match="no_mentee"):
        saved(found, [mentees[0], mentors[1]], mentors[0])
    with pytest.raises(FaultyActError, match="no_mentor"):
        saved(found, mentees[:2], mentees[2])
    with pytest.raises(Http404):
        saved(found, mentees[:2], mentors[0], number=7)
    Candidate.objects.filter(pk=mentees[1].pk).update(vetoes=[str(mentors[0].pk)])
    with pytest.raises(FaultyActError) as caught:
        saved(found, mentees[:2], mentors[0])
    assert caught.value.faults[0].sentence.startswith("Ёлкин Лев: ")
    poor = make_mentee(found, "Беспапиров Ян", consents=False)
    done = saved(found, [mentees[0], mentees[2], poor], mentors[0])
    assert done.warnings == [
        "Беспапиров Ян: У наставляемого нет действующего согласия на обработку данных.",
        "У наставника станет больше наставляемых, чем он готов взять.",
    ]
    # By hand the group goes on, and so does the next run: it gives the mentor nobody more.
    assert computed(found).state == "done"
    assert partners(found)["Беспапиров"] == "Учителев"


def test_whoever_is_moved_leaves_his_group_and_a_group_of_one_is_none(three: Any):
    found, mentors, mentees = three
    saved(found, mentees, mentors[0])
    place(actor=curator(), candidate_id=mentees[2].pk, mentor_id=mentors[1].pk, version=9)
    assert groups(found) == {"Группа 1": {"Ян", "Ёлкин"}}
    place(actor=curator(), candidate_id=mentees[0].pk, mentor_id=mentors[0].pk, version=9, is_locked=False)
    assert set(found.candidates.filter(group=1).values_list("is_locked", flat=True)) == {False}
    saved(found, [mentees[1], mentees[2]], mentors[0])
    assert groups(found) == {"Группа 2": {"Ёлкин", "Третий"}}
    set_ban(actor=curator(), candidate_id=mentees[2].pk, mentor_id=mentors[0].pk, version=9, is_banned=True)
    assert groups(found) == {}
    found.refresh_from_db()
    assert found.groups == {}


def test_a_group_outlives_its_mentor_and_not_its_mentees(three: Any):
    found, mentors, mentees = three
    saved(found, mentees[:2], mentors[0])
    remove_candidate(actor=curator(), candidate_id=mentors[0].pk)
    assert [row.mentor for row in groups_of(board_of(found))] == [None]
    remove_candidate(actor=curator(), candidate_id=mentees[0].pk)
    assert groups(found) == {}


def test_a_dissolved_group_leaves_pairs(three: Any):
    found, mentors, mentees = three
    saved(found, mentees[:2], mentors[0])
    with pytest.raises(BoardChangedError):
        dissolve_group(actor=curator(), round_id=found.pk, number=1, version=1)
    dissolve_group(actor=curator(), round_id=found.pk, number=1, version=2)
    assert (groups(found), set(partners(found).values())) == ({}, {"Учителев"})
    with pytest.raises(Http404):
        dissolve_group(actor=curator(), round_id=found.pk, number=1)
    with pytest.raises(Http404):
        dissolve_group(actor=actor_with("curator", "pupil-pupil"), round_id=found.pk, number=1)


def test_those_of_a_group_who_agree_are_in_one_group(three: Any):
    found, mentors, mentees = three
    saved(found, mentees, mentors[0], title="Шахматы")
    found.refresh_from_db()
    published(found)
    for row in mentees[:2]:
        for party in ("mentor", "mentee"):
            proposals.answer(actor=curator(), proposal_id=asked(row).pk, is_accepted=True, party=party)
    proposals.answer(
        actor=curator(), proposal_id=asked(mentees[2]).pk, is_accepted=False, party="mentee", reason="other"
    )
    group = Group.objects.get()
    assert (group.title, group.pairs.count()) == ("Шахматы", 2)
    assert Proposal.objects.get(mentee=mentees[2], state="open").mentor_id == mentors[1].pk
    assert Candidate.objects.get(pk=mentees[2].pk).group is None


def test_a_group_by_keyboard_alone_and_the_later_sees_what_changed(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        found, mentors, mentees = _three()
        place(actor=curator(), candidate_id=mentees[0].pk, mentor_id=mentors[1].pk, version=1)
    browser = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")
    address = f"/matching/{found.pk}/groups/"
    page = browser.get(f"{address}new/", {"title": "Шахматы", "mentor": "1", "n": "1", "more": "2"})
    body = page.content.decode()
    assert "Общее соответствие изменится на +20." in body
    assert "Ян Борис: было 20, станет 20" in body
    assert "Ёлкин Лев: был без наставника, станет 20" in body
    assert 'name="version" value="2"' in body
    assert "нет участника с номером 9" in browser.get(f"{address}new/", {"title": "", "more": "9"}).content.decode()
    typed = {"title": "Шахматы", "mentor": "1", "n": ["1", "2"], "version": "1"}
    body = browser.post(f"{address}new/", typed).content.decode()
    assert "Доску изменили, пока вы смотрели" in body
    assert "Ян Борис: Доцентова Анна" in body
    page = browser.post(f"{address}new/", {**typed, "version": "2"}, follow=True)
    assert "Группа сохранена." in page.content.decode()
    assert "Шахматы" in browser.get(f"/matching/{found.pk}/board/").content.decode()
    assert browser.get(f"{address}1/").context["numbers"] == [1, 2]
    assert browser.get(f"{address}9/").status_code == 404
    assert "Наставляемый в группе: Шахматы" in browser.get(f"/matching/board/{mentees[0].pk}/").content.decode()
    page = browser.post(f"{address}1/dissolve/", follow=True)
    assert "Группы больше нет" in page.content.decode()
    assert "Сделать группой" in page.content.decode()


def test_more_groups_cost_no_more_queries(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        found, mentors, mentees = _three()
        saved(found, mentees[:2], mentors[0])
    browser = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")

    def count() -> list[int]:
        counts = []
        for path in ("", "1/"):
            with CaptureQueriesContext(connection) as caught:
                assert browser.get(f"/matching/{found.pk}/groups/{path}").status_code == 200
            counts.append(len(caught))
        return counts

    count()
    before = count()
    with school(SCHOOL_A.schema):
        more = [make_mentee(found, f"Ян Борис{number}") for number in range(4)]
        saved(found, more, make_mentor(found, "Запасной Ян", capacity=4))
    assert count() == before
