"""A list comes in pages or has a bound, and a programme narrows it as a page does: complete by construction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from core.api.pagination import KeyedPage
from core.authz.registry import World
from core.tenancy import school
from core.ui.forms import SearchFilterForm
from tests.permissions.walk import endpoints
from tests.schools.makers import TODAY
from tests.support.accounts import token_for
from tests.support.world import SCHOOL_A

_OF_ONE = "of one person"
_OFFERED = "what the region offers: some dozens"
_BOARD = "2,000 candidates of a round"
# Lists that are answered whole, and what bounds them; `platform/docs/api.md` says the same.
WHOLE = {
    "GET roles/": "roles of the site",
    "GET webhooks/events/": "kinds of event of the site",
    "GET reference/forms/": _OFFERED,
    "GET reference/variants/": _OFFERED,
    "GET reference/consents/": _OFFERED,
    "GET reference/clearances/": _OFFERED,
    "GET reference/definitions/": _OFFERED,
    "GET reference/targets/": _OFFERED,
    "GET reference/acts/": _OFFERED,
    "GET reference/profiles/": _OFFERED,
    "GET reference/questionnaires/": _OFFERED,
    "GET dashboards/definitions/": _OFFERED,
    "GET dashboards/days/": "two days a year, and today",
    "GET coverage/": _OFFERED,
    "GET questionnaires/templates/": _OFFERED,
    "GET questionnaires/survey_id/results/": "questions of a questionnaire",
    "GET people/person_id/guardians/": _OF_ONE,
    "GET people/person_id/consents/": _OF_ONE,
    "GET participation/consents/": "of one person and his children",
    "GET participation/training/": _OF_ONE,
    "GET clearances/own/": _OF_ONE,
    "GET consents/consent_id/files/": "files of one paper",
    "GET orders/order_id/files/": "files of one paper",
    "GET meetings/meeting_id/files/": "files of one paper",
    "POST people/candidates/": "12: a search while somebody types",
    "GET transfers/schools/": "12: a search while somebody types",
    "GET classes/": "classes of a school",
    "GET rollover/classes/class_id/": "a class",
    "GET mergers/": "mergers of one school",
    "GET worklist/": "15 of each matter; the rest are rows of worklist/rows/",
    "GET matching/rounds/round_id/board/": _BOARD,
    "GET matching/rounds/round_id/groups/": _BOARD,
    "GET matching/board/candidate_id/": _BOARD,
}
# The operations that take what a filter bar takes, by the name of its form.
FILTERS: dict[str, tuple[World, tuple[str, ...]]] = {
    "PeopleFilter": (World.SCHOOL, ("POST people/search/",)),
    "PairFilter": (World.SCHOOL, ("POST pairs/search/",)),
    "UnpairedFilter": (World.SCHOOL, ("POST pairs/unpaired/search/",)),
    "ConsentFilter": (World.SCHOOL, ("POST consents/search/",)),
    "ClearanceFilter": (World.SCHOOL, ("POST clearances/search/",)),
    "RhythmFilter": (World.SCHOOL, ("POST meetings/pairs/search/",)),
    "EligibleFilter": (World.SCHOOL, ("POST matching/rounds/round_id/eligible/search/",)),
    "AuditFilter": (World.SCHOOL, ("GET audit/",)),
    "StaffFilterForm": (World.SCHOOL, ("GET staff/",)),
    "DistrictSearchForm": (World.REGION, ("GET districts/",)),
    "SchoolSearchForm": (World.REGION, ("GET schools/",)),
    "AuditFilterForm": (World.REGION, ("GET audit/",)),
    "BoardForm": (World.REGION, ("GET dashboards/region/",)),
}
# A list that is another one without the words of a name takes all the other fields by GET.
PLAIN = {
    "POST people/search/": "GET people/",
    "POST pairs/search/": "GET pairs/",
    "POST pairs/unpaired/search/": "GET pairs/unpaired/",
    "POST consents/search/": "GET consents/",
    "POST consents/missing/search/": "GET consents/missing/",
    "POST clearances/search/": "GET clearances/",
    "POST meetings/pairs/search/": "GET meetings/pairs/",
    "POST matching/rounds/round_id/eligible/search/": "GET matching/rounds/round_id/eligible/",
    "POST people/export/": "GET people/",
    "POST pairs/export/": "GET pairs/export/",
    "POST clearances/export/": "GET clearances/export/",
}
# What a programme has otherwise, and how.
EXCEPT = {
    ("AuditFilter", "q"): "the bar of the school's journal has no search",
    ("AuditFilterForm", "q"): "words of acts in Russian; a programme reads their codes and the ids",
    ("BoardForm", "q"): "the answer holds every row of the ranking, with its title",
    ("BoardForm", "show"): "the answer holds every row of the ranking, with its figures",
}
NO_LIST = {"SampleFilter": "a sample of components", "UnitFilter": "finds the pair to write about: POST pairs/search/"}


def plain(route: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"\1", route.removeprefix("api/v1/"))


def operations(where: World) -> dict[str, Any]:
    return {
        f"{method} {plain(endpoint.route)}": declared
        for endpoint in endpoints(where)
        for method, declared in endpoint.operations.items()
    }


def fields_of(declared: Any) -> set[str]:
    return {name for shape in (declared.query, declared.body) if shape is not None for name in shape().fields}


def filter_bars(of: type[SearchFilterForm] = SearchFilterForm) -> Iterator[type[SearchFilterForm]]:
    for form in of.__subclasses__():
        yield from filter_bars(form)
        if not form.__module__.startswith("tests."):
            yield form


def test_a_list_comes_in_pages_or_is_bounded_by_nature() -> None:
    whole = {name for where in World for name, declared in operations(where).items() if declared.many}
    assert whole == WHOLE.keys()


def test_what_a_filter_bar_takes_the_api_takes() -> None:
    served = {where: operations(where) for where in World}
    bars = {form.__name__: form for form in filter_bars()}
    assert bars.keys() == FILTERS.keys() | NO_LIST.keys()
    lacking = set()
    for name, (where, names) in FILTERS.items():
        taken = set().union(*(fields_of(served[where][each]) for each in names))
        lacking |= {(name, field) for field in bars[name].base_fields if field not in taken}
    assert lacking == EXCEPT.keys()


def test_names_are_searched_by_in_bodies_alone() -> None:
    private = {form.__name__ for form in filter_bars() if form.is_private} - NO_LIST.keys()
    known = operations(World.SCHOOL)
    for name in private:
        for each in FILTERS[name][1]:
            assert known[each].query is None, each
            assert not known[each].acts, each
    for search, twin in PLAIN.items():
        query = set(known[twin].query().fields)
        assert "q" not in query
        assert fields_of(known[search]) - query <= {"q", "among"}, search
    searches = {name for name, declared in known.items() if declared.body and not declared.acts}
    assert {name for name in searches if "q" in fields_of(known[name])} - PLAIN.keys() == {"POST people/candidates/"}


def asked(query: str) -> Request:
    return Request(RequestFactory().get(f"/?{query}"))


def test_a_list_that_was_worked_out_is_walked_by_keys() -> None:
    page = KeyedPage(lambda row: f"{row:03}")
    rows, cursor = page.rows([5, 3, 1, 4, 2], asked("limit=2"))
    assert rows == [1, 2]
    # Meanwhile one that was shown is gone and another came: nothing is left out, nothing comes twice.
    rows, cursor = page.rows([6, 5, 3, 1, 4], asked(f"limit=2&cursor={cursor}"))
    assert rows == [3, 4]
    assert page.rows([6, 5, 3, 1, 4], asked(f"limit=2&cursor={cursor}")) == ([5, 6], None)
    assert page.rows([], asked("")) == ([], None)
    for wrong in ("*", "а", "/w"):
        with pytest.raises(ValidationError):
            page.rows([1], asked(f"cursor={wrong}"))


@pytest.mark.django_db
def test_every_row_is_reached_and_a_name_narrows(client_at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: TODAY)
    secret, client = token_for("sch-a", "director"), client_at("sch-a")
    room, pairs, people = _people()

    def ask(method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        answer = client.generic(
            method, f"/api/v1/{path}", b"" if body is None else body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 200, answer.content
        return answer.json()

    def walked(path: str) -> list[Any]:
        mark, found, cursor = "&" if "?" in path else "?", [], ""
        while cursor is not None:
            told = ask("GET", f"{path}{mark}limit=2&cursor={cursor}")
            assert len(told["items"]) <= 2
            found, cursor = found + told["items"], told["next"]
        return found

    alike = [(row["first"]["id"], row["second"]["id"]) for row in walked("people/duplicates/")]
    assert len(alike) == len(set(alike)) == 3
    assert {row["id"] for row in walked("pairs/leavers/")} == pairs
    waits = ask("GET", "worklist/rows/?matter=no-consent")["items"]
    assert {row["row"]["person"] for row in waits} >= people
    assert {row["matter"] for row in waits} == {"no-consent"}
    assert {row["id"] for row in ask("POST", "pairs/search/", '{"q": "ушедший 1"}')["items"]} < pairs
    of_one = ask("GET", f"pairs/?person={sorted(people)[0]}")["items"]
    assert {row["id"] for row in of_one} <= pairs
    assert len(of_one) == 1
    here = ask("GET", f"pairs/unpaired/?room={room}")["items"]
    assert [row["full_name"] for row in here] == ["Безпарный Семён"]
    assert ask("POST", "pairs/unpaired/search/", '{"q": "никто"}')["items"] == []
    missing = ask("GET", f"consents/missing/?room={room}")["items"]
    assert [row["full_name"] for row in missing] == ["Безпарный Семён"]
    ended = {row["id"] for row in ask("GET", "meetings/pairs/?rhythm=ended")["items"]}
    going = {row["id"] for row in ask("GET", "meetings/pairs/?rhythm=going&form=teacher-pupil")["items"]}
    assert (ended & pairs, going & pairs) == (set(), pairs)


def _people() -> tuple[UUID, set[str], set[str]]:
    """Make three who left and run on in pairs, three cards that are alike, and a pupil of a class without a pair."""
    from datetime import date

    from schools.people.models import SchoolClass
    from tests.schools.makers import make_order, make_pair, make_person

    with school(SCHOOL_A.schema):
        order, left = make_order("7"), date(2026, 11, 1)
        mentor = make_person("Учителев Олег", date(1980, 1, 1), kinds=("teacher",))
        gone = [make_person(f"Ушедший {n}", date(2012, 1, n), left=left) for n in (1, 2, 3)]
        pairs = {str(make_pair(mentor, each, order=order).pk) for each in gone}
        for name in ("Липин Семён", "Липин Симён", "Липин Сймён"):
            make_person(name, date(2011, 3, 3))
        make_person("Безпарный Семён", date(2011, 4, 4), room="9Ю")
        return SchoolClass.objects.get(title="9Ю").pk, pairs, {str(each.pk) for each in gone}
