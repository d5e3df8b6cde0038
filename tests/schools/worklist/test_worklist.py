"""The work list: what waits, for whom, until it is done; reminders and talks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.authz import RefusedError
from core.tenancy import school
from schools.consents.models import Consent
from schools.meetings.models import Meeting
from schools.meetings.views import _tabs
from schools.people.errors import FaultyActError
from schools.questionnaires.models import Response, Round, Template
from schools.worklist import selectors, services
from schools.worklist.domain import Matter
from schools.worklist.models import Contact, Reminder
from schools.worklist.words import Section, section_of, unfolded
from tests.schools.makers import TODAY, actor_with, audited, make_consent, make_order, make_pair, make_person
from tests.support import world
from tests.support.accounts import make_user, sign_in
from tests.support.world import SCHOOL_A

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def pair(inside: None) -> Any:
    """A pair under an order of September whose two have consents, which has not met."""
    mentor = make_person("Учителева Инна", date(1980, 1, 1), kinds=["teacher"])
    mentee = make_person("Ученикова Яна")
    for person in (mentor, mentee):
        make_consent(person)
    return make_pair(mentor, mentee, order=make_order(), starts_on=date(2026, 9, 10))


def waiting(actor: Any) -> dict[Matter, set[Any]]:
    return {
        each.matter: {(row.pair or row.person or row.survey).pk for row in each.rows}  # type: ignore[union-attr]
        for each in selectors.what_waits(actor, TODAY)
    }


def test_a_pair_that_never_met_waits_until_it_meets_and_again_when_it_stops(pair: Any):
    director = actor_with("director")
    assert pair.pk in waiting(director)[Matter.NEVER_MET]
    said = {"pair": pair, "kind": "first", "state": "held", "created_at": "2026-11-20T08:00Z"}
    Meeting.objects.create(held_on=TODAY - timedelta(days=30), **said)
    found = waiting(director)
    assert pair.pk not in found.get(Matter.NEVER_MET, ())
    assert pair.pk in found[Matter.STUCK]
    Meeting.objects.create(held_on=TODAY, **said)
    assert pair.pk not in waiting(director).get(Matter.STUCK, ())


def test_the_lists_of_meetings_that_it_leads_to_are_there(settings: Any):
    settings.ROOT_URLCONF = settings.SCHOOL_URLCONF
    nobody: Any = None
    tabs = {tab.url for tab in _tabs("", defaultdict(int))}
    for matter in (Matter.NEVER_MET, Matter.STUCK):
        assert section_of(nobody, selectors.Waiting(matter, 20)).url in tabs


@pytest.mark.urls("config.urls.school")
def test_who_took_a_consent_back_waits_a_month_and_while_a_pair_stands_without_it(pair: Any):
    director, alone = actor_with("director"), make_person("Снимкова Яна")
    make_consent(alone, kind="dissemination", withdrawn_on=TODAY - timedelta(days=29))
    for person, on in (("Давнова Яна", -30), ("Завтрова Яна", 1)):
        make_consent(make_person(person), kind="transfer", withdrawn_on=TODAY + timedelta(days=on))
    make_consent(pair.mentee, kind="participation", withdrawn_on=TODAY - timedelta(days=60))
    Consent.objects.filter(person=pair.mentor).update(withdrawn_on=TODAY)
    found = waiting(director)
    assert found[Matter.CONSENT_WITHDRAWN] == {alone.pk, pair.mentee_id, pair.mentor_id}
    # Nobody is asked for the paper that he has just taken back.
    assert pair.mentor_id not in found.get(Matter.NO_CONSENT, ())
    (of_list,) = selectors.what_waits(director, TODAY, matters=[Matter.CONSENT_WITHDRAWN])
    lines = {line.title: line.hint for line in section_of(director, of_list).lines}
    assert lines["Ученикова Яна"].endswith(" – с 22.09.2026")
    for gone in (pair.mentee, pair.mentor):
        make_consent(gone, kind="participation" if gone == pair.mentee else "processing", number="2", given_on=TODAY)
    assert waiting(director)[Matter.CONSENT_WITHDRAWN] == {alone.pk}


def test_who_works_in_a_pair_without_a_consent_waits_once(pair: Any):
    director = actor_with("director")
    assert pair.mentee_id not in waiting(director).get(Matter.NO_CONSENT, ())
    pair.mentee.consents.all().delete()
    assert pair.mentee_id in waiting(director)[Matter.NO_CONSENT]
    make_consent(pair.mentee, valid_until=TODAY - timedelta(days=1))
    found = waiting(director)
    assert pair.mentee_id in found[Matter.CONSENT_ENDED]
    assert pair.mentee_id not in found.get(Matter.NO_CONSENT, ())


def test_soon_adult_is_told_only_while_a_parent_signs(inside: None):
    director = actor_with("director")
    pupil = make_person("Взрослеева Яна", born=date(2008, 12, 1))
    consent = make_consent(pupil)
    assert waiting(director)[Matter.SOON_ADULT] == {pupil.pk}
    consent.delete()
    assert Matter.SOON_ADULT not in waiting(director)


def test_a_curator_reaches_the_consents_that_he_may_not_write(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        Consent.objects.filter(person=world.MENTEE).delete()
    for role, scope, page in (("director", "", "new"), ("curator", "teacher-pupil", "of")):
        client = sign_in(client_at, SCHOOL_A, role, scope)
        assert f'href="/consents/{page}/{world.MENTEE}/"' in client.get("/worklist/").content.decode()


def test_a_talk_takes_the_pair_off_the_list(pair: Any):
    director = actor_with("director")
    assert pair.pk in waiting(director)[Matter.CONTACT]
    services.log_contact(actor=director, pair_id=pair.pk, held_on=TODAY, side="both", note="Всё идёт")
    assert pair.pk not in waiting(director).get(Matter.CONTACT, ())
    with pytest.raises(FaultyActError):
        services.log_contact(actor=director, pair_id=pair.pk, held_on=TODAY, side="both", note="Всё идёт")
    with pytest.raises(FaultyActError):
        services.log_contact(actor=director, pair_id=pair.pk, held_on=TODAY + timedelta(days=1), side="both")
    assert Contact.objects.filter(pair=pair).count() == 1


def test_a_talk_is_not_shown_to_the_mentor_whatever_else_he_is(pair: Any):
    said = {"pair_id": pair.pk, "held_on": TODAY, "side": "mentee"}
    services.log_contact(actor=actor_with("curator", "teacher-pupil"), note="боится наставника", **said)
    for number, person in enumerate((pair.mentor_id, pair.mentee_id)):
        chief = actor_with("coordinator", login=f"chief-{number}", person_id=person)
        services.log_contact(actor=chief, note=f"своё {number}", **said)
        assert [talk.note for talk in selectors.contacts_of(actor=chief, pair_id=pair.pk)[1]] == [f"своё {number}"]
    assert selectors.contacts_of(actor=actor_with("director"), pair_id=pair.pk)[1].count() == 3


def test_a_curator_sees_his_forms_and_a_mentor_nothing(pair: Any):
    assert pair.pk in waiting(actor_with("curator", "teacher-pupil"))[Matter.NEVER_MET]
    other = actor_with("curator", "pupil-pupil")
    assert pair.pk not in waiting(other).get(Matter.NEVER_MET, ())
    with pytest.raises(Http404):
        services.log_contact(actor=other, pair_id=pair.pk, held_on=TODAY, side="both")
    with pytest.raises(RefusedError):
        services.remind(actor=actor_with("mentor"), pair_id=pair.pk, matter="stuck")


def test_a_reminder_reaches_the_mentor_once_a_day(pair: Any):
    director = actor_with("director")
    with pytest.raises(FaultyActError, match="no_account"):
        services.remind(actor=director, pair_id=pair.pk, matter="never-met")
    make_user("mentor", login="reminded", person_id=pair.mentor_id)
    assert services.remind(actor=director, pair_id=pair.pk, matter="never-met")
    assert not services.remind(actor=director, pair_id=pair.pk, matter="never-met")
    assert [row.pair_id for row in Reminder.objects.all()] == [pair.pk]
    assert ("worklist.reminded", str(pair.pk)) in audited()
    with pytest.raises(FaultyActError):
        services.remind(actor=director, pair_id=pair.pk, matter="unordered")


def test_of_a_pair_that_does_not_act_nobody_is_reminded(pair: Any):
    director = actor_with("director")
    make_user("mentor", login="reminded", person_id=pair.mentor_id)
    for change in ({"ends_on": TODAY - timedelta(days=1)}, {"ends_on": None, "order": None}):
        type(pair).objects.filter(pk=pair.pk).update(**change)
        with pytest.raises(FaultyActError, match="not_acting"):
            services.remind(actor=director, pair_id=pair.pk, matter="never-met")
    assert not Reminder.objects.exists()


def test_while_a_mentor_is_stood_in_for_nobody_waits_for_him(pair: Any):
    director, stranger = actor_with("director"), make_person("Временный Вася", date(1980, 1, 1), kinds=["teacher"])
    make_user("mentor", login="reminded", person_id=pair.mentor_id)
    said = {"kind": "first", "state": "held", "held_on": date(2026, 9, 20), "created_at": "2026-09-20T08:00Z"}
    substitute = make_pair(
        stranger, pair.mentee, order=make_order("90"), replaces=pair, is_substitute=True, starts_on=date(2026, 11, 1)
    )

    def waits(last_day: date | None, met: bool) -> set[Matter]:
        type(pair).objects.filter(pk=substitute.pk).update(ends_on=last_day)
        Meeting.objects.filter(pair=pair).delete()
        if met:
            Meeting.objects.create(pair=pair, **said)
        found = selectors.what_waits(director, TODAY, matters=(Matter.NEVER_MET, Matter.STUCK, Matter.CONTACT))
        return {each.matter for each in found if pair in [row.pair for row in each.rows]}

    for met, matter, days in ((False, Matter.NEVER_MET, 14), (True, Matter.STUCK, 21)):
        counted = lambda ago, met=met: waits(TODAY - timedelta(days=ago), met)  # noqa: E731
        assert waits(None, met) == waits(TODAY, met) == set()
        assert counted(days - 1) == set()
        type(pair).objects.filter(pk=substitute.pk).update(starts_on=date(2026, 10, 1))
        assert matter in counted(days)
    assert Matter.CONTACT not in counted(29)
    assert Matter.CONTACT in counted(30)
    waits(TODAY, met=True)
    with pytest.raises(FaultyActError, match="stood_in"):
        services.remind(actor=director, pair_id=pair.pk, matter="stuck")
    # Without a full order nobody stands in for anybody yet.
    type(pair).objects.filter(pk=substitute.pk).update(order=None)
    assert waits(None, met=True) == {Matter.STUCK, Matter.CONTACT}


def test_the_mentor_sees_it_on_his_home_page_until_he_has_read_it(client_at: Callable[[str], Client]):
    mentor = sign_in(client_at, SCHOOL_A, "mentor", person_id=world.MENTOR)
    director = sign_in(client_at, SCHOOL_A, "director")
    answer = director.post(f"/worklist/pairs/{world.PAIR}/remind/", {"matter": "never-met"})
    assert (answer.status_code, answer["Location"]) == (302, "/worklist/?open=never-met#never-met")
    home = mentor.get("/").content.decode()
    assert "Новое для вас" in home
    assert "Уведомления: </span>1</span>" in home
    assert SCHOOL_A.surname in mentor.get("/notifications/").content.decode()
    assert "Новое для вас" not in mentor.get("/").content.decode()


def asked(title: str, *people: Any, opened: timedelta = timedelta(), due: date | None = None, form: str = "") -> Any:
    """Make a round that each of the people is asked in."""
    template = Template.objects.get_or_create(
        code="entry-mentee",
        version=99,
        defaults={"title": "О себе", "kind": "entry", "role": "mentee", "created_at": NOW},
    )[0]
    made = Round.objects.create(template=template, title=title, form_code=form, opened_at=NOW - opened, due_on=due)
    Response.objects.bulk_create(Response(round=made, person=person) for person in people)
    return made


def test_a_round_waits_near_its_last_day_until_everybody_has_answered(inside: None):
    director, pupils = actor_with("director"), [make_person("Молчунова Яна"), make_person("Тихонова Яна")]
    late, near = asked("Поздняя", *pupils, due=TODAY - timedelta(days=1)), asked("Скоро", *pupils, due=TODAY)
    asked("Нескоро", *pupils, due=TODAY + timedelta(days=4)), asked("Без срока", *pupils, opened=timedelta(days=13))
    old = asked("Давно без срока", *pupils, opened=timedelta(days=14))
    assert waiting(director)[Matter.UNANSWERED] == {late.pk, near.pk, old.pk}
    (row,) = [each for each in selectors.what_waits(director, TODAY) if each.matter is Matter.UNANSWERED]
    assert (row.rows[0].survey, row.rows[0].number) == (late, 2)
    Response.objects.filter(round=late).update(state="submitted")
    Round.objects.filter(pk=near.pk).update(closed_at=NOW)
    assert waiting(director)[Matter.UNANSWERED] == {old.pk}


def test_a_curator_is_told_of_rounds_of_his_forms_alone(inside: None):
    mine = asked("Своя", make_person("Молчунова Яна"), due=TODAY, form="teacher-pupil")
    assert waiting(actor_with("curator", "teacher-pupil"))[Matter.UNANSWERED] == {mine.pk}
    assert Matter.UNANSWERED not in waiting(actor_with("curator", "pupil-pupil"))


@pytest.mark.parametrize(
    ("lines", "asked_for", "shown"),
    [
        ([2, 3, 4], None, [0, 1, 2]),
        ([2, 9, 1], None, [0]),
        ([15, 1], None, [0]),
        ([15, 1, 2], "stuck", [1]),
        ([15, 1], "nonsense", [0]),
    ],
)
def test_what_fits_a_few_screens_is_unfolded_or_what_a_link_asks_for(
    lines: list[int], asked_for: str | None, shown: list[int]
):
    matters = [Matter.NO_CONSENT, Matter.STUCK, Matter.CONTACT]
    line: Any = object()
    sections = [
        Section(matter, "", "", number, [line] * number, "") for matter, number in zip(matters, lines, strict=False)
    ]
    assert unfolded(sections, asked_for) == [matters[place] for place in shown]


def test_queries_do_not_grow_with_the_list(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    director.get("/worklist/")
    counts = []
    for _round in range(2):
        with school(SCHOOL_A.schema):
            order = make_order(f"{_round}-од")
            for number in range(4):
                mentee = make_person(f"Многих{'абвг'[number]}{'де'[_round]} Яна")
                make_pair(
                    make_person(f"Учит{'абвг'[number]}{'де'[_round]} Инна", kinds=["teacher"]), mentee, order=order
                )
                asked(f"Опрос {_round}{number}", mentee, due=TODAY)
        with CaptureQueriesContext(connection) as seen:
            assert director.get("/worklist/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1], counts
    assert counts[0] <= 45


def test_a_pair_of_last_year_owes_nothing_of_last_year(inside: None):
    """It counts from the first day of this programme year; without one from September."""
    from schools.programme.models import ProgrammeYear
    from schools.worklist.year_start import year_start

    order = make_order(signed_on=date(2025, 9, 10))
    pair = make_pair(
        make_person("Давний Ян", date(1980, 1, 1), ("teacher",)),
        make_person("Прежняя Ия"),
        starts_on=date(2025, 9, 15),
        order=order,
    )
    director = actor_with("director")

    def due() -> list[date | None]:
        found = [each for each in selectors.what_waits(director, TODAY) if each.matter is Matter.CONTACT]
        return [row.since for each in found for row in each.rows if row.pair == pair]

    assert year_start(TODAY) == date(2026, 9, 1)
    assert due() == [date(2026, 9, 16)]
    # A year that nobody closed, and one that was begun in spring, as roadmaps are.
    for day in (date(2025, 9, 1), date(2026, 4, 1)):
        ProgrammeYear.objects.create(title=f"Год с {day}", starts_on=day, profiles=[], created_at=NOW)
        assert due() == [date(2026, 9, 16)]
    ProgrammeYear.objects.create(title="Год", starts_on=date(2026, 11, 10), profiles=[], created_at=NOW)
    assert due() == []
