"""Invitations: one use, one world, one term; nobody hands out more than he may."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.accounts.codes import clean_code, hash_code, new_code
from core.accounts.errors import CodeError, GrantError, LoginTakenError
from core.accounts.models import Invitation, RoleGrant, User
from core.accounts.services.invitations import (
    accept_invitation,
    invite,
    issue_password_code,
    usable_invitation,
    withdraw_invitation,
)
from core.audit.models import AuditRecord
from core.authz import RefusedError, load_actor, system_actor
from core.tenancy import region, school
from tests.support.accounts import make_user, sign_in
from tests.support.world import CLASS, DISTRICT, MENTEE, MENTOR, SCHOOL_A, SCHOOL_B

NEW = "придуманный-пароль-8"


@pytest.fixture
def director(in_school):
    in_school(SCHOOL_A)
    return load_actor(make_user("director"))


@pytest.fixture
def coordinator(in_school):
    in_school(SCHOOL_A)
    return load_actor(make_user("coordinator"))


def test_a_code_is_twelve_digits_however_it_is_typed():
    code = new_code()
    assert re.fullmatch(r"\d{4}-\d{4}-\d{4}", code)
    assert clean_code(" 1234 5678–9012 ") == "123456789012"
    assert [clean_code(wrong) for wrong in ("", "1234", "1234-5678-901x", "١٢٣٤٥٦٧٨٩٠١٢")] == [""] * 4


def test_the_code_itself_is_stored_nowhere(director):
    issued = invite(actor=director, name="Новый Учитель", roles=[("mentor", "")])
    stored = str(Invitation.objects.filter(pk=issued.invitation.pk).values().get())
    assert clean_code(issued.code) not in stored
    assert issued.code not in stored
    assert issued.code not in str(list(AuditRecord.objects.values()))


def test_an_invitation_makes_an_account_with_its_roles_and_person(director):
    issued = invite(
        actor=director, name="Учитель Первый", roles=[("mentor", ""), ("class_teacher", str(CLASS))], person_id=MENTOR
    )
    found = usable_invitation(issued.code.replace("-", " "))
    user = accept_invitation(invitation_id=found.pk, login=" Учитель.1 ", password=NEW)
    assert (user.login, user.name, user.person_id) == ("учитель.1", "Учитель Первый", MENTOR)
    assert user.check_password(NEW)
    assert set(user.grants.values_list("role", "scope")) == {("mentor", ""), ("class_teacher", str(CLASS))}
    assert set(user.grants.values_list("granted_by", flat=True)) == {director.pk}
    assert AuditRecord.objects.filter(action="invitation.used", actor_id=user.pk).count() == 1


def test_a_code_works_once(director):
    issued = invite(actor=director, name="Кто-то", roles=[("mentor", "")])
    accept_invitation(invitation_id=issued.invitation.pk, login="first", password=NEW)
    with pytest.raises(CodeError):
        usable_invitation(issued.code)
    with pytest.raises(CodeError):
        accept_invitation(invitation_id=issued.invitation.pk, login="second", password=NEW)
    assert not User.objects.filter(login="second").exists()


def test_a_code_out_of_date_or_withdrawn_is_like_an_unknown_one(director):
    late = invite(actor=director, name="Кто-то", roles=[("mentor", "")])
    Invitation.objects.filter(pk=late.invitation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    gone = invite(actor=director, name="Кто-то", roles=[("mentor", "")])
    withdraw_invitation(actor=director, invitation_id=gone.invitation.pk)
    sentences = set()
    for code in (late.code, gone.code, "0000-0000-0000", "чушь"):
        with pytest.raises(CodeError) as refused:
            usable_invitation(code)
        sentences.add(str(refused.value))
    assert len(sentences) == 1
    with pytest.raises(CodeError):
        accept_invitation(invitation_id=late.invitation.pk, login="late", password=NEW)


def test_a_code_of_one_school_is_nothing_in_another_even_when_copied(director):
    issued = invite(actor=director, name="Кто-то", roles=[("mentor", "")])
    copied = Invitation.objects.filter(pk=issued.invitation.pk).values().get()
    hash_in_a = hash_code(issued.code)
    with school(SCHOOL_B.schema):
        Invitation.objects.create(**copied)
        with pytest.raises(CodeError):
            usable_invitation(issued.code)
        assert hash_code(issued.code) != hash_in_a
        assert hash_code(issued.code, schema=SCHOOL_A.schema) == hash_in_a
    assert usable_invitation(issued.code).pk == issued.invitation.pk


def test_a_taken_login_and_a_weak_password_leave_the_invitation_as_it_was(director):
    issued = invite(actor=director, name="Кто-то", roles=[("mentor", "")])
    make_user("mentor", login="taken")
    with pytest.raises(LoginTakenError):
        accept_invitation(invitation_id=issued.invitation.pk, login="TAKEN", password=NEW)
    for login, password in (("free", "12345"), ("free", "1234567890123"), ("x", NEW), ("с пробелом", NEW)):
        with pytest.raises(ValidationError):
            accept_invitation(invitation_id=issued.invitation.pk, login=login, password=password)
    assert usable_invitation(issued.code)
    assert not User.objects.filter(login="free").exists()
    assert accept_invitation(invitation_id=issued.invitation.pk, login="free", password=NEW)


@pytest.mark.parametrize(
    ("roles", "is_allowed"),
    [
        ([("curator", "teacher-pupil")], True),
        ([("coordinator", ""), ("mentor", "")], True),
        ([("director", "")], False),
        ([("mentor", ""), ("director", "")], False),
    ],
)
def test_a_coordinator_appoints_everybody_but_a_director(coordinator, roles, is_allowed):
    if is_allowed:
        assert invite(actor=coordinator, name="Кто-то", roles=roles)
        return
    with pytest.raises(RefusedError, match="назначать директора"):
        invite(actor=coordinator, name="Кто-то", roles=roles)
    assert Invitation.objects.count() == 0


def test_a_director_appoints_a_director(director):
    assert invite(actor=director, name="Кто-то", roles=[("director", "")])


def test_others_invite_nobody(in_school):
    in_school(SCHOOL_A)
    for role, scope in (
        ("curator", "teacher-pupil"),
        ("class_teacher", str(CLASS)),
        ("psychologist", ""),
        ("mentor", ""),
    ):
        with pytest.raises(RefusedError):
            invite(actor=load_actor(make_user(role, scope)), name="Кто-то", roles=[("mentor", "")])
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    "roles",
    [
        [("region_admin", "")],
        [("no-such-role", "")],
        [("curator", "")],
        [("curator", "no-such-form")],
        [("class_teacher", str(DISTRICT))],
        [("director", "teacher-pupil")],
    ],
)
def test_roles_and_scopes_that_are_not_here_are_refused(director, roles):
    with pytest.raises(GrantError):
        invite(actor=director, name="Кто-то", roles=roles)


def test_whoever_is_here_for_a_few_hours_appoints_nobody(in_school):
    in_school(SCHOOL_A)
    user = make_user("coordinator")
    RoleGrant.objects.filter(user=user).update(expires_at=timezone.now() + timedelta(hours=1))
    visitor = load_actor(user)
    assert visitor.has("people.view")
    with pytest.raises(RefusedError, match="Временный доступ"):
        invite(actor=visitor, name="Кто-то", roles=[("mentor", "")])


def test_a_code_for_a_new_password_ends_old_sessions_and_earlier_codes(director, client_at):
    user = make_user("mentee", with_totp=False)
    first = issue_password_code(actor=director, user_id=user.pk)
    second = issue_password_code(actor=director, user_id=user.pk)
    with pytest.raises(CodeError):
        usable_invitation(first.code)
    same = accept_invitation(invitation_id=usable_invitation(second.code).pk, login="ignored", password=NEW)
    assert (same.pk, same.login) == (user.pk, user.login)
    assert same.check_password(NEW)
    assert same.session_epoch == user.session_epoch + 1


def test_a_coordinator_issues_no_password_code_for_a_director(coordinator):
    chief = make_user("director")
    with pytest.raises(RefusedError):
        issue_password_code(actor=coordinator, user_id=chief.pk)
    assert issue_password_code(actor=load_actor(make_user("director")), user_id=chief.pk)


def test_from_the_code_to_the_first_page(client_at, db):
    with school(SCHOOL_A.schema):
        issued = invite(actor=system_actor("test"), name="Наставник Первый", roles=[("mentor", "")])
    client = client_at("sch-a")
    assert client.get("/invite/account/")["Location"] == "/invite/"
    assert "не подходит" in client.post("/invite/", {"code": "1111-2222-3333"}).content.decode()
    assert client.post("/invite/", {"code": issued.code})["Location"] == "/invite/account/"
    page = client.get("/invite/account/").content.decode()
    assert "Наставник Первый" in page
    assert "наставник" in page
    answers = {"login": "mentor.1", "password1": NEW, "password2": "другой"}
    assert "не совпали" in client.post("/invite/account/", answers).content.decode()
    assert client.post("/invite/account/", answers | {"password2": NEW})["Location"] == "/"
    assert client.get("/account/sessions/").status_code == 200
    assert "Вы уже вошли" in client.get("/invite/").content.decode()


def test_invited_staff_set_up_the_second_factor_at_once(client_at, db):
    with school(SCHOOL_A.schema):
        issued = invite(actor=system_actor("test"), name="Директор Первый", roles=[("director", "")])
    client = client_at("sch-a")
    client.post("/invite/", {"code": issued.code})
    client.post("/invite/account/", {"login": "director", "password1": NEW, "password2": NEW})
    assert client.get("/staff/")["Location"] == "/accounts/second-factor/set-up/"
    assert client.get("/accounts/second-factor/set-up/").status_code == 200


def test_a_new_password_by_code_still_asks_for_the_second_factor(client_at, db):
    with school(SCHOOL_A.schema):
        user = make_user("director")
        issued = issue_password_code(actor=system_actor("test"), user_id=user.pk)
    client = client_at("sch-a")
    client.post("/invite/", {"code": issued.code})
    assert user.login in client.get("/invite/account/").content.decode()
    answer = client.post("/invite/account/", {"password1": NEW, "password2": NEW})
    assert answer["Location"] == "/accounts/second-factor/enter/"
    assert client.get("/staff/")["Location"].startswith("/accounts/login/")


def test_the_code_of_school_a_is_refused_on_the_hosts_of_b_and_of_the_region(client_at, db):
    with school(SCHOOL_A.schema):
        issued = invite(actor=system_actor("test"), name="Кто-то", roles=[("mentor", "")])
    for label in ("sch-b", "region"):
        assert "не подходит" in client_at(label).post("/invite/", {"code": issued.code}).content.decode()
    assert client_at("sch-a").post("/invite/", {"code": issued.code}).status_code == 302


def test_the_region_invites_its_own_staff(db):
    with region():
        admin = load_actor(make_user("region_admin"))
        issued = invite(actor=admin, name="Специалист", roles=[("district_specialist", str(DISTRICT))])
        user = accept_invitation(invitation_id=issued.invitation.pk, login="specialist", password=NEW)
        assert load_actor(user).reach("dashboards.view").values("district") == {str(DISTRICT)}
        with pytest.raises(RefusedError):
            invite(actor=load_actor(make_user("region_operator")), name="Кто-то", roles=[("region_operator", "")])


def test_wrong_codes_are_counted(client_at, db, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "invitation": "3/m/ip"}
    client = client_at("sch-a")
    answers = [client.post("/invite/", {"code": "1111-2222-3333"}, REMOTE_ADDR="198.51.100.9") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Слишком много попыток" in answers[-1].content.decode()


def test_sign_in_helper_signs_in(client_at, db):
    assert sign_in(client_at, SCHOOL_A, "director").get("/staff/").status_code == 200


def test_an_invited_person_of_the_school_gets_an_account_of_his_own(client_at, db):
    director = sign_in(client_at, SCHOOL_A, "director")
    at = f"/staff/invite/?person={MENTEE}"
    page = director.get(at).content.decode()
    assert "КАНАРЕЙКААА" in page
    assert 'name="name"' not in page
    html = director.post(at, {"roles": ["mentee"]}).content.decode()
    code = re.search(r"<code>(\d{4}-\d{4}-\d{4})</code>", html)[1]
    with school(SCHOOL_A.schema):
        user = accept_invitation(invitation_id=usable_invitation(code).pk, login="pupil", password=NEW)
        assert (user.person_id, load_actor(user).person_id) == (MENTEE, MENTEE)
        assert "КАНАРЕЙКААА" in user.name


@pytest.mark.parametrize("person", ["ffffffff-0000-4000-8000-000000000009", "чушь"])
def test_nobody_unknown_is_invited(client_at, db, person):
    director = sign_in(client_at, SCHOOL_A, "director")
    assert director.get("/staff/invite/", {"person": person}).status_code == 404
    with school(SCHOOL_A.schema):
        assert Invitation.objects.count() == 0


def test_on_the_regions_host_a_person_is_nobody(client_at, db):
    admin = sign_in(client_at, "region", "region_admin")
    page = admin.get(f"/staff/invite/?person={MENTEE}")
    assert page.status_code == 404
    assert "КАНАРЕЙКА" not in page.content.decode()


def test_the_card_of_a_person_leads_to_the_invitation(client_at, db):
    director = sign_in(client_at, SCHOOL_A, "director")
    card = director.get(f"/people/{MENTEE}/").content.decode()
    address = re.search(r'href="(/staff/invite/\?person=[0-9a-f]+)"', card)[1]
    assert director.get(address).status_code == 200
    teacher = sign_in(client_at, SCHOOL_A, "class_teacher", str(CLASS))
    assert "/staff/invite/" not in teacher.get(f"/people/{MENTEE}/").content.decode()


def test_the_home_page_tells_the_director_of_temporary_access(client_at, db):
    with school(SCHOOL_A.schema):
        make_user("coordinator", name="Гость Региона", expires_at=timezone.now() + timedelta(hours=1))
    assert "Гость Региона" in sign_in(client_at, SCHOOL_A, "director").get("/").content.decode()
    assert "Гость Региона" not in sign_in(client_at, SCHOOL_A, "mentor").get("/").content.decode()
