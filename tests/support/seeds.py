"""What the matrix of permissions needs beside the template: rows that only the other school has, and arguments.

``OWN`` and ``FOREIGN`` map an argument of a path (or ``endpoint name/argument``) to a value; an argument that is
missing here fails the check, so that a new endpoint cannot be forgotten.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from core.authz.registry import World
from tests.support import world
from tests.support.accounts import make_user
from tests.support.world import SCHOOL_A, SCHOOL_B

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)


def _own(number: int) -> UUID:
    return UUID(f"0a0a0a0a-0000-4000-8000-{number:012d}")


def _only_b(number: int) -> UUID:
    return UUID(f"0b0b0b0b-0000-4000-8000-{number:012d}")


MERGER = _own(40)
FOREIGN_MERGER = _only_b(40)
OWN: dict[str, Any] = {
    "user_id": _own(1),
    "grant_id": _own(2),
    "invitation_id": _own(3),
    "district_id": world.DISTRICT,
    "school_id": SCHOOL_A.id,
    "slug": "forms",
    "code": "pupil-pupil",
    "move": "suspend",
    "job_id": _own(5),
    "sample": "kontingent",
    "person_id": _own(4),
    "other_id": world.MENTEE,
    "enrolment_id": _own(5),
    "class_id": world.CLASS,
    "transfer_id": _own(12),
    "people:transfer-withdraw/transfer_id": _own(13),
    "api:transfer-outgoing/transfer_id": _own(13),
    "guardianship_id": _own(6),
    "consent_id": _own(7),
    "clearance_id": _own(50),
    "clearances:person/person_id": _own(50),
    "clearances:new/person_id": _own(50),
    "api:person-clearances/person_id": _own(50),
    "training_id": _own(52),
    # Of the template's teacher: a curator of teachers sees it.
    **{f"{name}/person_id": world.MENTOR for name in ("training:person", "training:new", "api:person-training")},
    "waiting:person-support/person_id": _own(53),
    "api:waiting-person-support/person_id": _own(53),
    "waiting:person-end/person_id": _own(53),
    "api:waiting-person-ending/person_id": _own(53),
    "pair_id": _own(8),
    "round_id": _own(20),
    "candidate_id": _own(21),
    "group_number": 1,
    "side": "mentee",
    "meeting_id": _own(8),
    "run_id": _own(24),
    "proposal_id": _own(27),
    "waiting_id": _own(28),
    "request_id": _own(30),
    # Somebody's own pair: of the pupil and of the teacher of the template.
    "pairs:ask/pair_id": world.PAIR,
    "pairs:ask-withdraw/pair_id": world.PAIR,
    "api:pair-request/pair_id": world.PAIR,
    "concern_id": _own(42),
    "order_id": _own(9),
    "attachment_id": _own(9),
    "token_id": _own(10),
    "outbox_id": _own(11),
    "archive_id": _own(12),
    "destruction_id": _own(13),
    "merger_id": MERGER,
    "rights:act/destruction_id": _own(14),
    "webhook_id": _own(11),
    "api:feed/job_id": _own(16),
    "delivery_id": _own(12),
    "api:reference-variants-entry/code": "pupil-pupil-1",
    "api:reference-consents-entry/code": "processing",
    "api:reference-clearances-entry/code": "agreement",
    "api:reference-definitions-entry/code": "pupils",
    "api:reference-targets-entry/code": "pupils-2026",
    "api:reference-acts-entry/code": "273-fz",
    "api:reference-profiles-entry/code": "r-145",
    "year_id": _own(30),
    "task_id": _own(31),
    "own_form_id": _own(32),
    "api:reference-questionnaires-entry/code": "entry-mentee",
    "survey_id": _own(40),
    "response_id": _own(41),
    "answer:open/token": "seeded-link",
    **{
        f"{name}/code": "entry-mentee"
        for name in (
            *(f"questionnaires:template{tail}" for tail in ("", "-edit", "-return", "-paper")),
            "api:survey-template",
            "api:questionnaires-templates-entry",
        )
    },
}
FOREIGN: dict[str, Any] = {
    "user_id": _only_b(1),
    "grant_id": _only_b(2),
    "invitation_id": _only_b(3),
    "district_id": world.OTHER_DISTRICT,
    "school_id": SCHOOL_B.id,
    "slug": "nonsense",
    "code": "nonsense",
    "move": "suspend",
    "job_id": _only_b(5),
    "sample": "nonsense",
    "person_id": _only_b(4),
    "other_id": _only_b(4),
    "enrolment_id": _only_b(5),
    "class_id": _only_b(11),
    "transfer_id": _only_b(12),
    "guardianship_id": _only_b(6),
    "consent_id": _only_b(7),
    "clearance_id": _only_b(50),
    "training_id": _only_b(52),
    "pair_id": _only_b(8),
    "round_id": _only_b(20),
    "candidate_id": _only_b(21),
    "group_number": 2,
    "side": "nonsense",
    "meeting_id": _only_b(8),
    "run_id": _only_b(24),
    "proposal_id": _only_b(27),
    "waiting_id": _only_b(28),
    "request_id": _only_b(30),
    "concern_id": _only_b(42),
    "order_id": _only_b(9),
    "attachment_id": _only_b(9),
    "token_id": _only_b(10),
    "outbox_id": _only_b(11),
    "archive_id": _only_b(12),
    "destruction_id": _only_b(13),
    "merger_id": FOREIGN_MERGER,
    "webhook_id": _only_b(11),
    "api:feed/job_id": _only_b(16),
    "delivery_id": _only_b(12),
    "year_id": _only_b(30),
    "task_id": _only_b(31),
    "own_form_id": _only_b(32),
    "survey_id": _only_b(40),
    "response_id": _only_b(41),
    "answer:open/token": "seeded-link-of-nobody",
}
# Ids of rows that only school B holds, by table.
ONLY_IN_B: dict[str, UUID] = {
    "accounts_user": _only_b(1),
    "accounts_rolegrant": _only_b(2),
    "accounts_invitation": _only_b(3),
    "accounts_apitoken": _only_b(10),
    "webhooks_webhook": _only_b(11),
    "webhooks_delivery": _only_b(12),
    "people_person": _only_b(4),
    "imports_importjob": _only_b(5),
    "people_enrolment": _only_b(5),
    "people_guardianship": _only_b(6),
    "consents_consent": _only_b(7),
    "clearances_clearance": _only_b(50),
    "clearances_clearancerules": _only_b(51),
    "training_training": _only_b(52),
    "people_schoolclass": _only_b(11),
    "people_release": _only_b(12),
    "pairs_pair": _only_b(8),
    "pairs_partnerrequest": _only_b(30),
    "meetings_meeting": _only_b(8),
    "meetings_plan": _only_b(8),
    "worklist_contact": _only_b(40),
    "participants_concern": _only_b(42),
    "worklist_reminder": _only_b(41),
    "notifications_notice": _only_b(46),
    "notifications_preference": _only_b(47),
    "notifications_letter": _only_b(48),
    "pairs_order": _only_b(9),
    "papers_ordertext": _only_b(9),
    "papers_attachment": _only_b(9),
    "matching_round": _only_b(20),
    "matching_candidate": _only_b(21),
    "matching_run": _only_b(24),
    "matching_proposal": _only_b(27),
    "matching_support": _only_b(53),
    "rights_destruction": _only_b(13),
    "programme_programmeyear": _only_b(30),
    "programme_programmetask": _only_b(31),
    "programme_schoolform": _only_b(32),
    "questionnaires_template": _only_b(40),
    "questionnaires_round": _only_b(40),
    "questionnaires_response": _only_b(41),
}
FOREIGN_IDS = {
    World.SCHOOL: [str(_only_b(4)), *(str(key) for key in ONLY_IN_B.values() if key != _only_b(4))],
    World.REGION: [str(world.OTHER_DISTRICT), str(SCHOOL_B.id)],
}
_PUBLIC = {
    "account_login",
    "account_inactive",
    "accounts:invite",
    "accounts:invite-account",
    "mfa_authenticate",
    "ui:appearance",
    "ui:design",
    "ui:design-live",
}
# A questionnaire on a phone, for whoever has a personal link and no account.
_BY_LINK = {"answer:open", "answer:fill", "answer:done", "notifications:stop"}
PUBLIC = {World.SCHOOL: _PUBLIC | _BY_LINK, World.REGION: _PUBLIC}
# Unsafe requests of these end the session that asks; their own tests cover them.
ENDS_THE_SESSION = {"account_logout", "accounts:end-others"}
LEAVING = ("logout",)


def seed_all() -> None:
    """Add the rows to both schools, in the transaction of the test."""
    from core.tenancy import region, school

    for place, make in ((SCHOOL_A, _own), (SCHOOL_B, _only_b)):
        with school(place.schema):
            _seed_school(make, place)
        _archive(make, place)
    _transfers()
    _mergers()
    with region():
        _accounts(_own, "district_specialist", str(world.DISTRICT))
        _webhooks(_own, "Программа региона")
        _access_order()
        _failed_task()


def seed_one_more(place: world.TestSchool) -> None:
    """Add the rows of school A to another school, which holds those of the template already."""
    from core.tenancy import school

    with school(place.schema):
        _seed_school(_own, place)


def _seed_school(make: Any, place: world.TestSchool) -> None:
    """Add the rows to the current school."""
    _accounts(make, "curator", "teacher-pupil")
    _webhooks(make, place.canary)
    _feed(make)
    _people(make, place)
    _order_text(make, place)
    _clearances(make, place)
    _training(make, place)
    _matching(make, place)
    _meetings(make, place)
    _attachments(make, place)
    _support(make, place)
    _concerns(make, place)
    _news(make)
    _imports(make, place)
    _requests(make, place)
    _questionnaires(make, place)
    _waiting(make, place)
    _programme(make, place)


def _mergers() -> None:
    """Add a merger of B into A, agreed to by B and planned by A, and one of a third school into B, which is over."""
    from core.tenancy import region, school, shared
    from tenants.mergers.models import Merger, MergerPlan, MergerStep

    third = "s_cccccccccccc"
    for key, goes, takes, state in (
        (MERGER, SCHOOL_B.schema, SCHOOL_A, Merger.State.ASKED),
        (FOREIGN_MERGER, third, SCHOOL_B, Merger.State.DECLINED),
    ):
        with region():
            Merger.objects.create(
                id=key,
                from_schema=goes,
                to_schema=takes.schema,
                from_code="sch-b",
                from_title="Присоединяемая школа",
                to_title=takes.title,
                day=date(2026, 9, 1),
                basis="Постановление № 1",
                state=state,
                asked_at=NOW,
            )
        with school(takes.schema), shared():
            both = {"merger_id": key, "school_schema": takes.schema, "other_schema": goes}
            MergerPlan.objects.create(**both, counts={"people": 1}, classes={"5А": "5А (sch-b)"})
            MergerStep.objects.create(**both, kind=MergerStep.Kind.PLANNED, at=NOW)
    with school(SCHOOL_B.schema), shared():
        both = {"merger_id": MERGER, "school_schema": SCHOOL_B.schema, "other_schema": SCHOOL_A.schema}
        MergerStep.objects.create(**both, kind=MergerStep.Kind.AGREED, at=NOW)


def _failed_task() -> None:
    from core.events.models import Outbox

    Outbox.objects.create(
        id=_own(11),
        task="core.accounts.reset_director",
        school_schema=SCHOOL_A.schema,
        created_at=NOW,
        next_attempt_at=NOW + timedelta(days=3650),
        sendings=9,
        given_up_at=NOW,
    )


def _archive(make: Any, place: world.TestSchool) -> None:
    """Add a ready archive of a school, whose file holds its canary."""
    from core.tenancy import school, shared
    from tenants.provisioning.models import Archive, ArchivePart

    with school(place.schema), shared():
        archive = Archive.objects.create(
            id=make(12),
            school_schema=place.schema,
            state=Archive.State.READY,
            asked_at=NOW,
            made_at=NOW,
            size_bytes=20,
            sha256="0" * 64,
            expires_at=NOW + timedelta(days=3650),
        )
        content = place.canary.encode()
        ArchivePart.objects.create(archive=archive, school_schema=place.schema, number=0, content=content)


def _feed(make: Any) -> None:
    from schools.imports.models import ImportJob

    counts = {"accepted": 1, "refused": 0, "totals": 0, "remarks": 0, "absent": 0}
    done = ImportJob.State.UNDONE
    ImportJob.objects.create(id=make(16), state=done, created_at=NOW, counts=counts, is_feed=True)


def _webhooks(make: Any, title: str) -> None:
    from core.tenancy.signing import cipher
    from core.webhooks.models import Delivery, Webhook

    hook = Webhook.objects.create(
        id=make(11),
        title=title,
        # Nobody listens at this port: what is sent there is refused at once.
        url=f"http://127.0.0.1:9/{make(11)}",
        events=["school.state_changed", "order.signed"],
        secret=cipher("core.webhooks.secret").encrypt(b"whs_seeded").decode(),
        created_at=NOW,
    )
    Delivery.objects.create(
        id=make(12),
        webhook=hook,
        event_id=make(12),
        event="ping",
        payload={"id": str(make(12))},
        state=Delivery.State.FAILED,
        created_at=NOW,
        retry_until=NOW,
        attempts=9,
        last_at=NOW,
        last_fault="timeout",
        last_took_ms=5000,
    )


def _transfers() -> None:
    """Offer a pupil from B to A and one from A to B, and one from B to a third school, whose card A must never see."""
    third = "s_cccccccccccc"
    _transfer(SCHOOL_B, _own(12), SCHOOL_A.schema, "Приходящий")
    _transfer(SCHOOL_A, _own(13), SCHOOL_B.schema, "Уходящий", keeps_release=True)
    _transfer(SCHOOL_B, _only_b(12), third, SCHOOL_B.canary, keeps_release=True)


def _transfer(place: world.TestSchool, key: UUID, to_schema: str, name: str, *, keeps_release: bool = False) -> None:
    from core.tenancy import school, shared
    from schools.people.models import Release
    from tenants.transfers.models import Transfer, TransferCard

    ends = NOW + timedelta(days=3650)
    card = {
        "surname": "Переводов", "name": name, "patronymic": "", "birth_date": "2013-01-02", "sex": "", "snils": "",
        "class_name": "6А", "basis": "Заявление", "guardians": [],
    }  # fmt: skip
    with school(place.schema):
        with shared():
            made = Transfer.objects.create(
                id=key,
                from_schema=place.schema,
                to_schema=to_schema,
                leaves_on=date(2026, 10, 1),
                made_at=NOW,
                expires_at=ends,
            )
            TransferCard.objects.create(transfer=made, from_schema=place.schema, to_schema=to_schema, payload=card)
        if keeps_release:
            Release.objects.create(
                id=key,
                person_id=world.MENTEE,
                to_title="Другая школа",
                leaves_on=date(2026, 10, 1),
                basis=place.canary,
                released_at=NOW,
            )


def _access_order() -> None:
    from tenants.access.models import AccessOrder

    AccessOrder.objects.create(
        id=_own(9),
        kind=AccessOrder.Kind.RESET,
        school_id=SCHOOL_A.id,
        login="chief",
        requested_by=_own(1),
        requested_at=NOW,
        expires_at=NOW + timedelta(days=3650),
    )


def _accounts(make: Any, role: str, scope: str) -> None:
    from core.accounts.models import ApiToken, Invitation, RoleGrant

    user = make_user(None, id=make(1), login=f"seeded-{make(1)}"[:40])
    RoleGrant.objects.create(id=make(2), user=user, role=role, scope=scope)
    ApiToken.objects.create(
        id=make(10),
        user=user,
        title="Посев",
        token_hash=f"seeded-{make(10)}",
        roles=[[role, scope]],
        created_at=NOW,
        expires_at=NOW + timedelta(days=3650),
    )
    Invitation.objects.create(
        id=make(3),
        code_hash=f"seeded-{make(3)}",
        roles=[[role, scope]],
        created_at=NOW,
        expires_at=NOW + timedelta(days=3650),
    )


def _people(make: Any, place: world.TestSchool) -> None:
    from schools.consents.models import Consent
    from schools.pairs.models import Order, Pair
    from schools.people.models import Enrolment, Guardianship, Person, SchoolClass

    if place is SCHOOL_B:
        SchoolClass.objects.create(id=_only_b(11), grade=8, letter="Б", title=f"8Б {place.canary}")
    person = Person.objects.create(
        id=make(4),
        surname=place.surname,
        name="Лишний",
        patronymic=place.canary,
        folded_name=f"{place.surname} лишний {place.canary}".lower(),
        birth_date=date(2012, 2, 2),
        name_key=f"{make(4)}"[:32],
        created_at=NOW,
        updated_at=NOW,
    )
    # Admitted a year ago: the rollover is about him, whenever the check runs.
    Enrolment.objects.create(
        id=make(5), person=person, kind="pupil", school_class_id=world.CLASS, admitted_on=date(2025, 9, 1)
    )
    Guardianship.objects.create(id=make(6), ward=person, guardian_id=world.MENTOR, kinship="опекун")
    Consent.objects.create(
        id=make(7), person=person, kind="processing", signer="representative", given_on=world.SEPTEMBER, created_at=NOW
    )
    order = Order.objects.create(id=make(9), number=f"{place.canary[:12]}-9", signed_on=world.SEPTEMBER, created_at=NOW)
    Pair.objects.create(
        id=make(8),
        mentor_id=world.MENTEE,
        mentee=person,
        form_code="teacher-pupil",
        starts_on=world.SEPTEMBER,
        order=order,
        created_at=NOW,
    )


def _order_text(make: Any, place: world.TestSchool) -> None:
    """Keep a text of the seeded order that names the seeded pupil; the canary stands in it."""
    from schools.papers.models import OrderText

    pieces = [{"text": f"За {place.canary}", "person": str(make(4))}, {"text": ";"}]
    lines = [
        {"kind": "name", "pieces": [{"text": "ПРИКАЗ"}]},
        {"kind": "form", "number": "1.1.", "form": "teacher-pupil", "pieces": [{"text": "По форме:"}]},
        {"kind": "pair", "number": "1.1.1.", "pair": str(make(8)), "pieces": pieces},
    ]
    OrderText.objects.create(id=make(9), order_id=make(9), lines=lines, people=[make(4)], format=1, kept_at=NOW)


def _clearances(make: Any, place: world.TestSchool) -> None:
    """Add somebody from an enterprise with a paper whose every text holds the canary, and what the school decided."""
    from schools.clearances.models import Clearance, ClearanceRules
    from schools.people.models import Person, PersonKind

    person = Person.objects.create(
        id=make(50),
        surname=place.surname,
        name="Внешний",
        patronymic=place.canary,
        folded_name=f"{place.surname} внешний {place.canary}".lower(),
        birth_date=date(1985, 3, 3),
        name_key=f"{make(50)}"[:32],
        created_at=NOW,
        updated_at=NOW,
    )
    PersonKind.objects.create(person=person, kind="enterprise")
    said = {"number": place.canary[:60], "issuer": place.canary, "history": []}
    Clearance.objects.create(
        id=make(50), person=person, kind="agreement", issued_on=world.SEPTEMBER, recorded_at=NOW, **said
    )
    ClearanceRules.objects.create(id=make(51), rules={"medical-book": "off"})


def _training(make: Any, place: world.TestSchool) -> None:
    """Add a training of the teacher whose every text holds the canary."""
    from schools.training.models import Training

    said = {"title": f"Курс {place.canary}", "document": place.canary[:120], "hours": 36, "history": []}
    Training.objects.create(id=make(52), person_id=world.MENTOR, finished_on=world.SEPTEMBER, noted_at=NOW, **said)


def _matching(make: Any, place: world.TestSchool) -> None:
    """Add a round with a pupil and a teacher; the title holds the canary."""
    from schools.matching.models import Candidate, Proposal, Round, Run

    found = Round.objects.create(
        id=make(20), form_code="teacher-pupil", title=f"Подбор {place.canary}", created_at=NOW,
        groups={"1" if make is _own else "2": f"Группа {place.canary}"},
    )  # fmt: skip
    Candidate.objects.create(id=make(21), round=found, person_id=make(4), side="mentee", number=1)
    Candidate.objects.create(id=make(22), round=found, person_id=world.MENTOR, side="mentor", number=1, capacity=2)
    Run.objects.create(id=make(24), round=found, mode="optimal", asked_at=NOW)
    terms = {"starts_on": "2026-10-15", "ends_on": None, "role_variant": ""}
    asked = Round.objects.create(
        id=make(23), form_code="pupil-pupil", title=f"Прежний {place.canary}", created_at=NOW, state="published",
        terms=terms,
    )  # fmt: skip
    mentor = Candidate.objects.create(id=make(25), round=asked, person_id=make(4), side="mentor", number=1)
    mentee = Candidate.objects.create(id=make(26), round=asked, person_id=world.MENTEE, side="mentee", number=1)
    ends = date(2036, 1, 1)
    Proposal.objects.create(id=make(27), mentor=mentor, mentee=mentee, asked_at=NOW, expires_on=ends)
    waits = {"side": "mentee", "number": 2, "waiting_since": world.SEPTEMBER}
    Candidate.objects.create(id=make(28), round=asked, person_id=make(4), **waits)


def _meetings(make: Any, place: world.TestSchool) -> None:
    """Add a meeting that took place, one of the pair of the template, and a plan whose every text holds the canary."""
    from schools.meetings.models import Meeting, Plan
    from schools.pairs.models import PartnerRequest

    said = {"kind": "first", "state": "held", "result": place.canary, "note": place.canary, "created_at": NOW}
    Meeting.objects.create(id=make(8), pair_id=make(8), held_on=date(2026, 9, 20), topic=place.canary, **said)
    Meeting.objects.create(pair_id=world.PAIR, held_on=date(2026, 9, 21), place=place.canary, **said)
    asked = {"side": "mentee", "wish": "other", "words": place.canary, "asked_at": NOW}
    PartnerRequest.objects.create(id=make(30), pair_id=make(8), asked_by=make(1), **asked)
    rows = [{"section": 0, "task": place.canary, "term": "", "planned": "", "actual": "", "mark": ""}]
    for key, pair in ((make(8), make(8)), (make(9), world.PAIR)):
        Plan.objects.create(
            id=key, pair_id=pair, kind="individual", goal=place.canary, rows=rows, version=1, changed_at=NOW
        )


def _attachments(make: Any, place: world.TestSchool) -> None:
    """Attach a file whose content is the canary to the seeded meeting, and one each to the consent and the order."""
    from schools.papers.models import Attachment

    content = place.canary.encode()
    known = {"media": "application/pdf", "size_bytes": len(content), "content": content, "added_at": NOW}
    Attachment.objects.create(id=make(9), meeting_id=make(8), added_by=make(1), **known)
    Attachment.objects.create(id=make(10), consent_id=make(7), **known)
    Attachment.objects.create(id=make(11), order_id=make(9), **known)


def _support(make: Any, place: world.TestSchool) -> None:
    """Add a talk with a pair whose note is the canary, and a reminder about it."""
    from schools.worklist.models import Contact, Reminder

    Contact.objects.create(
        id=make(40), pair_id=make(8), held_on=date(2026, 9, 25), note=place.canary, by=make(1), created_at=NOW
    )
    Reminder.objects.create(id=make(41), user_id=make(1), pair_id=make(8), matter="stuck", day=date(2026, 9, 25))


def _concerns(make: Any, place: world.TestSchool) -> None:
    """Add a word «мне некомфортно» whose text is the canary, about a pair that ended.

    Its two are nobody else here: whoever stands in a pair, or has a child in it, never reads what is told about it.
    """
    from schools.pairs.models import Pair
    from schools.participants.models import Concern
    from schools.people.models import Person

    mentor, mentee = (
        Person.objects.create(
            id=make(number),
            surname=place.surname,
            name=name,
            patronymic=place.canary,
            folded_name=f"{place.surname} {name} {place.canary}".lower(),
            birth_date=date(1990, 4, number - 40),
            name_key=f"{make(number)}"[:32],
            created_at=NOW,
            updated_at=NOW,
        )
        for number, name in ((43, "Дальний"), (44, "Ближний"))
    )
    pair = Pair.objects.create(
        id=make(45),
        mentor=mentor,
        mentee=mentee,
        form_code="teacher-pupil",
        starts_on=world.SEPTEMBER,
        ends_on=world.SEPTEMBER,
        order_id=make(9),
        created_at=NOW,
    )
    Concern.objects.create(id=make(42), person=mentee, pair=pair, text=place.canary, said_by=make(1), said_at=NOW)


def _news(make: Any) -> None:
    """Add news for the curator about the pair."""
    from schools.notifications.models import Letter, Notice, Preference

    whose = {"user_id": make(1)}
    Notice.objects.create(id=make(46), news="stuck", about=make(8), day=NOW.date(), at=NOW, **whose)
    Preference.objects.create(id=make(47), email=f"{make(47)}@mail.test", confirmed_at=NOW, **whose)
    sent = {"state": "sent", "created_at": NOW, "due_at": NOW}
    Letter.objects.create(id=make(48), sort="news", key="1", data={"news": "stuck"}, **whose, **sent)


def _requests(make: Any, place: world.TestSchool) -> None:
    """Add a request about the child that waits, and one that was executed."""
    from schools.rights.models import Destruction

    known = {"asked_by": "subject", "basis": "withdrawn", "registered_by": make(1), "registered_at": NOW}
    known |= {"asked_on": world.SEPTEMBER, "due_on": world.SEPTEMBER, "paper_number": place.canary}
    Destruction.objects.create(id=make(13), number=1, person_id=world.MENTEE, **known)
    done = {"state": "done", "closed_by": make(1), "closed_at": NOW, "method": "destroyed", "act_number": place.canary}
    Destruction.objects.create(
        id=make(14), number=2, person_id=make(14), act_date=world.SEPTEMBER, destroyed=[["имена", 1]], **known, **done
    )


def _imports(make: Any, place: world.TestSchool) -> None:
    """Add a checked import whose every text holds the canary, and whose file can be read and applied."""
    from core.spreadsheets import Column, Table, write_workbook
    from schools.imports.models import ImportFile, ImportJob, ImportRow

    heads = ("ФИО", "Дата рождения", "Дата зачисления", place.canary)
    rows = [[f"{place.surname} Загруженный {place.canary}", "01.02.2014", "01.09.2026", ""]]
    content = write_workbook([Table(place.canary, [Column(head) for head in heads], rows)])
    counts = {"accepted": 1, "refused": 1, "totals": 0, "remarks": 0, "people_new": 1}
    job = ImportJob.objects.create(id=make(5), state=ImportJob.State.CHECKED, created_at=NOW, counts=counts)
    ImportFile.objects.create(
        job=job,
        name=f"{place.canary}.xlsx",
        sha256=f"{make(5)}",
        size_bytes=len(content),
        content=content,
        layouts=[
            {
                "sheet": place.canary,
                "rows": 2,
                "is_visible": True,
                "kind": "pupils",
                "header_row": 1,
                "columns": {"full_name": 0, "birth_date": 1, "admitted_on": 2},
            }
        ],
    )
    ImportRow.objects.create(
        job=job, is_refused=True, file="а.xlsx", sheet=place.canary, row=2, code="no_name", cells=[place.canary]
    )


def _programme(make: Any, place: world.TestSchool) -> None:
    """A year with a task of its own, for which the seeded teacher is responsible."""
    from schools.programme.models import ProgrammeTask, ProgrammeYear, SchoolForm

    SchoolForm.objects.create(
        pk=make(32),
        code=f"own-{make(32).hex[:12]}",
        title=f"Форма {place.canary}",
        mentor_kinds=["staff"],
        mentee_kinds=["teacher"],
    )
    year = ProgrammeYear.objects.create(
        pk=make(30), title=f"Год {place.canary}", starts_on=date(2026, 9, 1), created_at=NOW
    )
    ProgrammeTask.objects.create(
        pk=make(31),
        year=year,
        stage_number=1,
        stage=f"Этап {place.canary}",
        position=1,
        title=f"Дело {place.canary}",
        responsible=[world.MENTOR],
        product="orders",
        updated_at=NOW,
    )


def _waiting(make: Any, place: world.TestSchool) -> None:
    """Add somebody who answered that he wants a mentor, consents, and stands in no pair and no round."""
    from schools.consents.models import Consent
    from schools.matching.models import Support
    from schools.people.models import Person
    from schools.questionnaires.models import Response, Round, Template

    person = Person.objects.create(
        id=make(53),
        surname=place.surname,
        name="Ждущий",
        patronymic=place.canary,
        folded_name=f"{place.surname} ждущий {place.canary}".lower(),
        birth_date=date(2012, 3, 3),
        name_key=f"{make(53)}"[:32],
        created_at=NOW,
        updated_at=NOW,
    )
    Consent.objects.create(
        id=make(53), person=person, kind="processing", signer="representative", given_on=world.SEPTEMBER, created_at=NOW
    )
    template = Template.objects.create(
        id=make(53), code="own-53", version=1, title=place.canary, kind="entry", role="mentee", created_at=NOW
    )
    asked = Round.objects.create(id=make(53), template=template, title=place.canary, opened_at=NOW, closed_at=NOW)
    Response.objects.create(
        id=make(53), round=asked, person=person, state="submitted", submitted_at=NOW, answers={"takes_part": True}
    )
    Support.objects.create(id=make(53), person=person, marked_at=NOW)


def _questionnaires(make: Any, place: world.TestSchool) -> None:
    """Ask the mentee of the template, who mentors the seeded pupil; a draft from paper holds the canary.

    The same token opens his sheet in either school: there it is another link.
    """
    from schools.questionnaires.links import hashes_of
    from schools.questionnaires.models import Response, Round, Template

    items = [
        {"code": "comfort", "text": "Насколько вам комфортно?", "type": "scale", "required": True},
        {"code": "wishes", "text": f"Что изменить? {place.canary}", "type": "text", "required": False},
    ]
    known = {"kind": "interim", "role": "mentor", "items": items, "created_at": NOW}
    template = Template.objects.create(id=make(40), code="own-1", version=1, title=place.canary, **known)
    asked = Round.objects.create(
        id=make(40), template=template, title=place.canary, form_code="teacher-pupil", opened_at=NOW
    )
    Response.objects.create(
        id=make(41),
        round=asked,
        person_id=world.MENTEE,
        state="draft",
        draft={"wishes": place.canary},
        channel="paper",
        link_hash=hashes_of("seeded-link")[0],
        link_expires_at=NOW + timedelta(days=3650),
    )
