"""What waits for a participant's answer stands first on his home page; nobody else's, nothing that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from schools.participants.asked import waiting_for
from tests.schools.makers import actor_with
from tests.schools.matching.makers import make_mentee, make_mentor
from tests.schools.matching.makers import make_round as make_matching
from tests.schools.questionnaires.makers import make_response, make_round


@pytest.mark.django_db
def test_proposals_come_before_questionnaires_until_they_are_answered(inside: None):
    from schools.matching.models import Proposal

    found = make_matching(state="published")
    mentor, mentee = make_mentor(found, "Учителева Инна Львовна"), make_mentee(found, "Ученикова Яна Ильинична")
    until = timezone.localdate() + timedelta(days=5)
    Proposal.objects.create(mentor=mentor, mentee=mentee, asked_at=timezone.now(), expires_on=until)
    asked = make_round(kind="entry")
    response = make_response(asked, mentee.person)
    reader = actor_with("mentee", login="reader", person_id=mentee.person_id)

    def titles(actor: Any) -> list[str]:
        return [row.title for row in waiting_for(actor)]

    assert titles(reader) == ["Вам предлагают пару", asked.title]
    assert titles(actor_with("mentor", login="mentor", person_id=mentor.person_id)) == ["Вам предлагают пару"]
    assert titles(actor_with("mentee", login="nobody")) == titles(actor_with("director", login="boss")) == []
    Proposal.objects.update(mentee_answer="yes")
    response.state = "submitted"
    response.save()
    assert titles(reader) == []
