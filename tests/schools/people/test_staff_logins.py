"""A pupil's login opens nobody's data but his own: from whichever side it is tried, and whoever tries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from core.accounts.errors import GrantError
from core.accounts.models import Invitation, RoleGrant, User
from core.accounts.services.grants import grant_role
from core.accounts.services.invitations import accept_invitation, invite
from core.audit.models import AuditRecord
from core.authz import load_actor
from schools.people.class_teachers import return_class_teachers
from schools.people.enrolments import EnrolmentData, correct_enrolment, enrol
from schools.people.errors import FaultyActError
from schools.people.merging import merge_people
from schools.people.models import Enrolment, PersonKind, Rollover
from schools.people.services import PersonData, edit_person
from schools.people.staff_logins import logins_against_the_rule, why_no_staff
from schools.people.ties import join_accounts
from schools.worklist.domain import Matter
from schools.worklist.selectors import what_waits
from schools.worklist.words import section_of
from tests.schools.makers import actor_with, make_person
from tests.support.accounts import PASSWORD, make_user
from tests.support.world import CLASS

NAME = "Пихтова Ева Юрьевна"
GROWN, CHILD = date(1985, 3, 3), date(2012, 1, 1)
STAFF = [
    ("director", ""),
    ("coordinator", ""),
    ("curator", "teacher-pupil"),
    ("class_teacher", str(CLASS)),
    ("psychologist", ""),
]
# Kinds, birth, left: whose login gets none of staff.
NOT_FOR_STAFF = [
    pytest.param(("pupil",), CHILD, None, id="pupil"),
    pytest.param(("pupil", "alumnus"), date(2008, 1, 1), None, id="grown-up pupil"),
    pytest.param(("pupil",), CHILD, date(2026, 10, 1), id="former pupil"),
    pytest.param(("student",), date(2009, 6, 1), None, id="minor"),
]


@pytest.fixture
def director(inside: None) -> Any:
    return actor_with("director")


@pytest.mark.parametrize(("kinds", "born", "left"), NOT_FOR_STAFF)
def test_no_role_of_staff_for_a_pupil_s_login(director: Any, kinds: Any, born: date, left: date | None) -> None:
    card = make_person(NAME, born, kinds, left=left)
    user = make_user("mentee", person_id=card.pk, with_totp=False)
    other = make_person("Другая Анна", born, kinds, left=left)
    before = AuditRecord.objects.count()
    for role, scope in STAFF:
        with pytest.raises(GrantError, match="исправьте"):
            grant_role(actor=director, user_id=user.pk, role=role, scope=scope)
        with pytest.raises(GrantError, match="исправьте"):
            invite(actor=director, name="", roles=[("mentee", ""), (role, scope)], person_id=other.pk)
    assert list(user.grants.values_list("role", flat=True)) == ["mentee"]
    assert (AuditRecord.objects.count(), Invitation.objects.count()) == (before, 0)
    # What opens one's own is his as before.
    grant_role(actor=director, user_id=user.pk, role="mentor")
    assert invite(actor=director, name="", roles=[("mentor", "")], person_id=other.pk).code


@pytest.mark.parametrize("kinds", [("teacher",), ("parent",), ("enterprise",), ("teacher", "parent", "alumnus")])
def test_a_grown_up_has_every_role_under_one_login(director: Any, kinds: Any) -> None:
    card = make_person(NAME, GROWN, kinds)
    code = invite(actor=director, name="", roles=[("parent", ""), ("mentor", "")], person_id=card.pk).invitation
    user = accept_invitation(invitation_id=code.pk, login="pihtova", password=PASSWORD, name=NAME)
    for role, scope in STAFF:
        grant_role(actor=director, user_id=user.pk, role=role, scope=scope)
    assert user.grants.count() == 2 + len(STAFF)


def test_an_invitation_whose_card_became_a_pupil_s_makes_no_account(director: Any) -> None:
    card = make_person(NAME, GROWN, ("teacher",))
    code = invite(actor=director, name="", roles=[("psychologist", "")], person_id=card.pk).invitation
    PersonKind.objects.filter(person=card).update(kind="pupil")
    with pytest.raises(GrantError, match="исправьте"):
        accept_invitation(invitation_id=code.pk, login="pihtova", password=PASSWORD, name=NAME)
    assert not User.objects.filter(login="pihtova").exists()
    PersonKind.objects.filter(person=card).update(kind="teacher")
    assert accept_invitation(invitation_id=code.pk, login="pihtova", password=PASSWORD, name=NAME).person_id == card.pk


def test_a_mentee_nobody_knows_gets_none_either(director: Any) -> None:
    user = make_user("mentee", with_totp=False)
    with pytest.raises(GrantError, match="свяжите вход с карточкой"):
        grant_role(actor=director, user_id=user.pk, role="coordinator")
    with pytest.raises(GrantError, match="пригласите его с его карточки"):
        invite(actor=director, name=NAME, roles=[("mentee", ""), ("psychologist", "")])
    # A young teacher who is a mentee.
    User.objects.filter(pk=user.pk).update(person_id=make_person(NAME, GROWN, ("teacher",)).pk)
    grant_role(actor=director, user_id=user.pk, role="coordinator")
    assert invite(actor=director, name=NAME, roles=[("mentor", ""), ("psychologist", "")]).code


def _staff() -> Any:
    card = make_person(NAME, GROWN, ("teacher",))
    return card, make_user("coordinator", person_id=card.pk, with_totp=False)


def test_a_card_with_a_login_of_staff_does_not_become_a_pupil_s(director: Any) -> None:
    card, _user = _staff()
    twin = make_person("Пихтова Ева", CHILD, ("pupil",))
    data = PersonData(surname="Пихтова", name="Ева", patronymic="Юрьевна", birth_date=GROWN, kinds={"teacher"})
    asked = EnrolmentData(kind="pupil", admitted_on=date(2026, 9, 1), class_name="7А")
    old = Enrolment.objects.create(person=card, kind="pupil", admitted_on=date(2002, 9, 1), left_on=date(2003, 6, 1))
    acts = [
        lambda: enrol(actor=director, person_id=card.pk, data=asked),
        lambda: correct_enrolment(actor=director, enrolment_id=old.pk, admitted_on=date(2002, 9, 1), left_on=None),
        lambda: merge_people(actor=director, kept_id=twin.pk, gone_id=card.pk, from_gone=()),
        lambda: merge_people(actor=director, kept_id=card.pk, gone_id=twin.pk, from_gone=()),
    ]
    acts += [
        lambda: edit_person(actor=director, person_id=card.pk, data=replace(data, kinds={"pupil"})),
        lambda: edit_person(actor=director, person_id=card.pk, data=replace(data, kinds={"teacher", "pupil"})),
        lambda: edit_person(actor=director, person_id=card.pk, data=replace(data, birth_date=CHILD)),
    ]
    for act in acts:
        with pytest.raises(FaultyActError, match="staff_login"):
            act()
    assert set(PersonKind.objects.filter(person=card).values_list("kind", flat=True)) == {"teacher"}
    # Without the role the same is done.
    RoleGrant.objects.filter(user__person_id=card.pk).delete()
    enrol(actor=director, person_id=card.pk, data=asked)


def test_what_stands_against_the_rule_waits_for_who_manages_staff(director: Any, settings: Any) -> None:
    """Given before the rule, or made a pupil's by a list: found as the act itself would refuse it."""
    cards = [
        (make_person(f"{NAME} {number}", each.values[1], each.values[0], left=each.values[2]))
        for number, each in enumerate(NOT_FOR_STAFF)
    ]
    users = [make_user("curator", "teacher-pupil", name=f"{n}", person_id=card.pk) for n, card in enumerate(cards)]
    users.append(make_user("mentee", name="без карточки", with_totp=False))
    RoleGrant.objects.create(user=users[-1], role="psychologist")
    _staff()
    make_user("mentee", person_id=cards[0].pk, with_totp=False)
    make_user("coordinator", is_active=False, person_id=cards[0].pk, with_totp=False)
    ended = make_user("mentee", person_id=cards[0].pk, with_totp=False)
    RoleGrant.objects.create(user=ended, role="curator", scope="x", expires_at=timezone.now())
    found = list(logins_against_the_rule(timezone.localdate()))
    assert found == users
    for user in found:
        assert why_no_staff(user.person_id, set(user.grants.values_list("role", flat=True)))
    (waiting,) = what_waits(director, timezone.localdate(), matters=[Matter.STAFF_LOGIN])
    assert (waiting.total, [row.account for row in waiting.rows]) == (5, users)
    settings.ROOT_URLCONF = settings.SCHOOL_URLCONF
    hints = [line.hint for line in section_of(director, waiting).lines]
    assert hints == [*(f"логин {user.login}" for user in users[:-1]), f"логин {users[-1].login}, карточки нет"]
    assert what_waits(actor_with("class_teacher", str(CLASS)), timezone.localdate(), matters=[Matter.STAFF_LOGIN]) == []


def test_an_account_closed_as_second_keeps_no_role_and_gets_none_back(director: Any) -> None:
    gone = make_user("class_teacher", str(CLASS), login="second", with_totp=False)
    RoleGrant.objects.create(user=gone, role="psychologist")
    kept = make_user(None, with_totp=False)
    row = Rollover.objects.create(
        school_year=2025, day=date(2026, 9, 1), grants=[[str(gone.pk), str(CLASS), "", "", "", ""]]
    )
    join_accounts(actor=director, user_id=kept.pk, login="second")
    assert not gone.grants.exists()
    assert set(kept.grants.values_list("role", "scope")) == {("class_teacher", str(CLASS)), ("psychologist", "")}
    told = AuditRecord.objects.filter(action="role.revoked", object_id=str(gone.pk)).order_by("pk")
    assert {row.details["role"] for row in told} == {"class_teacher", "psychologist"}
    assert all(row.details["closed_as_second"] for row in told)
    # Switched on again by a slip it opens nothing, and what a rollover gives back comes to the one that stays.
    User.objects.filter(pk=gone.pk).update(is_active=True)
    assert load_actor(User.objects.get(pk=gone.pk)).grants == ()
    row.refresh_from_db()
    return_class_teachers(actor=director, moved=row.grants)
    assert not gone.grants.exists()
    assert kept.grants.filter(role="class_teacher").count() == 1
