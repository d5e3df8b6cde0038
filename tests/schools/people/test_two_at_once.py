"""Two clicks on «Добавить человека»: the school gets one record of him, for a second would count him twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from django.db import connection

from core.authz import system_actor
from core.tenancy import school
from schools.people import services
from schools.people.errors import FaultyActError
from schools.people.models import Person
from tests.support.world import SCHOOL_A

AT_ONCE = 4


@pytest.mark.django_db(transaction=True)
def test_one_person_is_added(monkeypatch: pytest.MonkeyPatch):
    def unhurried(*arguments: Any) -> Any:
        """Look whether the school has the person, and leave the others time to look too before anybody writes."""
        found = look(*arguments)
        sleep(0.2)
        return found

    look = services._faults_of_sameness
    monkeypatch.setattr(services, "_faults_of_sameness", unhurried)
    data = services.PersonData(surname="Двойников", name="Пётр", birth_date=date(2012, 5, 5), kinds=("pupil",))
    start = Barrier(AT_ONCE)

    def click(_number: int) -> str:
        try:
            with school(SCHOOL_A.schema):
                start.wait()
                services.create_person(actor=system_actor("check"), data=data)
        except FaultyActError as refusal:
            return refusal.faults[0].code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sorted(pool.map(click, range(AT_ONCE))) == ["already_here"] * (AT_ONCE - 1) + ["done"]
    with school(SCHOOL_A.schema):
        assert Person.objects.filter(surname="Двойников").count() == 1
