"""A consent to keep data, taken back: its owner is asked nothing any more, at once, and is told so."""

from __future__ import annotations

import pytest

from core.authz import load_actor
from schools.consents.consequences import consequences_of_withdrawal
from schools.people.errors import FaultyActError
from schools.questionnaires import links, selectors, services
from schools.questionnaires.models import Response
from schools.questionnaires.reminding import remind_unanswered
from schools.questionnaires.words import WITHDRAWN
from tests.schools.makers import TODAY, actor_with, make_consent, make_person
from tests.schools.questionnaires.makers import make_response, make_round
from tests.support.accounts import make_user


@pytest.fixture
def asked(inside, today):
    """Ask two pupils; the first took his consent back today. Return (his sheet, the other's, who asks, he himself)."""
    found = make_round(title="Как вам в паре?")
    gone, here = (make_response(found, make_person(name)) for name in ("Отозвавший Ян", "Согласный Олег"))
    for row in (gone, here):
        make_consent(row.person)
    curator = actor_with("coordinator")
    (issued,) = links.issue_links(actor=curator, round_id=found.pk, response_ids=[gone.pk])
    himself = load_actor(make_user("mentee", person_id=gone.person_id, with_totp=False))
    consent = gone.person.consents.get()
    assert "Его личные ссылки на анкеты перестанут открываться." in consequences_of_withdrawal(
        actor=curator, consent=consent
    )
    consent.withdrawn_on = TODAY
    consent.save()
    return gone, here, curator, himself, issued.token


def refusal(act, **given) -> str:
    with pytest.raises(FaultyActError) as caught:
        act(**given)
    return caught.value.faults[0].code


def test_nobody_asks_reminds_or_waits_for_who_took_his_consent_back(asked):
    gone, here, curator, himself, _token = asked
    assert list(selectors.asked_in(curator, gone.round)) == [here]
    assert selectors.answered_counts(curator, [gone.round_id]) == {gone.round_id: (0, 1)}
    assert list(selectors.unanswered_by(himself)) == []
    assert remind_unanswered(actor=curator, round_id=gone.round_id).without_account == 1
    assert Response.objects.get(pk=gone.pk).reminded_at is None
    whom = {"actor": curator, "code": "entry-mentee"}
    both = [gone.person_id, here.person_id]
    found = services.preview_round(people=both, **whom)
    assert (found.people, found.withdrawn) == (1, 1)
    assert refusal(services.open_round, people=[gone.person_id], **whom) == "all_withdrew"
    # Given again, it opens everything again.
    make_consent(gone.person, number="2")
    assert list(selectors.unanswered_by(himself)) == [gone]
    assert services.preview_round(people=both, **whom).people == 2


def test_no_way_of_answering_is_open(asked):
    gone, here, curator, himself, token = asked
    answers = {"comfort": 5}
    assert refusal(services.answer_own, actor=himself, response_id=gone.pk, typed=answers, is_final=True) == (
        "consent_withdrawn"
    )
    with pytest.raises(links.LinkError):
        links.response_of_token(token)
    sheets = {gone.pk: answers, here.pk: answers}
    written, refused = services.answer_from_paper(actor=curator, rows=sheets)
    assert (written, list(refused)) == (1, [gone.pk])
    assert str(WITHDRAWN) in refused[gone.pk][0].sentence
    assert Response.objects.get(pk=gone.pk).answers == {}
