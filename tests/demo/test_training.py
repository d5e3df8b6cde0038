"""Training in the demonstration: noted once, of most mentors."""

from __future__ import annotations

import pytest

from core.tenancy import school
from deploy.demo.training import teach_mentors
from schools.training.models import Training
from tests.schools.makers import TODAY, make_pair, make_person
from tests.support.accounts import make_user
from tests.support.world import SCHOOL_A


@pytest.mark.usefixtures("db")
def test_most_mentors_were_taught(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: TODAY)
    with school(SCHOOL_A.schema):
        Training.objects.all().delete()
        for name in "АБВГД":
            make_pair(make_person(f"Яровой {name}", kinds=("teacher",)), make_person(f"Учеников {name}"))
        make_user("coordinator", login="coordinator")
    assert [teach_mentors(TODAY) for _ in range(2)] == [1, 0]
    with school(SCHOOL_A.schema):
        taught = Training.objects.filter(person__surname="Яровой").count()
        assert (taught, Training.objects.exclude(person__surname="Яровой").count()) == (4, 1)
