"""Pages of a round cost as many queries for sixty people as for ten."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import school
from schools.pairs.models import Pair
from schools.people.models import Person
from schools.questionnaires.models import Response
from tenants.reference.remembered import forget_reference
from tests.schools.makers import make_order
from tests.schools.questionnaires.makers import NOW, make_round
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

PAGES = {"": 8, "results/": 6, "results/export/": 6, "links/": 8, "grid/": 9}


DAY = date(2026, 9, 15)


def people(word: str, numbers: range) -> list[Person]:
    """Make a person for each number."""
    return Person.objects.bulk_create(
        Person(
            surname=f"{word}{number}",
            name="Ян",
            folded_name=f"{word}{number} ян".lower(),
            birth_date=date(1990, 1, 1),
            name_key=f"{word}{number}",
            created_at=NOW,
            updated_at=NOW,
        )
        for number in numbers
    )


@pytest.fixture
def asked(client_at, db, settings):
    """Return a function that asks so many more people about their pairs, and (page → number of queries)."""
    # A busy machine takes longer than reference data is remembered; what is read again then is not what is counted.
    settings.REFERENCE_REMEMBERED_SECONDS = 600
    forget_reference()
    with school(SCHOOL_A.schema):
        survey, order = make_round(), make_order("77")
    client = sign_in(client_at, SCHOOL_A, "coordinator")

    def counts(more: int) -> dict[str, int]:
        with school(SCHOOL_A.schema):
            numbers = range(Response.objects.count(), Response.objects.count() + more)
            mentors, mentees = (people(word, numbers) for word in ("Учителев", "Ученик"))
            Pair.objects.bulk_create(
                Pair(mentor=one, mentee=other, order=order, form_code="teacher-pupil", starts_on=DAY, created_at=NOW)
                for one, other in zip(mentors, mentees, strict=True)
            )
            pairs = {pair.mentee_id: pair for pair in Pair.objects.filter(mentee__in=mentees)}
            sent = {"state": "submitted", "submitted_at": NOW, "answers": {"comfort": 5, "wishes": "да"}}
            Response.objects.bulk_create(
                Response(round=survey, person=mentee, pair=pairs[mentee.pk], **(sent if number % 2 else {}))
                for number, mentee in zip(numbers, mentees, strict=True)
            )
        found = {}
        for page in PAGES:
            with CaptureQueriesContext(connection) as caught:
                assert client.get(f"/questionnaires/{survey.pk}/{page}").status_code == 200
            found[page] = len(caught)
        return found

    yield counts
    forget_reference()


def test_more_people_cost_no_more_queries(asked):
    asked(2)  # what is remembered for a while is remembered
    ten, sixty = asked(8), asked(50)
    with school(SCHOOL_A.schema):
        assert Response.objects.count() == 60
        assert Person.objects.count() >= 120
    assert ten == sixty == PAGES
