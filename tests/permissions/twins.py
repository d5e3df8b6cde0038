"""What each role needs so that everything it is admitted to answers it: who it is, what is its own, what it may hold.

A refusal proves something only beside a request that is allowed. ``OWN_OF`` gives arguments of paths to a role whose
rights are narrower than the school; ``REFUSED`` names what a role is refused although its policy admits it, and why.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from core.authz.registry import World
from tests.support import world
from tests.support.seeds import NOW, OWN
from tests.support.world import SCHOOL_A


def _of_twin(number: int) -> UUID:
    return UUID(f"0c0c0c0c-0000-4000-8000-{number:012d}")


# Somebody of the staff who stands in no pair and represents nobody: what is told of a pair is not kept from him.
STAFF, PARENT, ADULT = _of_twin(1), _of_twin(2), _of_twin(3)
PERSONS = {"mentor": world.MENTOR, "mentee": world.MENTEE, "parent": PARENT}
# Consents are withdrawn by adults; most of what a mentee is shown is a child's.
_AS_AN_ADULT = {
    ("mentee", name): ADULT
    for name in (
        *("api:own-consent-paper", "api:own-consent-withdrawal", "papers:own-consent", "participants:consent-withdraw"),
        "notifications:confirm",
    )
}
# A curator of two forms: mentors from outside belong to the second alone.
SCOPES = {
    "class": (str(world.CLASS),),
    "form": ("teacher-pupil", "employer-pupil"),
    "district": (str(world.DISTRICT),),
}
OWN_OF: dict[str, dict[str, Any]] = {
    "curator": {"proposal_id": _of_twin(27), "waiting_id": _of_twin(29)},
    "class_teacher": {
        "training_id": _of_twin(52),
        **dict.fromkeys(("training:person/person_id", "api:person-training/person_id"), world.MENTEE),
    },
    "mentor": {
        "meeting_id": _of_twin(8),
        "attachment_id": _of_twin(9),
        "proposal_id": _of_twin(27),
        "response_id": _of_twin(41),
        **dict.fromkeys(("meetings:plan-edit/pair_id", "meetings:report/pair_id"), world.PAIR),
        **dict.fromkeys(("api:pair-plan/pair_id", "api:pair-report/pair_id"), world.PAIR),
    },
    "mentee": {
        **dict.fromkeys(("api:own-consent-paper/person_id", "papers:own-consent/person_id"), ADULT),
        **dict.fromkeys(
            ("api:own-consent-withdrawal/consent_id", "participants:consent-withdraw/consent_id"), _of_twin(7)
        ),
    },
    "parent": {"response_id": _of_twin(42), "proposal_id": _of_twin(28)},
}
_WHOLE_REGION = "the figures of the whole region are for whoever sees all of it"
_NO_HALF_SIGN_IN = "the second step needs the first: tests/core/accounts"
_DAYS_ALONE = "of his child's meetings a parent sees the days, on the pair's page"
# (role, endpoint, method) → why.
REFUSED: dict[tuple[str, str, str], str] = {
    **{
        ("district_specialist", name, "GET"): _WHOLE_REGION
        for name in ("api:board-region", "api:region-export", "dashboards:region-live", "dashboards:region-export")
    },
    **{
        ("parent", name, "GET"): _DAYS_ALONE
        for name in (
            *("api:meeting-files", "api:file", "api:pair-plan", "api:meeting"),
            *("papers:meeting-files", "papers:file", "meetings:card"),
        )
    },
    ("parent", "papers:meeting-files", "POST"): _DAYS_ALONE,
    ("visitor", "mfa_authenticate", "GET"): _NO_HALF_SIGN_IN,
    ("visitor", "mfa_authenticate", "POST"): _NO_HALF_SIGN_IN,
    ("coordinator", "imports:feed", "POST"): "the director alone decides when a feed is written without anybody",
    ("class_teacher", "questionnaires:open", "POST"): "a round of a form is closed by whoever leads the form",
}

# What a page must be told at least before it looks for what it is about. By role: others are told by their person.
_FOR_ANOTHER = {"party": "mentor", "answer": "yes"}
BODIES: dict[tuple[str, str], dict[str, str]] = {
    (role, "proposals:card"): _FOR_ANOTHER for role in ("director", "coordinator", "curator")
}


def person_of(where: World, role: str) -> UUID | None:
    """Return the person that the account of a role belongs to."""
    return None if where is World.REGION else PERSONS.get(role, STAFF)


def person_for(role: str, endpoint: str) -> UUID | None:
    """Return who else asks for an endpoint in a role; None: the same as always."""
    return _AS_AN_ADULT.get((role, endpoint))


def seed_twins() -> None:
    """Add to our school what narrower roles may open, beside ``seeds.seed_all``."""
    from core.tenancy import school
    from schools.people.models import Guardianship, Person, PersonKind
    from schools.programme.models import ProgrammeTask
    from schools.training.models import Training

    with school(SCHOOL_A.schema):
        for key, name, kind in (
            (STAFF, "Сотрудник", "teacher"),
            (PARENT, "Родитель", "parent"),
            (ADULT, "Взрослый", ""),
        ):
            known = {"surname": SCHOOL_A.surname, "name": name, "patronymic": SCHOOL_A.canary}
            folded = " ".join(known.values()).lower()
            days = {"birth_date": date(1980, 1, 5), "created_at": NOW, "updated_at": NOW}
            Person.objects.create(id=key, **known, folded_name=folded, name_key=str(key)[:32], **days)
            if kind:
                PersonKind.objects.create(person_id=key, kind=kind)
        for ward in (world.MENTEE, OWN["person_id"]):
            Guardianship.objects.create(ward_id=ward, guardian_id=PARENT, kinship="мать")
        taught = {"title": SCHOOL_A.canary, "finished_on": world.SEPTEMBER, "noted_at": NOW}
        Training.objects.create(id=_of_twin(52), person_id=world.MENTEE, **taught)
        ProgrammeTask.objects.filter(pk=OWN["task_id"]).update(responsible=[str(world.MENTOR), str(STAFF)])
        _papers()
        _answers()


def _papers() -> None:
    from schools.consents.models import Consent
    from schools.meetings.models import Meeting
    from schools.papers.models import Attachment

    Consent.objects.create(
        id=_of_twin(7), person_id=ADULT, kind="processing", signer="self", given_on=world.SEPTEMBER, created_at=NOW
    )
    said = {"kind": "first", "state": "held", "topic": SCHOOL_A.canary, "created_at": NOW}
    Meeting.objects.create(id=_of_twin(8), pair_id=world.PAIR, held_on=date(2026, 9, 22), **said)
    content = SCHOOL_A.canary.encode()
    known = {"media": "application/pdf", "size_bytes": len(content), "content": content, "added_at": NOW}
    Attachment.objects.create(id=_of_twin(9), meeting_id=_of_twin(8), **known)


def _answers() -> None:
    from schools.matching.models import Candidate, Proposal, Round
    from schools.questionnaires.models import Response

    sides = (
        Candidate.objects.create(id=_of_twin(20 + n), round_id=OWN["round_id"], person_id=key, side=side, number=7)
        for n, (key, side) in enumerate(((PARENT, "mentor"), (ADULT, "mentee")))
    )
    days = {"asked_at": NOW, "expires_on": date(2036, 1, 1)}
    Proposal.objects.create(id=_of_twin(28), **dict(zip(("mentor", "mentee"), sides, strict=True)), **days)
    mentor = Candidate.objects.get(round_id=OWN["round_id"], person_id=world.MENTOR)
    Proposal.objects.create(id=_of_twin(27), mentor=mentor, mentee_id=OWN["candidate_id"], **days)
    # A round of the curator's own form, after which somebody waits.
    asked = Round.objects.create(
        id=_of_twin(30), form_code="employer-pupil", title="Подбор", created_at=NOW, state="published"
    )
    Candidate.objects.create(
        id=_of_twin(29), round=asked, person_id=ADULT, side="mentee", number=1, waiting_since=world.SEPTEMBER
    )
    for key, person in ((_of_twin(41), world.MENTOR), (_of_twin(42), PARENT)):
        Response.objects.create(id=key, round_id=OWN["survey_id"], person_id=person, state="draft")


def give_belongings(where: World, role: str, user: Any) -> None:
    """Give an account what belongs to it and to nobody else: codes, a second scope, a request that waits. Inside."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    from core.accounts.models import RoleGrant
    from core.authz.registry import role_of

    RecoveryCodes.activate(user)
    known = role_of(where, role)
    for scope in SCOPES.get(known.scope_kind, ())[1:] if known is not None else ():
        RoleGrant.objects.create(user=user, role=role, scope=scope)
    if where is World.SCHOOL and role in PERSONS:
        from schools.pairs.models import PartnerRequest

        asked = {"wish": "other", "asked_by": user.pk, "asked_at": NOW - timedelta(days=1)}
        PartnerRequest.objects.create(pair_id=world.PAIR, side=role, **asked)


def _confirmation(user: Any) -> str:
    from schools.notifications.links import confirm_token
    from schools.notifications.models import Preference

    Preference.objects.update_or_create(user_id=user.pk, defaults={"wanted": "a@mail.test"})
    return confirm_token(user.pk, "a@mail.test")


def _stopping(user: Any) -> str:
    from schools.notifications.links import stop_token

    return stop_token(OWN["user_id"], "news")


# Of pages that a letter leads to: what the letter's link carries. Called inside the school.
_TOKENS: dict[str, Callable[[Any], str]] = {"notifications:confirm": _confirmation, "notifications:stop": _stopping}


def query_for(endpoint: str, user: Any) -> str:
    """Return what follows the path of an endpoint when its own person opens it, with its question mark.

    Of a letter's links a visitor has the one whose signature is all that is asked for: mail programmes press it.
    """
    make = _TOKENS.get(endpoint)
    if make is None or (user is None and make is not _stopping):
        return ""
    return f"?token={quote(make(user), safe='')}"
