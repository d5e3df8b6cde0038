"""A pair's life: which acts are open at which step, by domain and by URL; another mentor; another partner asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.authz import system_actor
from core.spreadsheets import Column, Table, write_workbook
from core.tenancy import school
from schools.imports.applying import import_at_once
from schools.imports.models import ImportRow
from schools.imports.services import Upload
from schools.meetings.models import Meeting
from schools.pairs.domain import Act, Step, may_do, step_of
from schools.pairs.leavers import end_pairs_of_leavers
from schools.pairs.mentor_change import NewMentor, change_mentor
from schools.pairs.models import Pair, PartnerRequest
from schools.pairs.partner_requests import ask_for_another, own_requests, requests_to_settle, settle_request
from schools.pairs.services import end_pair
from schools.people.errors import FaultyActError
from schools.people.models import Guardianship
from tests.schools.makers import TODAY, actor_with, make_order, make_pair, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

START = date(2026, 9, 15)


def is_open_to(act: Act, *, is_ordered: bool, is_over: bool) -> bool:
    """Tell what people are told about a pair, in words of its papers and days; written apart from the code's table."""
    if act in (Act.EDIT, Act.END):
        return True  # a slip in its days is mended whenever it is found
    if act is Act.ASK:
        return not is_over
    if act in (Act.DISCARD, Act.APPROVE):
        return not is_ordered  # what an order made effective is never deleted, nor ordered twice
    assert act in (Act.CHANGE_MENTOR, Act.SUBSTITUTE)
    return is_ordered and not is_over


def test_each_act_is_open_or_refused_at_each_step():
    refused = 0
    for is_ordered in (False, True):
        for is_over in (False, True):
            step = step_of(is_ordered=is_ordered, ends_on=START if is_over else None, day=START + timedelta(days=1))
            for act in Act:
                is_open = is_open_to(act, is_ordered=is_ordered, is_over=is_over)
                assert may_do(step, act) is is_open, (step, act)
                refused += not is_open
    assert refused == 12


class Life(RuleBasedStateMachine):
    """A pair under every act on every day: what is open follows from its order and its last day alone."""

    @initialize()
    def draft(self) -> None:
        self.is_ordered, self.ends_on, self.day = False, None, START
        self.exists, self.was_ordered, self.successors = True, False, 0

    @property
    def step(self) -> Step:
        return step_of(is_ordered=self.is_ordered, ends_on=self.ends_on, day=self.day)

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < self.day

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule(act=st.sampled_from(list(Act)), days=st.integers(-20, 20))
    def attempt(self, act: Act, days: int) -> None:
        if not self.exists:
            return
        is_open = is_open_to(act, is_ordered=self.is_ordered, is_over=self.is_over)
        assert may_do(self.step, act) is is_open, (self.step, act)
        if not is_open:
            return
        if act is Act.APPROVE:
            self.is_ordered = self.was_ordered = True
        elif act is Act.DISCARD:
            self.exists = False
        elif act is Act.END:
            self.ends_on = max(START, self.day + timedelta(days=days))
        elif act is Act.EDIT:
            self.ends_on = None
        elif act is Act.CHANGE_MENTOR:
            self.ends_on, self.successors = self.day - timedelta(days=1), self.successors + 1

    @invariant()
    def history_is_kept(self) -> None:
        assert self.exists or not self.was_ordered, "what an order made effective is never deleted"
        assert (self.step in (Step.ENDED, Step.ENDED_DRAFT)) == self.is_over
        assert (self.step in (Step.ENDED, Step.ORDERED)) == self.is_ordered


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)


@pytest.fixture
def director(inside: None) -> Any:
    return actor_with("director")


def teacher(name: str = "Учителев Олег") -> Any:
    return make_person(name, date(1980, 1, 1), kinds=("teacher",))


def ordered(**more: Any) -> Any:
    return make_pair(teacher(), make_person("Ученик Пётр"), order=make_order(), **more)


def codes(act: Callable[[], Any]) -> list[tuple[str, str]]:
    with pytest.raises(FaultyActError) as refusal:
        act()
    return [(fault.code, fault.field) for fault in refusal.value.faults]


def test_another_mentor_for_good_ends_the_former_pair_the_day_before(director: Any):
    former = ordered(ends_on=date(2027, 5, 25), role_variant="лидер – пассивный")
    other = teacher("Новикова Нина")
    Meeting.objects.create(
        pair=former, kind="regular", state="planned", held_on=date(2026, 12, 5), created_at="2026-11-01T00:00Z"
    )
    made = change_mentor(actor=director, pair_id=former.pk, data=NewMentor(mentor_id=other.pk, starts_on=TODAY))
    former.refresh_from_db()
    assert (former.ends_on, former.end_code, former.end_reason) == (
        TODAY - timedelta(days=1), "mentor_changed", "Смена наставника",
    )  # fmt: skip
    assert (made.replaces_id, made.mentor_id, made.ends_on, made.order_id, made.is_substitute) == (
        former.pk, other.pk, date(2027, 5, 25), None, False,
    )  # fmt: skip
    assert Meeting.objects.get(pair=former).state == "cancelled"
    again = lambda: change_mentor(  # noqa: E731
        actor=director, pair_id=former.pk, data=NewMentor(mentor_id=other.pk, starts_on=TODAY)
    )
    assert codes(again) == [("has_ended", "")]


def test_a_list_from_before_the_change_does_not_move_the_former_pair_s_last_day(director: Any):
    former = ordered(ends_on=date(2027, 5, 25), starts_on=START)
    other = teacher("Новикова Нина")
    change_mentor(actor=director, pair_id=former.pk, data=NewMentor(mentor_id=other.pk, starts_on=TODAY))
    heads = ["ФИО наставника", "Дата рождения наставника", "ФИО наставляемого", "Дата рождения наставляемого",
             "Форма", "Дата начала", "Дата завершения", "№ приказа", "Дата приказа"]  # fmt: skip
    row = ["Учителев Олег", "01.01.1980", "Ученик Пётр", "05.05.2012", "учитель – ученик", "15.09.2026", "25.05.2027"]
    table = Table("Пары", [Column(head) for head in heads], [[*row, "84-од", "10.09.2026"]])
    import_at_once(actor=system_actor("test"), uploads=[Upload("пары.xlsx", write_workbook([table]))])
    former.refresh_from_db()
    assert (former.ends_on, former.end_code) == (TODAY - timedelta(days=1), "mentor_changed")
    codes = ImportRow.objects.order_by("code").values_list("code", "is_refused")
    assert list(codes) == [("end_decided", False), ("no_consent", False)]


def test_a_substitute_leaves_the_pair_as_it_is(director: Any):
    former, other = ordered(ends_on=date(2027, 5, 25)), teacher("Временный Вася")
    data = NewMentor(mentor_id=other.pk, starts_on=TODAY, until=date(2026, 12, 20))
    made = change_mentor(actor=director, pair_id=former.pk, data=data)
    former.refresh_from_db()
    assert (former.ends_on, former.end_code) == (date(2027, 5, 25), "")
    assert (made.is_substitute, made.ends_on, made.replaces_id) == (True, date(2026, 12, 20), former.pk)


def test_who_and_when_are_refused_at_their_fields(director: Any):
    former = ordered(ends_on=date(2027, 5, 25))
    parent = make_person("Родителев Илья", date(1980, 1, 1), kinds=("teacher", "parent"))
    Guardianship.objects.create(guardian=parent, ward=former.mentee)
    other = teacher("Новикова Нина").pk

    def refused(mentor: Any = other, start: date = TODAY, until: date | None = None) -> list[tuple[str, str]]:
        data = NewMentor(mentor_id=mentor, starts_on=start, until=until)
        return codes(lambda: change_mentor(actor=director, pair_id=former.pk, data=data))

    assert refused(None) == [("no_mentor", "mentor")]
    assert refused(former.mentor_id) == [("same_mentor", "mentor")]
    assert refused(parent.pk) == [("own_child", "mentor")]
    assert refused(make_person("Мал Лев").pk) == [("mentor_side", "mentor")]
    assert refused(start=START) == [("too_early", "starts_on")]
    assert refused(start=date(2027, 5, 26)) == [("too_late", "starts_on")]
    assert refused(until=TODAY - timedelta(days=1)) == [("ends_before", "until")]
    assert refused(until=date(2027, 5, 26)) == [("beyond", "until")]
    draft = make_pair(teacher("Чернов Юрий"), make_person("Черновая Юля"))
    data = NewMentor(mentor_id=other, starts_on=TODAY)
    assert codes(lambda: change_mentor(actor=director, pair_id=draft.pk, data=data)) == [("no_order", "")]
    curator = actor_with("curator", "pupil-pupil")
    with pytest.raises(Http404):
        change_mentor(actor=curator, pair_id=former.pk, data=data)
    assert not Pair.objects.filter(replaces=former).exists()


def test_a_request_reaches_the_curator_and_never_the_other_side(director: Any):
    pair = ordered()
    mentee = actor_with("mentee", person_id=pair.mentee_id)
    parent_card = make_person("Родителев Илья", date(1980, 1, 1), kinds=("parent",))
    Guardianship.objects.create(guardian=parent_card, ward=pair.mentee)
    parent = actor_with("parent", person_id=parent_card.pk)
    first = ask_for_another(actor=mentee, pair_id=pair.pk, wish="contact", words=" Не  выходит ")
    again = ask_for_another(actor=mentee, pair_id=pair.pk, wish="time")
    assert (again.pk, again.wish, again.words, again.side) == (first.pk, "time", "", "mentee")
    assert ask_for_another(actor=parent, pair_id=pair.pk, wish="interests").side == "parent"
    assert codes(lambda: ask_for_another(actor=mentee, pair_id=pair.pk, wish="other")) == [("no_words", "words")]
    curator, elsewhere = actor_with("curator", "teacher-pupil"), actor_with("curator", "pupil-pupil")
    # The head is the mentor, and may do everything: of requests about his own pair he sees none.
    mentor_and_head = actor_with("director", person_id=pair.mentor_id)
    seen = lambda actor: {row.wish for row in requests_to_settle(actor) if row.pair_id == pair.pk}  # noqa: E731
    assert [seen(who) for who in (director, curator, actor_with("psychologist"))] == [{"time", "interests"}] * 3
    assert [seen(who) for who in (mentor_and_head, elsewhere, parent, mentee)] == [set()] * 4
    with pytest.raises(Http404):
        settle_request(actor=mentor_and_head, request_id=first.pk, outcome="kept")
    mentor = actor_with("mentor", person_id=pair.mentor_id)
    assert not own_requests(mentor, pair).exists()
    with pytest.raises(Http404):
        ask_for_another(actor=actor_with("mentor", person_id=teacher("Чужов Кир").pk), pair_id=pair.pk, wish="time")
    assert codes(lambda: settle_request(actor=curator, request_id=first.pk, outcome="withdrawn"))[0][0] == "no_outcome"
    assert settle_request(actor=curator, request_id=first.pk, outcome="talked").outcome == "talked"
    assert codes(lambda: settle_request(actor=curator, request_id=first.pk, outcome="kept"))[0][0] == "settled"
    end_pair(actor=director, pair_id=pair.pk, ends_on=TODAY - timedelta(days=1), code="mentee_wish")
    assert codes(lambda: ask_for_another(actor=mentee, pair_id=pair.pk, wish="time")) == [("has_ended", "")]


def test_a_reason_is_a_code_or_words(director: Any):
    pair = ordered()
    end = lambda **said: end_pair(actor=director, pair_id=pair.pk, ends_on=TODAY, **said)  # noqa: E731
    assert codes(lambda: end(code="other")) == [("no_reason", "reason")]
    found = [(row.end_code, row.end_reason) for row in (end(code="completed"), end(reason="По желанию наставника"))]
    assert found == [("completed", "Программа завершена"), ("mentor_wish", "По желанию наставника")]
    assert end(reason="Переезд", code="x").end_code == "other"


def test_leavers_end_with_their_code_and_their_planned_meetings(director: Any):
    gone = make_person("Ушедший Пётр", left=date(2026, 11, 1))
    pair = make_pair(teacher(), gone, order=make_order())
    for day in (date(2026, 10, 20), date(2026, 12, 1)):
        Meeting.objects.create(pair=pair, kind="regular", state="planned", held_on=day, created_at="2026-10-01T00:00Z")
    end_pairs_of_leavers(actor=director, pair_ids=[pair.pk], reason="Выбыл из школы")
    pair.refresh_from_db()
    assert (pair.end_code, pair.ends_on) == ("left", date(2026, 10, 31))
    assert list(Meeting.objects.order_by("held_on").values_list("state", flat=True)) == ["planned", "cancelled"]


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_no_act_that_is_not_open_is_reachable_by_a_url(client_at: Callable[[str], Client]):
    """Each step × each URL that acts: what the table forbids changes nothing."""
    client = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        order, other = make_order("99"), teacher("Новикова Нина").pk
        over = {"ends_on": TODAY - timedelta(days=3)}
        steps = {
            Step.DRAFT: make_pair(teacher("Первов А"), make_person("Ученик Аа")),
            Step.ORDERED: make_pair(teacher("Второв Б"), make_person("Ученик Бб"), order=order),
            Step.ENDED_DRAFT: make_pair(teacher("Третьев В"), make_person("Ученик Вв"), **over),
            Step.ENDED: make_pair(teacher("Четвёртов Г"), make_person("Ученик Гг"), order=order, **over),
        }
    acts = {
        Act.DISCARD: ("discard/", {}),
        Act.CHANGE_MENTOR: ("mentor/", {"mentor": other, "starts_on": "2026-11-21"}),
        Act.SUBSTITUTE: ("mentor/", {"mentor": other, "starts_on": "2026-11-21", "until": "2026-12-01"}),
        Act.APPROVE: (None, {"number": "100", "signed_on": "2026-11-20"}),
    }
    tried = 0
    for step, pair in steps.items():
        for act, (path, body) in acts.items():
            is_over = step in (Step.ENDED, Step.ENDED_DRAFT)
            if is_open_to(act, is_ordered=step in (Step.ORDERED, Step.ENDED), is_over=is_over):
                continue
            with school(SCHOOL_A.schema):
                before = list(Pair.objects.order_by("pk").values())
            where = "/orders/approve/" if path is None else f"/pairs/{pair.pk}/{path}"
            answer = client.post(where, body if path is not None else {**body, "pairs": [str(pair.pk)]})
            # Told why on the page, or not offered at all: never "done".
            assert answer.status_code in (200, 302, 404), (step, act, answer.status_code)
            tried += 1
            with school(SCHOOL_A.schema):
                assert list(Pair.objects.order_by("pk").values()) == before, (step, act)
    assert tried == 10
    with school(SCHOOL_A.schema):
        assert not PartnerRequest.objects.exists()
    client.post(f"/pairs/{steps[Step.ORDERED].pk}/mentor/", acts[Act.CHANGE_MENTOR][1])
    with school(SCHOOL_A.schema):
        assert Pair.objects.get(replaces=steps[Step.ORDERED].pk).mentor_id == other
