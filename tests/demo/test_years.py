"""Programme years of the demonstration: begun once, as far as each school's situation says."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from core.tenancy import school
from deploy.demo.plan import Situation
from deploy.demo.years import begin_years
from schools.programme.models import ProgrammeTask, ProgrammeYear
from tests.schools.makers import TODAY
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db


def test_a_year_is_begun_once_and_stands_where_the_school_does():
    schools: list[Any] = [
        SimpleNamespace(code=SCHOOL_A.code, situation=Situation.UNSIGNED_ORDER),
        SimpleNamespace(code=SCHOOL_B.code, situation=Situation.NOTHING_YET),
        SimpleNamespace(code="not-ready", situation=Situation.ORDINARY),
    ]
    assert [begin_years(schools, TODAY) for _ in range(2)] == [1, 0]
    with school(SCHOOL_B.schema):
        assert not ProgrammeYear.objects.exists()
    with school(SCHOOL_A.schema):
        states = Counter(ProgrammeTask.objects.values_list("state", flat=True))
        assert states == {"done": 18, "work": 2, "todo": 15}
        assert ProgrammeYear.objects.get().title == "Программа 2026/27"
        assert ProgrammeTask.objects.exclude(responsible=[]).exists()
