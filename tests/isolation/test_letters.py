"""P1 in letters: a school's letters are its own, though the other has the same account with the same news waiting."""

from __future__ import annotations

import pytest

from core.tenancy import school
from schools.notifications.models import Letter
from schools.notifications.tasks import post_letters
from tests.schools.notifications.makers import news, reader
from tests.support import world
from tests.support.opened import text_of_letters
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db


def test_each_school_sends_its_own_letters_alone(mailoutbox: list[object]):
    for place in (SCHOOL_A, SCHOOL_B):
        with school(place.schema):
            address = f"{place.canary.lower()}@mail.test"
            news(reader(person_id=world.MENTOR, name=place.surname, email=address))
    for place, other in ((SCHOOL_A, SCHOOL_B), (SCHOOL_B, SCHOOL_A)):
        post_letters.apply(headers={"school": place.schema}, throw=True)
        assert len(mailoutbox) == 1
        told = text_of_letters()
        assert f"{place.code}." in told
        assert place.title in told
        for foreign in (f"{other.code}.", other.title, other.canary, other.surname):
            assert foreign.lower() not in told.lower()
        with school(place.schema):
            assert list(Letter.objects.values_list("state", flat=True)) == ["sent"]
