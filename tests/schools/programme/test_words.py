"""The school speaks the words of the profiles of its current year."""

from __future__ import annotations

from datetime import date

import pytest

from core.tenancy import school
from schools.meetings.words import plan_title
from schools.programme import year_services
from schools.programme.home import numbers, tasks
from tenants.reference.words import YearProfile, words_of, words_of_form, words_of_year
from tests.schools.makers import TODAY, actor_with, make_pair, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
BASE = YearProfile("r-145", "base", "программа наставничества")
BANK = YearProfile("az-1128", "bank", "ППН", ("teacher",))


@pytest.mark.parametrize(
    ("profiles", "mentees", "base", "programme", "is_personalised"),
    [
        ([], None, "база", "программа наставничества", False),
        ([], ["teacher"], "база", "персонализированная программа наставничества", True),
        ([BASE], ["teacher"], "база", "программа наставничества", False),
        ([BANK], None, "банк", "ППН", True),
        ([BASE, BANK], None, "база (банк)", "программа наставничества / ППН", False),
        ([BASE, BANK], ["teacher"], "банк", "ППН", True),
        ([BASE, BANK], ["pupil"], "база", "программа наставничества", False),
    ],
)
def test_the_words_are_those_of_the_profile_that_governs(profiles, mentees, base, programme, is_personalised):
    found = words_of(profiles, mentees)
    assert (found.base, found.programme, found.is_personalised) == (base, programme, is_personalised)


def started(profile: str, day: date) -> None:
    data = year_services.YearData(starts_on=day)
    year_services.start_year(actor=actor_with("coordinator"), data=data, profiles=[profile])


@pytest.mark.usefixtures("inside")
@pytest.mark.urls("config.urls.school")
def test_plans_and_the_home_page_follow_the_year():
    teacher = make_person("Учитель Новый", date(1995, 1, 1), ("teacher",))
    pair = make_pair(make_person("Учитель Опытный", date(1970, 1, 1), ("teacher",)), teacher, "teacher-teacher")
    director = actor_with("director")
    started("r-145", date(2026, 9, 2))
    assert plan_title(pair, None) == "Индивидуальный план развития"
    assert str(tasks(director, numbers(director, TODAY))[0].title) == "База наставляемых и наставников"
    started("az-1128", date(2026, 9, 3))
    assert plan_title(pair, None) == "Персонализированная программа наставничества"
    assert str(tasks(director, numbers(director, TODAY))[0].title) == "Банк наставляемых и наставников"
    assert words_of_form("teacher-teacher").is_personalised


def test_the_lists_are_called_so(client_at):
    director = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        started("az-1128", date(2026, 9, 3))
        assert words_of_year().base == "банк"
    page = director.get("/people/?role=mentor").content.decode()
    assert "Банк наставников." in page
    assert "Банк наставников" not in director.get("/people/").content.decode()
