"""What matching reads: the answers submitted last, by code of item."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from schools.questionnaires.selectors import latest_answers
from tests.schools.makers import make_person
from tests.schools.questionnaires.makers import NOW, make_response, make_round


def test_the_last_submitted_answers_of_a_kind_and_role(inside):
    anna, boris = make_person("Иванова Анна"), make_person("Петров Борис")
    entry = make_round(kind="entry")
    make_response(entry, anna, {"request": ["study"]}, draft={"request": ["project"]}, state="reopened")
    later = make_round(kind="entry", opened_at=NOW + timedelta(days=1))
    make_response(later, anna, {"request": ["project"]}, submitted_at=NOW + timedelta(days=2))
    make_response(later, boris, draft={"request": ["study"]}, state="draft")
    make_response(make_round(kind="interim"), boris, {"comfort": 7})
    make_response(make_round(kind="entry", role="mentor"), anna, {"competences": ["exams"]})

    with CaptureQueriesContext(connection) as caught:
        found = latest_answers([anna.pk, boris.pk], kind="entry", role="mentee")

    assert found == {anna.pk: {"request": ["project"]}}
    assert len(caught) == 1


def test_a_reopened_response_still_counts_as_it_was_submitted(inside):
    anna = make_person("Иванова Анна")
    make_response(make_round(kind="entry"), anna, {"request": ["study"]}, draft={"request": []}, state="reopened")
    assert latest_answers([anna.pk], kind="entry", role="mentee") == {anna.pk: {"request": ["study"]}}
