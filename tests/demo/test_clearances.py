"""Papers of mentors from outside in the demonstration: recorded once, each mentor in another state."""

from __future__ import annotations

import pytest

from core.tenancy import school
from deploy.demo.clearances import keep_papers
from schools.clearances.domain import State
from schools.clearances.selectors import checklists_of_school
from tests.schools.clearances.makers import make_guest
from tests.schools.makers import TODAY, actor_with, make_pair, make_person
from tests.support.accounts import make_user
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db]


@pytest.mark.usefixtures("db")
def test_each_mentor_shows_another_state(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: TODAY)
    with school(SCHOOL_A.schema):
        for name in "АБВГДЕ":
            make_pair(make_guest(f"Гостев {name}"), make_person(f"Учеников {name}"), "employer-pupil")
        make_user("coordinator", login="coordinator")
    assert [keep_papers(TODAY) for _ in range(2)] == [1, 0]
    with school(SCHOOL_A.schema):
        found = checklists_of_school(actor_with("director"), TODAY)
        states = {line.standing.state for row in found for line in row.lines}
        assert states == set(State) - {State.NOT_YET, State.WITHDRAWN}
        assert sum(bool(row.blocking) for row in found) == 2
