"""One login for one person: whose card an account may be tied to, by whom, and what follows."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import Http404

from core.accounts.errors import GrantError
from core.accounts.models import Invitation, RoleGrant, User
from core.accounts.services.grants import grant_role, revoke_role
from core.accounts.services.invitations import invite, issue_password_code
from core.audit.models import AuditRecord
from core.authz import RefusedError, load_actor
from schools.pairs.services import PairData, create_pairs
from schools.people.errors import FaultyActError
from schools.people.models import Guardianship
from schools.people.tie_rules import Account, Card, Refusal, why_not
from schools.people.ties import join_accounts, own_cards, tie_account, untie_account
from tests.schools.makers import make_pair, make_person
from tests.support.accounts import make_user, sign_in
from tests.support.world import SCHOOL_A

NAME = "Берёзова Ольга Павловна"
BORN = date(1980, 3, 4)
DAY = date(2026, 11, 21)


@pytest.fixture
def director(inside: None):
    return make_user("director", name=NAME, with_totp=False)


def _card(**more):
    return Card(
        **{
            "kinds": {"teacher"}, "birth_date": BORN, "name_keys": {"берёзова"}, "employed_as": {"teacher"},
            "is_pupil_here": False, "has_account": False, **more,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("account", "card", "refusal"),
    [
        ({}, {}, None),
        ({"is_tied": True}, {}, Refusal.TIED_ALREADY),
        ({}, {"has_account": True}, Refusal.CARD_HAS_ACCOUNT),
        ({}, {"kinds": {"pupil"}}, Refusal.NOT_AN_ADULT),
        ({}, {"kinds": {"pupil", "alumnus"}, "is_pupil_here": True}, Refusal.NOT_AN_ADULT),
        ({}, {"birth_date": date(2010, 1, 1)}, Refusal.NOT_AN_ADULT),
        # A mentee's account made without a card belongs to a pupil's.
        ({"is_staff": False, "is_own": False}, {"kinds": {"pupil"}, "birth_date": date(2012, 1, 1)}, None),
        ({"is_staff": False, "is_own": True}, {"kinds": {"pupil"}}, Refusal.NOT_AN_ADULT),
        # Another may choose a parent's card or one of another name; of oneself nobody may say so.
        ({"is_own": False}, {"kinds": {"parent"}, "employed_as": ()}, None),
        ({}, {"kinds": {"parent"}, "employed_as": ()}, Refusal.NOT_EMPLOYED),
        ({"is_own": False}, {"name_keys": {"другая"}}, None),
        ({}, {"name_keys": {"другая"}}, Refusal.ANOTHER_NAME),
    ],
)
def test_whose_card_it_may_be(account, card, refusal):
    asked = Account(**{"name_key": "берёзова", "is_own": True, "is_staff": True, "is_tied": False, **account})
    assert why_not(asked, _card(**card), DAY) is refusal


def test_a_director_says_this_is_me_and_is_a_mentor_under_the_same_login(director):
    card = make_person(NAME, BORN, ("teacher",))
    make_pair(card, make_person())
    actor = load_actor(director)
    assert own_cards(actor, director) == [card]
    tie_account(actor=actor, user_id=director.pk, person_id=card.pk)
    fresh = load_actor(User.objects.get(pk=director.pk))
    assert fresh.person_id == card.pk
    assert {grant.role.slug for grant in fresh.grants} == {"director", "mentor"}
    told = {(row.action, row.object_id) for row in AuditRecord.objects.filter(actor_id=director.pk)}
    assert told == {
        ("account.tied", str(director.pk)),
        ("people.account_tied", str(card.pk)),
        ("role.granted", str(director.pk)),
    }
    # What takes his mentee's answers from him holds now; he cannot shake it off.
    with pytest.raises(RefusedError, match="другой сотрудник"):
        untie_account(actor=fresh, user_id=director.pk, reason="wrong_card")
    assert User.objects.get(pk=director.pk).person_id == card.pk


def test_nobody_takes_another_s_place(director):
    actor = load_actor(director)
    pupil = make_person("Берёзова Ольга Павловна", date(2011, 3, 4))
    other = make_person("Сосновая Ольга Павловна", BORN, ("teacher",))
    mother = make_person(NAME, date(1981, 1, 1), ("parent",))
    taken = make_person(NAME, date(1979, 1, 1), ("teacher",))
    make_user("mentor", person_id=taken.pk, with_totp=False)
    left = make_person(NAME, date(1978, 1, 1), ("teacher",), left=date(2026, 10, 1))
    assert own_cards(actor, director) == []
    for card in (pupil, other, mother, taken, left):
        with pytest.raises(FaultyActError):
            tie_account(actor=actor, user_id=director.pk, person_id=card.pk)
    assert User.objects.get(pk=director.pk).person_id is None
    assert not AuditRecord.objects.filter(action__contains="tied").exists()
    # The same act, by the right person upon the right card.
    own = make_person(NAME, BORN, ("staff",))
    tie_account(actor=actor, user_id=director.pk, person_id=own.pk)
    assert User.objects.get(pk=director.pk).person_id == own.pk


def test_others_are_tied_by_who_manages_them(director):
    coordinator = make_user("coordinator", with_totp=False)
    teacher = make_user("class_teacher", "x", with_totp=False)
    card = make_person(NAME, BORN, ("teacher",))
    for actor, user in ((coordinator, director), (teacher, teacher), (teacher, coordinator)):
        with pytest.raises((RefusedError, Http404)):
            tie_account(actor=load_actor(actor), user_id=user.pk, person_id=card.pk)
    pupil = make_person("Ёлкин Лев", date(2012, 1, 1))
    with pytest.raises(FaultyActError):
        tie_account(actor=load_actor(coordinator), user_id=teacher.pk, person_id=pupil.pk)
    open_invitation = invite(actor=load_actor(director), name="", roles=[("mentor", "")], person_id=card.pk).invitation
    code = issue_password_code(actor=load_actor(coordinator), user_id=teacher.pk).invitation
    tie_account(actor=load_actor(coordinator), user_id=teacher.pk, person_id=card.pk)
    assert not Invitation.objects.usable().filter(pk__in=(open_invitation.pk, code.pk)).exists()
    with pytest.raises(GrantError):
        invite(actor=load_actor(director), name="", roles=[("mentor", "")], person_id=card.pk)
    with pytest.raises(FaultyActError):
        untie_account(actor=load_actor(coordinator), user_id=teacher.pk, reason="")
    untie_account(actor=load_actor(coordinator), user_id=teacher.pk, reason="wrong_card")
    assert User.objects.get(pk=teacher.pk).person_id is None
    told = AuditRecord.objects.get(action="people.account_untied")
    assert told.details == {"user": str(teacher.pk), "reason": "wrong_card"}


def test_a_pair_makes_a_mentor_of_whoever_signs_in_already(director):
    card = make_person(NAME, BORN, ("teacher",))
    User.objects.filter(pk=director.pk).update(person_id=card.pk)
    data = PairData(
        form_code="teacher-pupil", mentor_id=card.pk, mentee_ids=[make_person().pk], starts_on=date(2026, 11, 1)
    )
    create_pairs(actor=load_actor(User.objects.get(pk=director.pk)), data=data)
    assert RoleGrant.objects.filter(user=director, role="mentor", scope="").count() == 1


def test_a_parent_s_role_follows_from_his_card(director):
    mother = make_person("Ёлкина Анна", BORN, ("parent",))
    Guardianship.objects.create(guardian=mother, ward=make_person("Ёлкин Лев", date(2014, 1, 1)), kinship="мать")
    account = make_user(None, with_totp=False)
    tie_account(actor=load_actor(director), user_id=account.pk, person_id=mother.pk)
    assert list(account.grants.values_list("role", flat=True)) == ["parent"]


def test_one_gives_oneself_only_what_adds_nothing(director):
    actor = load_actor(director)
    grant = grant_role(actor=actor, user_id=director.pk, role="curator", scope="teacher-pupil")
    with pytest.raises(RefusedError, match="своей карточкой"):
        grant_role(actor=actor, user_id=director.pk, role="mentor")
    coordinator = make_user("coordinator", with_totp=False)
    grant_role(actor=load_actor(coordinator), user_id=coordinator.pk, role="psychologist")
    for role in ("director", "mentor"):
        with pytest.raises(RefusedError):
            grant_role(actor=load_actor(coordinator), user_id=coordinator.pk, role=role)
    curator = make_user("curator", "teacher-pupil", with_totp=False)
    with pytest.raises(RefusedError):
        grant_role(actor=load_actor(curator), user_id=curator.pk, role="curator", scope="pupil-pupil")
    # And lays it down again, but never what carries him.
    actor = load_actor(director)
    revoke_role(actor=actor, grant_id=grant.pk)
    with pytest.raises(RefusedError, match="другой сотрудник"):
        revoke_role(actor=actor, grant_id=director.grants.get(role="director").pk)
    assert list(director.grants.values_list("role", flat=True)) == ["director"]


def test_two_accounts_of_one_person_become_one(director):
    card = make_person(NAME, BORN, ("teacher",))
    second = make_user("mentor", login="second", name=NAME, person_id=card.pk, with_totp=False)
    join_accounts(actor=load_actor(director), user_id=director.pk, login=" Second")
    kept, gone = User.objects.get(pk=director.pk), User.objects.get(pk=second.pk)
    assert (kept.person_id, gone.person_id, gone.is_active) == (card.pk, None, False)
    assert set(kept.grants.values_list("role", flat=True)) == {"director", "mentor"}
    assert gone.session_epoch == second.session_epoch + 1
    told = dict(AuditRecord.objects.filter(action__startswith="account.").values_list("action", "object_id"))
    assert told == {
        "account.tied": str(kept.pk),
        "account.joined": str(kept.pk),
        "account.closed_as_second": str(gone.pk),
    }


def test_a_second_account_that_is_not_one_s_own_is_not_taken(director):
    actor = load_actor(director)
    other = make_person("Сосновая Ольга Павловна", BORN, ("teacher",))
    make_user("mentor", login="other", person_id=other.pk, with_totp=False)
    make_user("curator", "teacher-pupil", login="wider", with_totp=False)
    make_user("director", login="chief", with_totp=False)
    for login in ("other", "wider", "nobody-here", director.login):
        with pytest.raises(FaultyActError):
            join_accounts(actor=actor, user_id=director.pk, login=login)
    coordinator = make_user("coordinator", with_totp=False)
    with pytest.raises(RefusedError):
        join_accounts(actor=load_actor(coordinator), user_id=coordinator.pk, login="chief")
    assert User.objects.filter(is_active=False).count() == 0
    assert User.objects.get(login="other").person_id == other.pk
    # Whoever manages both joins them.
    teacher = make_user("class_teacher", "x", with_totp=False)
    join_accounts(actor=actor, user_id=teacher.pk, login="wider")
    assert set(teacher.grants.values_list("role", flat=True)) == {"class_teacher", "curator"}


def test_a_pupil_s_login_is_not_made_a_member_of_staff_by_joining(director):
    pupil = make_person("Осинкин Глеб", date(2012, 1, 1))
    child = make_user("mentee", login="child", person_id=pupil.pk, with_totp=False)
    make_user("curator", "teacher-pupil", login="staff", with_totp=False)
    with pytest.raises(FaultyActError, match="not_an_adult"):
        join_accounts(actor=load_actor(director), user_id=child.pk, login="staff")
    assert list(child.grants.values_list("role", flat=True)) == ["mentee"]


def test_the_pages(client_at, db):
    from core.tenancy import school

    client = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        User.objects.filter(pk=client.user.pk).update(name=NAME)
        card = make_person(NAME, BORN, ("teacher",))
        make_pair(card, make_person())
    at = f"/people/accounts/{client.user.pk}"
    assert f"{at}/tie/" in client.get("/").content.decode()
    assert "Выбрать свою карточку" in client.get(f"/staff/{client.user.pk}/").content.decode()
    page = client.get(f"{at}/tie/").content.decode()
    assert "Это я" in page
    assert 'name="q"' not in page
    assert client.post(f"{at}/tie/", {"person": str(card.pk)}).status_code == 302
    page = client.get(f"/staff/{client.user.pk}/").content.decode()
    assert "наставник" in page
    assert f"/people/{card.pk}/" in page
    assert "Отвязать от карточки" not in page
    assert f"{at}/tie/" not in client.get("/").content.decode()
    assert client.post(f"{at}/untie/", {"reason": "wrong_card"}).status_code == 403
    with school(SCHOOL_A.schema):
        clerk = make_user("curator", "teacher-pupil", login="clerk", with_totp=False)
        make_user("mentor", login="clerk-two", with_totp=False)
        other = make_person("Пихтова Ева", BORN, ("teacher",))
    at = f"/people/accounts/{clerk.pk}"
    assert "Пихтова Ева" in client.post(f"{at}/tie/", {"search": "1", "q": "пихтова"}).content.decode()
    assert client.post(f"{at}/tie/", {"person": str(other.pk)}).status_code == 302
    assert client.post(f"{at}/untie/", {"reason": "no_part"}).status_code == 302
    assert "Введите логин" in client.post(f"{at}/join/", {"login": "nobody"}).content.decode()
    assert client.post(f"{at}/join/", {"login": "clerk-two"}).status_code == 302
    assert sign_in(client_at, SCHOOL_A, "mentor").get(f"{at}/tie/").status_code == 403
