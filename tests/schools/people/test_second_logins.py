"""Two cards of one person, each with a login: after the merge he signs in by one, and no role went unseen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.accounts.errors import CodeError
from core.accounts.models import Invitation, RoleGrant, SignIn, User
from core.accounts.services.invitations import accept_invitation, invite
from core.audit.models import AuditRecord
from core.authz import load_actor
from core.tenancy import school
from schools.people.errors import FaultyActError
from schools.people.merging import merge_people
from schools.people.models import Person
from schools.people.second_logins import logins_of, settle_logins
from tests.schools.makers import actor_with, make_pair, make_person
from tests.support.accounts import PASSWORD, make_user, sign_in
from tests.support.world import SCHOOL_A

BORN = date(1985, 3, 3)


@pytest.fixture
def director(inside: None) -> Any:
    return actor_with("director")


def used(user: User, days_ago: int) -> User:
    at = timezone.now() - timedelta(days=days_ago)
    SignIn.objects.create(user=user, at=at - timedelta(days=1), seen_at=at)
    return user


def two_logins(*, kept_used: int = 30, gone_used: int = 2) -> tuple[Person, Person, User, User]:
    """Return two cards of one teacher with a login each: a curator's and a psychologist's; ``…_used`` days ago."""
    kept = make_person("Пихтова Ева Юрьевна", BORN, ("teacher",))
    gone = make_person("Пихтова Ева", BORN, ("teacher",))
    first = used(make_user("curator", "teacher-pupil", login="eva", person_id=kept.pk, with_totp=False), kept_used)
    second = used(make_user("psychologist", login="pihtova", person_id=gone.pk, with_totp=False), gone_used)
    return kept, gone, first, second


def test_a_role_taken_away_meanwhile_does_not_come_back(director: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, gone, _first, second = two_logins(gone_used=60)

    def meanwhile(*_both: Any) -> None:
        """Somebody else's act, between the reading of the accounts and the move of their roles."""
        RoleGrant.objects.filter(user=second, role="psychologist").delete()

    monkeypatch.setattr("schools.people.second_logins._check", meanwhile)
    merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    assert not RoleGrant.objects.filter(role="psychologist").exists()


@pytest.mark.parametrize(("ago", "chosen", "stays"), [(2, "", "pihtova"), (60, "", "eva"), (2, "eva", "eva")])
def test_one_login_stays_with_the_roles_of_both(director: Any, ago: int, chosen: str, stays: str) -> None:
    kept, gone, first, second = two_logins(gone_used=ago)
    wanted = User.objects.get(login=chosen).pk if chosen else None
    merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone=(), login_id=wanted)
    one = User.objects.get(person_id=kept.pk)
    other = User.objects.get(pk=({first.pk, second.pk} - {one.pk}).pop())
    assert (one.login, one.is_active) == (stays, True)
    assert set(one.grants.values_list("role", "scope")) == {("curator", "teacher-pupil"), ("psychologist", "")}
    assert (other.person_id, other.is_active, other.grants.count()) == (None, False, 0)
    merged = AuditRecord.objects.get(action="people.merged")
    assert merged.details["closed_logins"] == [str(other.pk)]
    told = dict(AuditRecord.objects.filter(action__startswith="account.").values_list("action", "object_id"))
    assert told == {"account.joined": str(one.pk), "account.closed_as_second": str(other.pk)}
    assert AuditRecord.objects.get(action="role.revoked").object_id == str(other.pk)


def test_what_was_switched_off_gives_nothing_and_a_role_with_a_term_ends(director: Any) -> None:
    kept, gone, first, second = two_logins()
    User.objects.filter(pk=second.pk).update(is_active=False)
    merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    assert User.objects.get(person_id=kept.pk) == first
    assert list(first.grants.values_list("role", flat=True)) == ["curator"]
    assert not second.grants.exists()


def test_a_login_whose_term_is_over_gives_nothing(director: Any) -> None:
    kept, gone, first, second = two_logins()
    User.objects.filter(pk=second.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    assert User.objects.get(person_id=kept.pk) == first
    assert list(first.grants.values_list("role", flat=True)) == ["curator"]


def test_an_invitation_upon_the_other_card_makes_no_second_login(director: Any) -> None:
    kept, gone = make_person("Пихтова Ева", BORN, ("teacher",)), make_person("Пихтова Ева", BORN, ("teacher",))
    make_user("curator", "teacher-pupil", person_id=kept.pk, with_totp=False)
    issued = invite(actor=director, name="Пихтова Ева", roles=[("coordinator", "")], person_id=gone.pk)
    merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    assert not Invitation.objects.usable().exists()
    # And where two were invited, the second finds the login of the first.
    Invitation.objects.update(revoked_at=None)
    with pytest.raises(CodeError):
        accept_invitation(invitation_id=issued.invitation.pk, login="pihtova", password=PASSWORD)
    assert User.objects.filter(person_id=kept.pk).count() == 1


def test_a_login_that_came_without_a_password_closes_no_other(director: Any) -> None:
    kept, gone, first, second = two_logins()
    second.set_unusable_password()
    second.save()
    RoleGrant.objects.create(user=second, role="mentor")
    assert [user.pk for user in logins_of(kept, gone)] == [first.pk, second.pk]
    settle_logins(actor="merger", cards=(kept, gone), stays=None)
    assert User.objects.get(person_id=kept.pk) == first
    # What the other school let him see, nobody of this one has decided.
    assert set(first.grants.values_list("role", flat=True)) == {"curator", "mentor"}
    assert not second.grants.exists()
    told = AuditRecord.objects.filter(action__startswith="account.").values_list("actor_label", flat=True)
    assert set(told) == {"merger"}


def test_who_may_not_change_both_logins_does_not_make_them_one(director: Any) -> None:
    kept, gone, _first, second = two_logins()
    second.grants.update(role="director")
    coordinator = actor_with("coordinator")
    with pytest.raises(FaultyActError, match="wider_roles"):
        merge_people(actor=coordinator, kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    # His own he neither closes nor gives what opens others' data.
    own = load_actor(User.objects.get(pk=second.pk))
    for login, code in ((_first.pk, "own_login"), (None, "wider_roles"), (own.pk, "wider_roles")):
        with pytest.raises(FaultyActError, match=code):
            merge_people(actor=own, kept_id=kept.pk, gone_id=gone.pk, from_gone=(), login_id=login)
    with pytest.raises(FaultyActError, match="no_login"):
        merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone=(), login_id=director.pk)
    assert Person.objects.filter(pk=gone.pk).exists()
    assert User.objects.filter(is_active=True, person_id__in=(kept.pk, gone.pk)).count() == 2
    merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    assert User.objects.get(person_id=kept.pk) == second


def test_the_one_login_sees_the_pairs_of_the_other_card(director: Any) -> None:
    kept, gone = make_person("Пихтова Ева", BORN, ("teacher",)), make_person("Пихтова Ева", BORN, ("teacher",))
    user = make_user("curator", "teacher-pupil", person_id=kept.pk, with_totp=False)
    make_pair(gone, make_person())
    merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    assert set(user.grants.values_list("role", flat=True)) == {"curator", "mentor"}
    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_the_page_says_which_stays_and_what_becomes_of_the_roles(client_at: Callable[..., Client]) -> None:
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    with school(SCHOOL_A.schema):
        kept, gone, first, second = two_logins()
    address = f"/people/duplicates/{kept.pk}/{gone.pk}/"
    page = client.get(address).content.decode()
    assert "Какой вход останется" in page
    assert page.index("pihtova; роли: педагог-психолог; последний вход") > page.index("Первая")
    assert "куратор формы" in page
    assert f'value="{second.pk}" required id="id_login_0" checked' in page or "checked" in page
    assert client.post(address, {"merge": "1"}).status_code == 200
    with school(SCHOOL_A.schema):
        assert Person.objects.filter(pk=gone.pk).exists()
    chosen = {"merge": "1", "login": str(first.pk), "full_name": "kept"}
    done = client.post(address, chosen, follow=True).content.decode()
    assert "Остался вход «eva», другой закрыт." in done
