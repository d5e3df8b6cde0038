"""Before there is a pair: who stands across in a matching reads no answers, by name, from paper or by a link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from schools.matching.models import Candidate
from schools.matching.models import Round as Matching
from schools.questionnaires.selectors import is_of_partner, responses_visible_to
from tests.schools.makers import actor_with
from tests.schools.matching.makers import make_mentee, make_mentor
from tests.schools.matching.makers import make_round as make_matching
from tests.schools.questionnaires.makers import make_response, make_round


@pytest.mark.usefixtures("inside", "today")
@pytest.mark.parametrize("role", ["mentee", "mentor"])
def test_who_stands_across_in_a_round_reads_no_answers_until_it_is_closed(role: str):
    found = make_matching()
    mentee, mentor = make_mentee(found, "Ян Борис"), make_mentor(found, "Учителев Пётр")
    asked, reader = (mentee, mentor) if role == "mentee" else (mentor, mentee)
    preference = make_round(kind="preference", role=role)
    answer = make_response(preference, asked.person, {"liked": True})
    other = make_response(make_round(role="mentor" if role == "mentee" else "mentee"), asked.person, {"liked": True})
    beside = make_response(preference, make_mentor(make_matching(title="Весна"), "Иной Ян").person, {"liked": True})

    def read(person: Any) -> set[Any]:
        director = actor_with("director", person_id=person.pk)
        seen = responses_visible_to(director)
        assert is_of_partner(director, answer) == (not seen.filter(pk=answer.pk).exists())
        assert set(seen.values_list("pk", flat=True)) >= {other.pk, beside.pk}
        return set(responses_visible_to(director, "questionnaires.edit").values_list("pk", flat=True))

    for state in ("open", "published"):
        Matching.objects.filter(pk=found.pk).update(state=state)
        assert answer.pk not in read(reader.person)
    assert answer.pk in read(beside.person)
    Matching.objects.filter(pk=found.pk).update(state="closed")
    assert answer.pk in read(reader.person)
    Matching.objects.filter(pk=found.pk).update(state="published")
    Candidate.objects.filter(pk=reader.pk).update(out_at=found.created_at + timedelta(days=1))
    assert answer.pk in read(reader.person)
