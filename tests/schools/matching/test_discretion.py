"""Who leads a round and is a mentor in it: he goes on leading, and is not told what mentees said of him."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.accounts.models import RoleGrant
from core.tenancy import school
from schools.matching.board import board_for
from schools.matching.meeting import Line, enter_preferences
from schools.matching.placing import place
from schools.people.errors import FaultyActError
from tests.schools.makers import actor_with, make_pair
from tests.schools.matching.makers import make_mentee, make_mentor, make_round
from tests.schools.matching.test_board import computed
from tests.schools.matching.test_proposals import asked, placed, published
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
VETO = "Наставляемый после встречи отметил: не подходит."
NEUTRAL = "Эту пару предложить нельзя."
HIDDEN = "Что ответил наставляемый, вам не показано: вы его наставник или можете им стать."


def _said() -> Any:
    """Make a round in which one mentee wants a mentor, one refuses him, and the curator has banned a third."""
    found = make_round()
    head, other = make_mentor(found, "Директоров Пётр"), make_mentor(found, "Доцентова Анна")
    mentees = [
        make_mentee(found, "Ян Борис", preferences=[str(head.pk), str(other.pk)]),
        make_mentee(found, "Ёлкин Лев", vetoes=[str(other.pk), str(head.pk)]),
        make_mentee(found, "Третий Лев", bans=[str(head.pk)]),
    ]
    return found, head, other, mentees


def _round(row: Any) -> Any:
    return actor_with("director", person_id=row.person_id)


def test_reasons_vetoes_and_bans_of_his_own_pairs_are_told_alike(inside: None):
    found, head, other, mentees = _said()
    for reader, is_hidden in ((_round(head), True), (actor_with("director"), False)):
        board = board_for(reader, found)
        wanted = board.pair(mentees[0].pk, head.pk)
        assert (wanted.fit, wanted.reasons[-1] == HIDDEN) == ((20, True) if is_hidden else (40, False))
        refused = [board.pair(row.pk, head.pk).forbidden for row in mentees[1:]]
        assert refused == ([[NEUTRAL], [NEUTRAL]] if is_hidden else [[VETO], ["Куратор запретил эту пару."]])
        assert board.is_banned(mentees[2].pk, head.pk) is not is_hidden
        assert board.pair(mentees[1].pk, other.pk).forbidden == [VETO]
        with pytest.raises(FaultyActError, match="not_proposed" if is_hidden else "veto_of_mentee"):
            place(actor=reader, candidate_id=mentees[1].pk, mentor_id=head.pk, version=1)


def test_why_not_and_why_left_do_not_tell_him_either(inside: None):
    found, head, _other, mentees = _said()
    computed(found)
    for reader, is_hidden in ((_round(head), True), (actor_with("director"), False)):
        board = board_for(reader, found)
        said = board.why_not(mentees[1].pk, [head.pk])[head.pk] + board.row(mentees[1]).unmatched
        assert any("не подходит" in sentence for sentence in said) is not is_hidden
        assert any(NEUTRAL.rstrip(".") in sentence for sentence in said) is is_hidden


def test_of_somebody_whom_he_mentors_he_reads_no_answers_at_all(inside: None):
    found, head, other, mentees = _said()
    outside = make_mentor(make_round(title="Другой"), "Чужой Ян")
    make_pair(outside.person, mentees[0].person)
    board = board_for(_round(outside), found)
    assert board.pair(mentees[0].pk, other.pk).reasons == [HIDDEN]
    assert board.pair(mentees[1].pk, head.pk).forbidden == [VETO]


def test_he_types_the_papers_without_reading_himself_and_loses_nothing(inside: None):
    found, head, other, mentees = _said()
    typed = {mentees[0].pk: Line("2", "", "2", ""), mentees[1].pk: Line("2", "", "", "2")}
    entered = enter_preferences(actor=_round(head), round_id=found.pk, lines=typed)
    assert (entered.saved, entered.faults) == (1, {})
    for row in mentees[:2]:
        row.refresh_from_db()
    assert mentees[0].preferences == [str(head.pk), str(other.pk)]
    assert (mentees[1].preferences, mentees[1].vetoes) == ([str(other.pk)], [str(head.pk)])


def test_no_page_and_no_operation_shows_his_number(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        found, head, other, mentees = _said()
    reader = sign_in(client_at, SCHOOL_A, "director", person_id=head.person_id)
    rows = reader.get(f"/matching/{found.pk}/meeting/").context["groups"][0]["rows"]
    assert [(row["preferences"], row["vetoes"]) for row in rows] == [("2", ""), ("", "2"), ("", "")]
    shown = reader.get(f"/api/v1/matching/rounds/{found.pk}/candidates/").json()["items"]
    lists = {row["id"]: row["preferences"] + row["vetoes"] for row in shown}
    assert lists[str(mentees[0].pk)] == lists[str(mentees[1].pk)] == [str(other.pk)]
    one = reader.get(f"/api/v1/matching/candidates/{mentees[1].pk}/").json()
    assert one["vetoes"] == [str(other.pk)]
    line = reader.get(f"/matching/board/{mentees[1].pk}/").content.decode()
    assert (line.count(VETO), line.count(NEUTRAL)) == (1, 1)


def test_nobody_is_told_that_he_is_the_second_choice(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        found, mentors, mentees = placed()
        published(found)
        row = asked(mentees[0])
    reader = sign_in(client_at, SCHOOL_A, "mentor", person_id=mentors[0].person_id)
    assert reader.get(f"/api/v1/proposals/{row.pk}/").json()["attempt"] is None
    with school(SCHOOL_A.schema):
        RoleGrant.objects.filter(user=reader.user).update(role="curator", scope="teacher-pupil")
    # Leading the round tells him no more of himself; another leader is told.
    assert reader.get(f"/api/v1/proposals/{row.pk}/").json()["attempt"] is None
    leader = sign_in(client_at, SCHOOL_A, "coordinator")
    assert leader.get(f"/api/v1/proposals/{row.pk}/").json()["attempt"] == 1
