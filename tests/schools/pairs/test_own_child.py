"""A parent does not mentor his own child, whichever of the two was written first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from core.tenancy import school
from schools.pairs.models import Pair
from schools.pairs.orders import approve_pairs, record_signed_order
from schools.people.errors import FaultyActError
from schools.people.models import Guardianship
from schools.people.services import add_guardian
from schools.people.upon_cards import remarks_upon
from schools.worklist.domain import Matter
from schools.worklist.selectors import what_waits
from tests.schools.makers import TODAY, actor_with, make_order, make_pair, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
RULE = "родитель не может быть наставником своего ребёнка"


def _two() -> tuple[Any, Any]:
    return make_person("Учителева Инна", date(1980, 1, 1), ("teacher",)), make_person("Учителев Яков")


def test_a_tie_that_comes_after_the_pair_is_told_and_keeps_the_draft_from_its_order(inside: None):
    director = actor_with("director")
    mother, child = _two()
    draft, other = make_pair(mother, child), make_pair(mother, make_person("Чужой Лев"))
    ended = make_pair(mother, child, form="teacher-teacher", ends_on=date(2026, 9, 30))
    assert remarks_upon(director, [child.pk]) == []
    add_guardian(actor=director, ward_id=child.pk, guardian_id=mother.pk, kinship="мать")
    (said,) = remarks_upon(director, [child.pk, mother.pk])
    assert (RULE in said.sentence, said.arguments) == (True, (draft.pk,))
    # Only of what the reader sees himself.
    assert remarks_upon(actor_with("curator", "pupil-pupil"), [child.pk]) == []
    with pytest.raises(FaultyActError, match="own_child") as refusal:
        approve_pairs(actor=director, pair_ids=[draft.pk, other.pk], number="84-од", signed_on=TODAY)
    assert refusal.value.faults[0].sentence.startswith("Учителева Инна – Учителев Яков: " + RULE)
    assert not Pair.objects.filter(order__isnull=False, mentor=mother).exists()
    (waits,) = what_waits(director, TODAY, matters=[Matter.OWN_CHILD])
    assert [row.pair for row in waits.rows] == [draft]
    assert ended not in [row.pair for row in waits.rows]
    # What is signed on paper is recorded as it is.
    record_signed_order(actor=director, pair_ids=[draft.pk], number="85-од", signed_on=TODAY)
    Guardianship.objects.all().delete()
    assert what_waits(director, TODAY, matters=[Matter.OWN_CHILD]) == []
    approve_pairs(actor=director, pair_ids=[other.pk], number="84-од", signed_on=TODAY)


def test_the_pages_and_the_api_say_it(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        mother, child = _two()
        pair = make_pair(mother, child, order=make_order(), starts_on=date(2026, 9, 10))
        parent = make_person("Учителева Инна Ивановна", date(1980, 1, 1), ("parent",))
        Guardianship.objects.create(guardian=parent, ward=child, kinship="мать")
    director = sign_in(client_at, SCHOOL_A, "director")
    card = f'href="/pairs/{pair.pk}/"'
    merge = f"/people/duplicates/{mother.pk}/{parent.pk}/"
    page = director.post(merge, {"merge": "1", "full_name": "kept"}, follow=True).content.decode()
    assert RULE in page
    assert card in page
    page = director.get(f"/pairs/{pair.pk}/").content.decode()
    assert "Родитель не может быть наставником своего ребёнка" in page
    assert card in director.get("/worklist/?open=own-child").content.decode()
    with school(SCHOOL_A.schema):
        Guardianship.objects.all().delete()
    body = {"guardian": str(mother.pk), "kinship": "мать"}
    page = director.post(f"/people/{child.pk}/guardians/new/", body, follow=True).content.decode()
    assert RULE in page
    again = director.post(f"/api/v1/people/{child.pk}/guardians/", body, content_type="application/json")
    assert (again.status_code, RULE in again.json()["remarks"][0]) == (201, True)
