"""The record of acts tells nobody what was said in confidence about him."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.authz import Actor
from schools.pairs.partner_requests import ask_for_another
from schools.participants.services import tell_concern
from schools.people.models import Guardianship
from schools.programme.audit import records
from tests.schools.makers import actor_with, make_order, make_pair, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
CONFIDENCES = ["pairs.partner_asked", "participants.concern_told"]


def _told_to(actor: Actor) -> list[str]:
    return sorted(row.action for row in records(actor, {}) if row.action in CONFIDENCES)


def test_who_stands_in_the_pair_does_not_read_there_that_somebody_turned_to_the_curator(inside: None) -> None:
    mentor = make_person("Учителева Инна", date(1980, 1, 1), kinds=["teacher"])
    mentee = make_person("Ученикова Яна")
    mother = make_person("Ученикова Ольга", date(1985, 1, 1), kinds=["parent"])
    Guardianship.objects.create(guardian=mother, ward=mentee)
    pair: Any = make_pair(mentor, mentee, order=make_order())
    child = actor_with("mentee", person_id=mentee.pk)
    tell_concern(actor=child, pair_id=pair.pk)
    ask_for_another(actor=child, pair_id=pair.pk, wish="time")
    assert _told_to(actor_with("director")) == CONFIDENCES
    stranger = make_person("Другая Вера", date(1979, 1, 1), kinds=["teacher"])
    assert _told_to(actor_with("coordinator", person_id=stranger.pk)) == CONFIDENCES
    for near in (mentor, mother):
        assert _told_to(actor_with("coordinator", person_id=near.pk)) == []
