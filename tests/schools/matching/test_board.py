"""A run in the worker, and the board that people change afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import school
from schools.matching.board import Board
from schools.matching.errors import BoardChangedError
from schools.matching.models import Candidate, Proposal, Run
from schools.matching.placing import place, set_ban
from schools.matching.question import question_of
from schools.matching.runs import ask_for_run, compute
from schools.matching.words import failure_in_words
from schools.people.errors import FaultyActError
from schools.people.merging import merge_people
from schools.people.models import Guardianship
from tests.schools.makers import TODAY, actor_with, audited, make_pair, make_person
from tests.schools.matching.makers import make_mentee, make_mentor, make_round
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def _small() -> Any:
    """Make two mentors who take one each, and three mentees, one of them without a consent."""
    found = make_round()
    mentors = [make_mentor(found, "Учителев Пётр"), make_mentor(found, "Доцентова Анна")]
    mentees = [
        make_mentee(found, "Ян Борис", preferences=[str(mentors[0].pk)]),
        make_mentee(found, "Ёлкин Лев", preferences=[str(mentors[0].pk)], vetoes=[str(mentors[1].pk)]),
        make_mentee(found, "Беспапиров Ян", consents=False),
    ]
    return found, mentors, mentees


@pytest.fixture
def small(inside: None) -> Any:
    return _small()


@pytest.fixture
def small_at_school(db: None, today: date) -> Any:
    """The same, seen from outside the school, as a browser does."""
    with school(SCHOOL_A.schema):
        return _small()


def computed(found: Any, mode: str = "optimal") -> Any:
    run = ask_for_run(actor=actor_with("curator", "teacher-pupil"), round_id=found.pk, mode=mode)
    compute(run.pk)
    run.refresh_from_db()
    return run


def board_of(found: Any) -> Board:
    found.refresh_from_db()
    return Board(found, question_of(found, timezone.localdate()))


def partners(found: Any) -> dict[str, str]:
    rows = found.candidates.filter(partner__isnull=False).select_related("person", "partner__person")
    return {row.person.surname: row.partner.person.surname for row in rows}


@pytest.mark.parametrize("mode", ["optimal", "stable"])
def test_a_run_is_computed_verified_and_laid_on_the_board(small: Any, mode: str):
    found, _mentors, _mentees = small
    run = computed(found, mode)
    assert (run.state, run.failure, run.report["faults"]) == ("done", [], [])
    assert run.report["proven"] == (["stable"] if mode == "stable" else ["cover", "total", "fairness"])
    # Both wanted the first, and only he will do for the second: so the first wish is worth less than somebody more.
    expected = {"Ян": "Доцентова", "Ёлкин": "Учителев"}
    assert partners(found) == expected if mode == "optimal" else len(partners(found)) >= 1
    assert ("matching.run_done", str(found.pk)) in audited()


def test_a_run_that_is_over_is_not_computed_again(small: Any):
    found, _mentors, _mentees = small
    run = computed(found)
    version = found.__class__.objects.get(pk=found.pk).version
    compute(run.pk)
    assert found.__class__.objects.get(pk=found.pk).version == version
    assert Run.objects.count() == 1


def test_a_second_request_gets_the_run_that_is_in_work(small: Any):
    curator = actor_with("curator", "teacher-pupil")
    first = ask_for_run(actor=curator, round_id=small[0].pk, mode="optimal")
    assert ask_for_run(actor=curator, round_id=small[0].pk, mode="stable").pk == first.pk


def test_everybody_left_is_told_why_and_everybody_else_why_not(small: Any):
    found, mentors, mentees = small
    computed(found)
    board = board_of(found)
    assert board.row(mentees[2]).unmatched == [
        "Ни одного наставника предложить нельзя.",
        "У наставляемого нет действующего согласия на обработку данных (наставников: 2)",
    ]
    assert board.row(mentees[1]).pair.reasons == ["Наставляемый выбрал этого наставника 1-м по счёту."]
    assert board.pair(mentees[1].pk, mentors[1].pk).forbidden == ["Наставляемый после встречи отметил: не подходит."]
    said = board.why_not(mentees[0].pk, [mentors[0].pk, mentors[1].pk])
    assert said[mentors[1].pk] == ["Этот наставник и предложен."]
    assert said[mentors[0].pk][0] == "Вместе с другими парами вышло бы хуже."
    assert "Без наставника остался бы 1 человек." in said[mentors[0].pk]
    assert not board.is_stale


def test_a_board_tells_that_something_has_changed_since_its_run(small: Any):
    found, _mentors, _mentees = small
    computed(found)
    make_mentee(found, "Новенький Ким")
    assert board_of(found).is_stale


def test_a_change_costs_and_says_who_loses(small: Any):
    found, mentors, mentees = small
    computed(found)
    board = board_of(found)
    cost = board.cost(mentees[0].pk, mentors[0].pk)
    assert (cost.before.fit, cost.after.fit, cost.is_full) == (20, 40, True)
    cost = board.cost(mentees[0].pk, mentors[0].pk, mentees[1].pk)
    assert (cost.fit, cost.is_full) == (-20, False)
    assert cost.losers == ["Ёлкин Лев остаётся без наставника (было 40)"]


def test_a_hard_rule_is_refused_in_words_and_a_soft_one_warns(small: Any):
    found, mentors, mentees = small
    curator = actor_with("curator", "teacher-pupil")
    with pytest.raises(FaultyActError) as caught:
        place(actor=curator, candidate_id=mentees[1].pk, mentor_id=mentors[1].pk, version=1)
    assert [fault.sentence for fault in caught.value.faults] == ["Наставляемый после встречи отметил: не подходит."]
    Guardianship.objects.create(guardian=mentors[0].person, ward=mentees[2].person, kinship="отец")
    with pytest.raises(FaultyActError, match="own_child"):
        place(actor=curator, candidate_id=mentees[2].pk, mentor_id=mentors[0].pk, version=1)
    said = place(actor=curator, candidate_id=mentees[2].pk, mentor_id=mentors[1].pk, version=1, is_locked=True)
    assert said == ["У наставляемого нет действующего согласия на обработку данных."]
    said = place(actor=curator, candidate_id=mentees[0].pk, mentor_id=mentors[1].pk, version=2)
    assert said == ["У наставника станет больше наставляемых, чем он готов взять."]
    assert partners(found) == {"Беспапиров": "Доцентова", "Ян": "Доцентова"}


def test_a_locked_pair_stays_and_a_banned_one_goes(small: Any):
    found, mentors, mentees = small
    curator = actor_with("curator", "teacher-pupil")
    place(actor=curator, candidate_id=mentees[0].pk, mentor_id=mentors[0].pk, version=1, is_locked=True)
    computed(found)
    assert partners(found) == {"Ян": "Учителев"}
    set_ban(actor=curator, candidate_id=mentees[0].pk, mentor_id=mentors[0].pk, version=3, is_banned=True)
    assert partners(found) == {}
    assert board_of(found).pair(mentees[0].pk, mentors[0].pk).forbidden == ["Куратор запретил эту пару."]
    set_ban(actor=curator, candidate_id=mentees[0].pk, mentor_id=mentors[0].pk, version=4, is_banned=False)
    assert board_of(found).pair(mentees[0].pk, mentors[0].pk).forbidden == []


def test_whom_people_lock_beyond_his_places_stays_and_a_run_adds_nobody(small: Any):
    found, mentors, mentees = small
    for mentee in mentees[:2]:
        mentee.partner, mentee.is_locked = mentors[0], True
        mentee.save()
    make_mentee(found, "Лишний Ян", vetoes=[str(mentors[1].pk)])
    assert computed(found).state == "done"
    assert partners(found) == {"Ян": "Учителев", "Ёлкин": "Учителев"}


def test_a_locked_pair_that_a_rule_forbids_by_now_fails_in_words(small: Any):
    found, mentors, mentees = small
    mentees[0].partner, mentees[0].is_locked, mentees[0].vetoes = mentors[0], True, [str(mentors[0].pk)]
    mentees[0].save()
    run = computed(found)
    assert (run.state, run.failure[0]) == ("failed", "veto_of_mentee")
    assert partners(found) == {"Ян": "Учителев"}
    keys = [str(mentees[0].person_id), str(mentors[0].person_id)]
    assert run.failure[1:] == keys
    words = "Закреплённая пара нарушает правило: Эту пару предложить нельзя. (Ян Борис – Учителев Пётр)"
    assert failure_in_words(run, ["Ян Борис", "Учителев Пётр"]) == words


def test_the_later_of_two_sees_what_changed_and_nothing_is_lost(
    client_at: Callable[[str], Client], small_at_school: Any
):
    found, mentors, mentees = small_at_school
    with school(SCHOOL_A.schema), pytest.raises(BoardChangedError):
        first = actor_with("curator", "teacher-pupil")
        place(actor=first, candidate_id=mentees[0].pk, mentor_id=mentors[0].pk, version=1)
        place(actor=first, candidate_id=mentees[1].pk, mentor_id=mentors[0].pk, version=1)
    curator = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")
    typed = {"mentor": mentors[0].pk, "version": "1", "lock": "on", "instead": mentees[0].pk}
    page = curator.post(f"/matching/board/{mentees[1].pk}/", typed)
    body = page.content.decode()
    assert "Доску изменили, пока вы смотрели" in body
    assert "Ян Борис: Учителев Пётр" in body
    assert 'name="version" value="2"' in body
    assert 'name="lock" checked' in body
    assert f'value="{mentees[0].pk}" selected' in body
    page = curator.post(f"/matching/board/{mentees[1].pk}/", {**typed, "version": "2"}, follow=True)
    assert "Доска сохранена." in page.content.decode()
    with school(SCHOOL_A.schema):
        assert partners(found) == {"Ёлкин": "Учителев"}


def test_the_board_in_a_browser_without_scripts(client_at: Callable[[str], Client], small_at_school: Any):
    found, mentors, mentees = small_at_school
    curator = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")
    page = curator.post(f"/matching/{found.pk}/run/", {"mode": "optimal"}, follow=True)
    address = page.redirect_chain[0][0]
    assert "Идёт подбор" in page.content.decode()
    with school(SCHOOL_A.schema):
        compute(Run.objects.get().pk)
    assert curator.get(f"{address}live/").status_code == 302
    assert "Оптимальность проверена" in curator.get(address).content.decode()
    body = curator.get(f"/matching/{found.pk}/board/").content.decode()
    assert "С наставником 2 из 3." in body
    assert len(curator.get(f"/matching/{found.pk}/board/?show=left").context["rows"]) == 1
    body = curator.get(f"/matching/board/{mentees[0].pk}/?mentor={mentors[0].pk}").content.decode()
    assert "было 20, станет 40. Общее изменится на +20." in body
    assert "Все места этого наставника заняты" in body
    body = curator.get(f"/matching/board/{mentees[1].pk}/?mentor={mentors[1].pk}").content.decode()
    assert "Так нельзя" in body


def test_a_board_with_more_people_costs_no_more_queries(client_at: Callable[[str], Client], small_at_school: Any):
    found, _mentors, mentees = small_at_school
    with school(SCHOOL_A.schema):
        computed(found)
    curator = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")

    def count() -> list[int]:
        counts = []
        for path in (f"{found.pk}/board/", f"board/{mentees[0].pk}/"):
            with CaptureQueriesContext(connection) as caught:
                assert curator.get(f"/matching/{path}").status_code == 200
            counts.append(len(caught))
        return counts

    count()
    before = count()
    with school(SCHOOL_A.schema):
        for number in range(4):
            mentor = make_mentor(found, f"Учителев Пётр{number}")
            make_mentee(found, f"Ян Борис{number}", date(2012, 1, 1), partner=mentor)
    assert count() == before


def test_what_people_should_look_at_is_warned_about(small: Any):
    found, mentors, mentees = small
    mentors[1].wishes = {"age_from": 16}
    mentors[1].save()
    make_pair(mentors[0].person, mentees[0].person)
    shown = board_of(found).pair(mentees[0].pk, mentors[1].pk)
    assert shown.forbidden == []
    assert shown.warnings == [
        "У наставляемого уже есть пара этой формы.",
        "Возраст наставляемого отличается от желаемого на 2 года.",
    ]


def test_a_pair_that_the_round_made_is_no_reason_to_warn_and_any_other_is(small: Any):
    found, mentors, mentees = small
    taken = "У наставляемого уже есть пара этой формы."
    alone, agreed, _left = mentees
    Candidate.objects.filter(pk__in=[mentor.pk for mentor in mentors]).update(capacity=5)
    for mentee, mentor in ((alone, mentors[1]), (agreed, mentors[0])):
        Candidate.objects.filter(pk=mentee.pk).update(partner=mentor)
    made = [make_pair(mentors[1].person, alone.person)]
    row = lambda mentee: board_of(found).row(mentee).pair.warnings  # noqa: E731
    assert row(alone) == [taken], "nothing was published: it is somebody else's"
    type(found).objects.filter(pk=found.pk).update(state="published", published_at=made[0].created_at)
    assert row(alone) == []
    # A proposal that two agreed to, though the board names another mentor by now.
    made.append(make_pair(mentors[1].person, agreed.person))
    assert row(agreed) == [taken]
    said = {"asked_at": made[1].created_at, "expires_on": TODAY, "state": "agreed"}
    Proposal.objects.create(mentor=mentors[1], mentee=agreed, pair=made[1], **said)
    assert row(agreed) == []
    make_pair(make_person("Третьякова Яна", date(1980, 1, 1), ("teacher",)), alone.person)
    assert row(alone) == [taken]


def test_a_parent_stays_a_parent_under_another_card_and_when_he_represents_no_more(small: Any):
    found, mentors, mentees = small
    second = make_person("Учителёв Петр", date(1980, 1, 1), ("parent",))
    kin = Guardianship.objects.create(guardian=second, ward=mentees[0].person, kinship="отец")
    assert board_of(found).pair(mentees[0].pk, mentors[0].pk).forbidden == []
    merge_people(actor=actor_with("director"), kept_id=mentors[0].person_id, gone_id=second.pk, from_gone=())
    Guardianship.objects.filter(pk=kin.pk).update(to_date=date(2026, 1, 1))
    words = ["Родитель не может быть наставником своего ребёнка."]
    assert board_of(found).pair(mentees[0].pk, mentors[0].pk).forbidden == words
    assert computed(found).state == "done"
    assert partners(found).get("Ян") != "Учителев"


def test_nobody_who_has_left_the_school_is_on_a_board(small: Any):
    found, _mentors, mentees = small
    mentees[0].person.enrolments.update(left_on=date(2026, 11, 1))
    assert [row.pk for row in board_of(found).mentees()] == [mentees[1].pk, mentees[2].pk]
