"""Who can sign in to the demonstration, and under which password: drawn at random, told in instance.json."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.accounts.models import User
from core.accounts.services.invitations import accept_invitation, invite
from core.accounts.services.provision import create_account_with_totp, renew_account
from core.accounts.services.tokens import LONGEST_DAYS, issue_token
from core.authz import system_actor
from core.authz.registry import World, role_of
from core.tenancy import region, school
from deploy.demo import participants
from deploy.demo.asking import TEACHER_PUPIL
from deploy.demo.build import DemoRegion
from deploy.demo.plan import Situation
from deploy.demo.stages import LIVED, Stage, code_at
from deploy.launch import instance
from schools.people.models import Person, SchoolClass
from tenants.registry.models import District, School
from tenants.registry.routing import host_of

# In these situations a visitor wants to sign in as the school: one school of each.
_SHOWN = (
    Situation.UNSIGNED_ORDER,
    Situation.ORDINARY,
    Situation.NOTHING_YET,
    Situation.NO_CONSENTS,
    Situation.ABOVE_TARGET,
)
_CURATOR = "Куратор формы «учитель – ученик»"


@dataclass(frozen=True)
class Seat:
    """An account to make: where, who and as what; a participant's is tied to the person that ``find`` finds."""

    label: str
    login: str
    name: str
    role: str
    scope: str = ""
    find: participants.Find | None = None


def _world(label: str, schemas: dict[str, str]) -> AbstractContextManager[None]:
    return region() if label == "region" else school(schemas[label])


def _seats(demo: DemoRegion, schemas: dict[str, str]) -> Iterator[Seat]:
    yield Seat("region", "operator", "Оператор региона", "region_operator")
    with region():
        districts = list(District.objects.order_by("title").values_list("id", "title"))
    for number, (key, title) in enumerate(districts, start=1):
        yield Seat("region", f"district-{number}", f"Специалист: {title}"[:200], "district_specialist", str(key))
    for situation in _SHOWN:
        code = demo.in_situation(situation)[0].code
        yield Seat(code, "director", "Директор школы", "director")
        yield Seat(code, "coordinator", "Координатор школы", "coordinator")
    # The first of them also has people of the other roles.
    code = demo.in_situation(_SHOWN[0])[0].code
    yield Seat(code, "curator", _CURATOR, "curator", TEACHER_PUPIL)
    with school(schemas[code]):
        room = SchoolClass.objects.order_by("-grade", "letter").first()
    if room is not None:
        yield Seat(code, "class-teacher", f"Классный руководитель {room.title}", "class_teacher", str(room.pk))
    yield from _seats_of_the_year(set(schemas))


def _seats_of_the_year(known: set[str]) -> Iterator[Seat]:
    """List who can be signed in as where a year is lived; somebody who is listed above already is listed once."""
    for code in LIVED:
        if code in known:
            yield Seat(code, "coordinator", "Координатор школы", "coordinator")
    for stage in (Stage.MATCHING, Stage.WORKING):
        if (code := code_at(stage)) in known:
            yield Seat(code, "director", "Директор школы", "director")
            yield Seat(code, "curator", _CURATOR, "curator", TEACHER_PUPIL)
    if (code := code_at(Stage.WORKING)) in known:
        yield Seat(code, "psychologist", "Педагог-психолог", "psychologist")
        yield Seat(code, "mentor", "", "mentor", find=participants.mentor)
        yield Seat(code, "mentor-2", "", "mentor", find=participants.outside_mentor)
        yield Seat(code, "mentee", "", "mentee", find=participants.mentee)
        yield Seat(code, "mentee-2", "", "mentee", find=participants.unhappy_mentee)
        yield Seat(code, "parent", "", "parent", find=participants.parent)
    if (code := code_at(Stage.MATCHING)) in known:
        yield Seat(code, "mentor", "", "mentor", find=participants.asked_mentor)
        yield Seat(code, "mentee", "", "mentee", find=participants.asked_mentee)


def furnish(home: Path, demo: DemoRegion) -> int:
    """Make the accounts that are not there yet and note them in instance.json; return how many were made.

    An account whose password is no longer noted gets a new one: the file is the only place that knows it. Whoever is
    found only later (nobody has been proposed to yet) gets his at the next call.
    """
    with region():
        schemas = dict(School.objects.filter(state=School.State.READY).values_list("code", "schema_name"))
    noted = {(row["host"], row["login"]) for row in instance.load(home)["accounts"]}
    made = 0
    for seat in _seats(demo, schemas):
        host = host_of(seat.label)
        if (host, seat.login) in noted:
            continue
        with _world(seat.label, schemas):
            entry = _take(seat)
        if entry is None:
            continue
        password, secret = entry
        instance.record_account(
            home, role=seat.role, host=host, login=seat.login, password=password, totp_secret=secret
        )
        noted.add((host, seat.login))
        made += 1
    _hand_out_tokens(home, demo, schemas)
    return made


def _take(seat: Seat) -> tuple[str, str | None] | None:
    """Make the account of a seat in its world, or renew it; return password and TOTP secret, None for nobody yet."""
    role = role_of(World.REGION if seat.label == "region" else World.SCHOOL, seat.role)
    if role is None:
        raise LookupError(seat.role)
    password = secrets.token_urlsafe(12)
    actor = system_actor("demo")
    common: dict[str, Any] = {
        "actor": actor,
        "login": seat.login,
        "password": password,
        "with_totp": role.needs_second_factor,
    }
    if User.objects.filter(login=seat.login).exists():
        account = renew_account(**common)
    elif seat.find is not None:
        return _join(seat, seat.find, password)
    else:
        account = create_account_with_totp(**common, name=seat.name, roles=[(seat.role, seat.scope)])
    return password, account.totp_secret or None


def _join(seat: Seat, find: participants.Find, password: str) -> tuple[str, None] | None:
    """Let a participant come by an invitation, as participants do; they need no second factor."""
    person_id = find()
    if person_id is None:
        return None
    person = Person.objects.get(pk=person_id)
    issued = invite(
        actor=system_actor("demo"), name=person.full_name, roles=[(seat.role, seat.scope)], person_id=person.pk
    )
    accept_invitation(invitation_id=issued.invitation.pk, login=seat.login, password=password)
    return password, None


def _hand_out_tokens(home: Path, demo: DemoRegion, schemas: dict[str, str]) -> None:
    """Note a token of the API for each role on each host that has none noted yet."""
    noted = {(row["host"], row["role"]) for row in instance.load(home)["tokens"]}
    admin = Seat("region", "", "", "region_admin")
    for seat in (admin, *_seats(demo, schemas)):
        host = host_of(seat.label)
        if (host, seat.role) in noted:
            continue
        with _world(seat.label, schemas):
            holders = User.objects.filter(is_active=True, grants__role=seat.role, grants__scope=seat.scope)
            owner = (holders.filter(login=seat.login) if seat.login else holders.order_by("created_at")).first()
            if owner is None:
                continue
            issued = issue_token(
                actor=system_actor("demo"),
                owner=owner,
                title="Демонстрация",
                roles=[(seat.role, seat.scope)],
                days=LONGEST_DAYS,
            )
        instance.record_token(home, role=seat.role, host=host, token=issued.secret)
        noted.add((host, seat.role))
