"""Every URL that changes a consent, a pair, a proposal, a questionnaire or a meeting, tried in every state.

What the domain's table allows happens, what it forbids changes nothing, by page and by API alike. A new URL that takes
the id of one of them has to be driven here, or to say why it moves no state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from core.authz.registry import World
from core.tenancy import school
from schools.consents import domain as consents
from schools.matching.domain import proposals
from schools.matching.domain.proposals import Answer, Party, ProposalState, Standing
from schools.meetings.domain import MeetingState, may_become
from schools.pairs.domain import Act as PairAct
from schools.pairs.domain import may_do, step_of
from schools.people.models import Person
from schools.questionnaires import domain as questionnaires
from schools.questionnaires.domain import ResponseState
from tests.permissions.walk import endpoints
from tests.schools.bodies import cases_by_body
from tests.schools.driving import Case, doors, pair_of, state_of
from tests.schools.makers import TODAY, make_consent, make_order, make_pair, make_person
from tests.schools.matching.makers import make_mentee, make_mentor
from tests.schools.matching.makers import make_round as make_matching
from tests.schools.questionnaires.makers import make_response
from tests.schools.questionnaires.makers import make_round as make_survey
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
IDS = {"consent_id", "pair_id", "proposal_id", "response_id", "meeting_id"}
DRIVEN = {
    "consents:withdraw", "consents:withdraw-undo", "consents:correct",
    "api:consent", "api:consent-withdrawal", "api:consent-withdrawal-undo",
    "participants:consent-withdraw", "api:own-consent-withdrawal",
    "pairs:edit", "pairs:end", "pairs:discard", "pairs:mentor", "api:pair", "api:pair-end", "api:pair-mentor",
    "proposals:card", "proposals:withdraw", "api:proposal",
    "questionnaires:reopen",
    "api:survey-reopen",
    "questionnaires:fill", "api:own-survey",
    "meetings:correct", "api:meeting",
}  # fmt: skip
_FILES = ("papers:consent-files", "papers:meeting-files", "api:consent-files", "api:meeting-files")
# Their ids stand in the body or the session, or are an order's, a round's: no walk of paths finds these, and none may
# disappear.
DRIVEN_BY_BODY = {
    "orders:approve", "orders:record", "orders:correct", "orders:cancel", "pairs:leavers",
    "api:orders-approve", "api:orders-signed", "api:order", "api:order-cancel", "api:pairs-leavers",
    "questionnaires:grid", "api:survey-sheet", "answer:fill", "api:meetings",
    "matching:publish", "matching:close", "api:matching-publication", "api:matching-closing",
}  # fmt: skip
MOVES_NO_STATE = {
    **dict.fromkeys(_FILES, "a file beside it"),
    **dict.fromkeys(("pairs:card", "meetings:card", "meetings:pair", "meetings:plan", "api:pair-meetings"), "reads"),
    **dict.fromkeys(("meetings:plan-edit", "meetings:report", "api:pair-plan", "api:pair-report"), "writes a plan"),
    **dict.fromkeys(("pairs:ask", "pairs:ask-withdraw", "api:pair-request"), "a request; its act is the table's ASK"),
    **dict.fromkeys(("worklist:remind", "worklist:contact", "api:worklist-contacts"), "a reminder or a talk"),
    **dict.fromkeys(("participants:tell", "api:concern-tell"), "a word to the curator"),
    **dict.fromkeys(("questionnaires:link", "questionnaires:link-revoke", "api:survey-link"), "a link to a sheet"),
}
IN_FORCE = date(2026, 9, 2)


def test_every_url_that_takes_such_an_id_is_driven_or_moves_no_state():
    found = {row.name for row in endpoints(World.SCHOOL) if IDS & set(row.arguments)}
    assert found == DRIVEN | MOVES_NO_STATE.keys()
    assert DRIVEN.isdisjoint(MOVES_NO_STATE)
    assert {row.name for row in endpoints(World.SCHOOL)} >= DRIVEN_BY_BODY


def _consents() -> Iterator[Case]:
    states = {"in force": {}, "withdrawn": {"withdrawn_on": date(2026, 10, 1)}, "ran out": {"valid_until": IN_FORCE}}
    for at, (state, fields) in enumerate(states.items()):
        row = make_consent(make_person(f"Согласов Ян{at}"), **fields)
        terms = _terms_of(row.pk)
        stored = partial(_terms_of, row.pk)
        for on in (TODAY, IN_FORCE - timedelta(days=1)):
            day = {"withdrawn_on": on.isoformat()}
            expected = _or_same(terms, consents.withdrawn, on=on)
            for door, call in doors(f"/consents/{row.pk}/withdraw/", day, "PUT", f"consents/{row.pk}/withdrawal/", day):
                yield Case(f"consent {state} withdrawn {on} {door}", "director", call, stored, expected)
        why, undo = {"reason": "no_withdrawal"}, "withdraw/undo/"
        expected = _or_same(terms, consents.restored)
        for door, call in doors(f"/consents/{row.pk}/{undo}", why, "POST", f"consents/{row.pk}/withdrawal/undo/", why):
            yield Case(f"consent {state} restored {door}", "director", call, stored, expected)
        typed = {"signer": "representative", "signer_kinship": "мать", "given_on": "2026-09-05", "number": "5"}
        new = {"signer": "representative", "given_on": date(2026, 9, 5), "valid_until": None}
        expected = _or_same(terms, consents.corrected, **new)
        for door, call in doors(f"/consents/{row.pk}/correct/", typed, "PUT", f"consents/{row.pk}/", typed):
            yield Case(f"consent {state} corrected {door}", "director", call, stored, expected)


def _own_consents() -> Iterator[Case]:
    """What its owner takes back himself: today, once, and not before it began."""
    states: dict[str, dict[str, Any]] = {
        "in force": {},
        "withdrawn": {"withdrawn_on": date(2026, 10, 1)},
        "to end": {"withdrawn_on": TODAY + timedelta(days=9)},
        "to come": {"given_on": TODAY + timedelta(days=1)},
    }
    for state, fields in states.items():
        row = make_consent(Person.objects.get(pk=world.MENTOR), kind="transfer", number=state, **fields)
        terms, stored = _terms_of(row.pk), partial(_terms_of, row.pk)
        is_over = state == "withdrawn"
        expected = terms if is_over else _or_same(terms, consents.withdrawn, on=TODAY)
        page, path = f"/participation/consents/{row.pk}/withdraw/", f"participation/consents/{row.pk}/withdrawal/"
        for door, call in doors(page, {"understood": "on"}, "PUT", path, None):
            yield Case(f"own consent {state} {door}", "mentor", call, stored, expected)


def _terms_of(pk: Any) -> consents.Terms:
    from schools.consents.models import Consent
    from schools.consents.services import terms_of

    return terms_of(Consent.objects.get(pk=pk))


def _or_same(before: Any, step: Callable[..., Any], **how: Any) -> Any:
    try:
        return step(before, **how)
    except (consents.IllegalStepError, proposals.IllegalStepError):
        return before


def _meetings() -> Iterator[Case]:
    from schools.meetings.models import Meeting

    for state in MeetingState:
        said = {"kind": "regular", "held_on": date(2026, 11, 10), "created_at": "2026-11-10T08:00Z"}
        row = Meeting.objects.create(pair_id=world.PAIR, state=state, **said)
        stored = partial(state_of, row)
        for wanted in MeetingState:
            body = {"state": wanted.value, "held_on": "2026-11-10", "kind": "regular", "result": "Итог", "version": 0}
            expected = wanted if may_become(state, wanted) else state
            for door, call in doors(f"/meetings/{row.pk}/correct/", body, "PUT", f"meetings/{row.pk}/", body):
                yield Case(f"meeting {state} {wanted} {door}", "mentor", call, stored, expected)


def _standings() -> Iterator[Standing]:
    yes = Answer.YES
    yield Standing()
    yield Standing(ProposalState.OFFERED)
    yield Standing(mentor=yes)
    yield Standing(ProposalState.AGREED, yes, yes)
    yield Standing(ProposalState.DECLINED, Answer.NO)
    yield Standing(ProposalState.EXPIRED, yes)
    yield Standing(ProposalState.WITHDRAWN)


def _proposals() -> Iterator[Case]:
    from schools.matching.models import Proposal

    terms = {"starts_on": "2026-12-01", "ends_on": None, "role_variant": ""}
    asked_at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    found = make_matching(state="published", terms=terms, published_at=asked_at)
    for at, standing in enumerate(_standings()):
        mentor, mentee = make_mentor(found, f"Учителев Ян{at}"), make_mentee(found, f"Ученик Ян{at}")
        row = Proposal.objects.create(
            mentor=mentor, mentee=mentee, state=standing.state, mentor_answer=standing.mentor,
            mentee_answer=standing.mentee, asked_at=asked_at, expires_on=TODAY,
            options=[str(mentor.pk)] if standing.state is ProposalState.OFFERED else [],
        )  # fmt: skip
        stored = partial(_standing_of, row.pk)
        page, path = f"/proposals/{row.pk}/", f"proposals/{row.pk}/"
        for party in Party:
            for said, step in (("yes", proposals.accepted), ("no", proposals.declined)):
                expected = _or_same(standing, step, party=party)
                more = {"party": party.value, "reason": "" if said == "yes" else "other"}
                body = {"is_accepted": said == "yes", **more}
                for door, call in doors(page, {"answer": said, **more}, "PUT", path, body):
                    name = f"proposal {at} {standing.state} {party} {said} {door}"
                    yield Case(name, "director", call, stored, expected)
        expected = _or_same(standing, proposals.chosen)
        said = {"party": "mentee", "mentor": str(mentor.pk)}
        for door, call in doors(page, {"answer": "choice", **said}, "PUT", path, {"is_accepted": True, **said}):
            yield Case(f"proposal {at} {standing.state} chosen {door}", "director", call, stored, expected)
        expected = _or_same(standing, proposals.withdrawn)
        for door, call in doors(f"{page}withdraw/", {}, "DELETE", path, None):
            yield Case(f"proposal {at} {standing.state} withdrawn {door}", "director", call, stored, expected)


def _standing_of(pk: Any) -> Standing:
    from schools.matching.models import Proposal

    row = Proposal.objects.get(pk=pk)
    return Standing(ProposalState(row.state), Answer(row.mentor_answer), Answer(row.mentee_answer))


def _questionnaires(pupil: Any) -> Iterator[Case]:
    from schools.questionnaires.models import Response

    for is_open in (True, False):
        for state in ResponseState:
            asked = make_survey(closed_at=None if is_open else datetime(2026, 11, 20, 10, tzinfo=UTC))
            answers = {"comfort": 5} if state in (ResponseState.SUBMITTED, ResponseState.REOPENED) else None
            row = make_response(asked, pupil, answers)
            Response.objects.filter(pk=row.pk).update(state=state)
            stored = partial(state_of, row)
            page, path = f"/questionnaires/mine/{row.pk}/", f"questionnaires/own/{row.pk}/"
            back = f"questionnaires/sheets/{row.pk}/reopen/"
            expected = _next(state, questionnaires.Act.REOPEN, is_open=is_open)
            for door, call in doors(f"/{back}", {"reason": "mistake"}, "POST", back, {"reason": "mistake"}):
                yield Case(f"response {state} reopen open={is_open} {door}", "director", call, stored, expected)
            for act, draft, method in (
                (questionnaires.Act.SAVE, {"draft": "1"}, "PUT"), (questionnaires.Act.SUBMIT, {}, "POST"),
            ):  # fmt: skip
                expected = _next(state, act, is_open=is_open)
                for door, call in doors(page, {"comfort": "7", **draft}, method, path, {"answers": {"comfort": 7}}):
                    name = f"response {state} {act} open={is_open} {door}"
                    yield Case(name, "pupil", call, stored, expected)


def _by_link(pupil: Any) -> Iterator[Case]:
    """The same acts by a personal link: the sheet is known by the session, which the link opens."""
    from schools.questionnaires.links import hashes_of

    for is_open in (True, False):
        for state in ResponseState:
            asked = make_survey(closed_at=None if is_open else datetime(2026, 11, 20, 10, tzinfo=UTC))
            token = f"link-{is_open}-{state}"
            link = {"link_hash": hashes_of(token)[0], "link_expires_at": datetime(2099, 1, 1, tzinfo=UTC)}
            answers = {"comfort": 5} if state in (ResponseState.SUBMITTED, ResponseState.REOPENED) else None
            row = make_response(asked, pupil, answers, **link)
            type(row).objects.filter(pk=row.pk).update(state=state)
            for act, draft in ((questionnaires.Act.SAVE, {"draft": "1"}), (questionnaires.Act.SUBMIT, {})):
                expected = _next(state, act, is_open=is_open)
                call = partial(_answered_by_link, token=token, typed={"comfort": "7", **draft})
                yield Case(f"link {state} {act} open={is_open}", "pupil", call, partial(state_of, row), expected)


def _answered_by_link(client: Client, *, token: str, typed: dict[str, str]) -> Any:
    client.get(f"/q/{token}/")
    return client.post("/q/", typed)


def _next(state: ResponseState, act: questionnaires.Act, *, is_open: bool) -> ResponseState:
    try:
        return questionnaires.next_state(state, act, is_open=is_open)
    except questionnaires.IllegalMoveError:
        return state


def _pairs() -> Iterator[Case]:
    order, over = make_order("99"), {"ends_on": TODAY - timedelta(days=3)}
    other = make_person("Новикова Нина", date(1980, 1, 1), ("teacher",)).pk
    for at, fields in enumerate(({}, {"order": order}, over, {"order": order, **over})):
        mentor = make_person(f"Первов Ян{at}", date(1980, 1, 1), ("teacher",))
        pair = make_pair(mentor, make_person(f"Пятов Ян{at}"), **fields)
        step = step_of(is_ordered="order" in fields, ends_on=fields.get("ends_on"), day=TODAY)
        stored = partial(pair_of, pair.pk)
        before = pair_of(pair.pk)
        page, path = f"/pairs/{pair.pk}/", f"pairs/{pair.pk}/"
        days = {"starts_on": "2026-09-15", "ends_on": "2027-02-01"}
        end = {"ends_on": "2026-11-20", "code": "completed", "reason": ""}
        change = {"mentor": str(other), "starts_on": TODAY.isoformat()}
        acts = {
            PairAct.EDIT: (f"{page}edit/", days, "PUT", path),
            PairAct.END: (f"{page}end/", end, "PUT", f"{path}end/"),
            PairAct.DISCARD: (f"{page}discard/", {}, "DELETE", path),
            PairAct.CHANGE_MENTOR: (f"{page}mentor/", change, "POST", f"{path}mentor/"),
            PairAct.SUBSTITUTE: (f"{page}mentor/", {**change, "until": "2026-12-01"}, "POST", f"{path}mentor/"),
        }
        for act, (where, body, method, target) in acts.items():
            expected = None if may_do(step, act) else before
            for door, call in doors(where, body, method, target, body or None):
                yield Case(f"pair {step} {act} {door}", "director", call, stored, expected)


def _drive(client_at: Callable[[str], Client], every: int) -> tuple[int, int]:
    """Try every so manyth case; return how many were tried, and how many moved something."""
    with school(SCHOOL_A.schema):
        pupil = make_person("Ответова Ася")
        cases = [*_consents(), *_own_consents(), *_meetings(), *_proposals(), *_questionnaires(pupil), *_pairs()]
        cases += _by_link(pupil)
        cases += cases_by_body(pupil)
    clients = {
        "director": sign_in(client_at, SCHOOL_A, "director"),
        "mentor": sign_in(client_at, SCHOOL_A, "mentor", person_id=world.MENTOR),
        "pupil": sign_in(client_at, SCHOOL_A, "mentee", person_id=pupil.pk),
    }
    moved = 0
    for case in cases[::every]:
        with transaction.atomic():
            with school(SCHOOL_A.schema):
                before = case.stored()
            answer = case.call(clients[case.who])
            with school(SCHOOL_A.schema):
                after = case.stored()
            assert answer.status_code < 500, case.name
            is_right = after != before if case.expected is None else after == case.expected
            assert is_right, (case.name, answer.status_code, before, after, case.expected)
            moved += after != before
            transaction.set_rollback(True)
    return len(cases[::every]), moved


def test_some_urls_in_some_states(client_at: Callable[[str], Client]):
    tried, moved = _drive(client_at, 23)
    assert tried >= 13
    assert 0 < moved < tried


@pytest.mark.nightly
def test_every_url_in_every_state(client_at: Callable[[str], Client]):
    tried, moved = _drive(client_at, 1)
    print(f"states by URL: {tried} tried, {moved} moved")
    assert tried >= 380
    assert moved >= 130
