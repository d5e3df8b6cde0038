"""Which acts an order cites is the region's to say, act by act; a newer version holds for papers made after it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.tenancy import region, school
from schools.papers.order_text import reference_of
from tenants.reference.models import LegalAct
from tenants.reference.services import publish_version
from tests.schools.makers import make_pair, make_person
from tests.support.accounts import make_user
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def cited() -> tuple[set[str], set[str]]:
    """Return what orders on a pupil's and on a teacher's pair cite."""
    with school(SCHOOL_A.schema):
        older = [make_person(f"Наставник Ян{number}", date(1980, 1, 1), ("teacher",)) for number in range(2)]
        of_pupil = make_pair(older[0], make_person("Ученик Ян"))
        of_teacher = make_pair(older[1], make_person("Педагог Ян", date(1990, 1, 1), ("teacher",)), "teacher-teacher")
        found = tuple(set(reference_of([pair])["legal_acts"]) for pair in (of_pupil, of_teacher))
        return found[0], found[1]


def change(code: str, **content: Any) -> None:
    with region():
        now = LegalAct.objects.now().get(code=code)
        actor = make_user("region_admin", with_totp=False)
        publish_version(actor=actor, model=LegalAct, code=code, based_on=now.pk, content=content)


def test_the_shipped_acts_and_what_the_region_makes_of_them():
    pupils, teachers = cited()
    assert pupils == {"273-fz", "r-145", "1264-r"}
    assert teachers == pupils | {"az-1128-08", "tk-351-8"}
    change("mr-42-02", papers=["pairs"], form_codes=["teacher-pupil"])
    change("r-145", papers=[])
    pupils, teachers = cited()
    assert pupils == {"273-fz", "mr-42-02", "1264-r"}
    assert teachers == {"273-fz", "1264-r", "az-1128-08", "tk-351-8"}
