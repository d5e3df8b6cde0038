"""Whoever leads a round is told of proposals about to lapse, one row for a round; nobody else is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from schools.matching.late import rounds_about_to_lapse
from schools.matching.models import Proposal
from schools.worklist.domain import Matter
from schools.worklist.selectors import every_row, what_waits
from schools.worklist.words import section_of
from tests.schools.makers import TODAY, actor_with
from tests.schools.matching.test_proposals import asked, placed, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "inside")]


def told(role: str, scope: str = "") -> list[Any]:
    return what_waits(actor_with(role, scope), TODAY, matters=[Matter.PROPOSALS])


@pytest.mark.urls("config.urls.school")
def test_a_round_waits_while_proposals_of_it_are_about_to_lapse():
    found, _mentors, mentees = placed()
    published(found, answer_days=3)
    assert told("director") == []
    Proposal.objects.filter(pk=asked(mentees[1]).pk).update(expires_on=TODAY + timedelta(days=2))
    leads = actor_with("curator", "teacher-pupil")
    (waits,) = what_waits(leads, TODAY, matters=[Matter.PROPOSALS])
    (line,) = section_of(leads, waits).lines
    assert (waits.total, line.title, line.hint) == (1, found.title, "без ответа: 1, срок 23.11.2026")
    assert line.url == f"/matching/{found.pk}/proposals/"
    assert every_row(leads, TODAY, Matter.PROPOSALS)[0].key.endswith(str(found.pk))
    assert told("curator", "pupil-pupil") == told("psychologist") == []
    Proposal.objects.filter(pk=asked(mentees[1]).pk).update(state="agreed")
    assert list(rounds_about_to_lapse(leads, TODAY)) == []
