"""The staff pages and acts: who may do what to whom; refused means that nothing changed."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
import segno
from django.utils import timezone

from core.accounts.errors import CodeError, GrantError
from core.accounts.models import Invitation, RoleGrant, User
from core.accounts.services.grants import grant_role, revoke_role, set_active
from core.accounts.services.invitations import issue_password_code, usable_invitation
from core.accounts.services.second_factor import has_second_factor, reset_second_factor
from core.audit.models import AuditRecord
from core.authz import RefusedError, load_actor
from core.tenancy import region, school
from tests.support.accounts import make_user, session_for, sign_in, totp_code
from tests.support.world import CLASS, SCHOOL_A


@pytest.fixture
def people(in_school):
    """Return actors and users of school A by role."""
    in_school(SCHOOL_A)
    return {role: make_user(role, scope) for role, scope in ROLES.items()}


ROLES = {"director": "", "coordinator": "", "curator": "teacher-pupil", "class_teacher": str(CLASS), "mentor": ""}


def test_a_role_given_works_at_once_and_twice_is_once(people):
    director, mentor = load_actor(people["director"]), people["mentor"]
    for _ in range(2):
        grant_role(actor=director, user_id=mentor.pk, role="class_teacher", scope=str(CLASS))
    assert load_actor(mentor).reach("people.view").values("class") == {str(CLASS)}
    assert AuditRecord.objects.filter(action="role.granted", object_id=str(mentor.pk)).count() == 1


def test_a_role_taken_is_gone_at_once(people):
    director, curator = load_actor(people["director"]), people["curator"]
    revoke_role(actor=director, grant_id=curator.grants.get().pk)
    assert not load_actor(curator).has("pairs.edit")
    record = AuditRecord.objects.get(action="role.revoked")
    assert record.details == {"role": "curator", "scope": "teacher-pupil"}


def test_a_coordinator_manages_all_but_directors(people):
    coordinator, director = load_actor(people["coordinator"]), people["director"]
    acts = [
        lambda: grant_role(actor=coordinator, user_id=people["mentor"].pk, role="director"),
        lambda: grant_role(actor=coordinator, user_id=director.pk, role="mentor"),
        lambda: revoke_role(actor=coordinator, grant_id=director.grants.get().pk),
        lambda: set_active(actor=coordinator, user_id=director.pk, is_active=False),
        lambda: reset_second_factor(actor=coordinator, user_id=people["curator"].pk),
    ]
    before = (AuditRecord.objects.count(), set(RoleGrant.objects.values_list("pk", flat=True)))
    for act in acts:
        with pytest.raises(RefusedError):
            act()
    assert (AuditRecord.objects.count(), set(RoleGrant.objects.values_list("pk", flat=True))) == before
    assert User.objects.get(pk=director.pk).is_active
    assert has_second_factor(people["curator"].pk)
    set_active(actor=coordinator, user_id=people["curator"].pk, is_active=False)
    assert not User.objects.get(pk=people["curator"].pk).is_active


@pytest.mark.parametrize("role", ["curator", "class_teacher", "mentor"])
def test_others_manage_nobody(people, role):
    actor = load_actor(people[role])
    for act in (
        lambda: grant_role(actor=actor, user_id=people["mentor"].pk, role="mentee"),
        lambda: revoke_role(actor=actor, grant_id=people["mentor"].grants.get().pk),
        lambda: set_active(actor=actor, user_id=people["mentor"].pk, is_active=False),
    ):
        with pytest.raises(RefusedError):
            act()


def test_nobody_changes_his_own_rights(people):
    director = load_actor(people["director"])
    with pytest.raises(RefusedError, match="другой сотрудник"):
        revoke_role(actor=director, grant_id=people["director"].grants.get().pk)
    with pytest.raises(RefusedError):
        reset_second_factor(actor=director, user_id=director.pk)


def test_a_scope_must_exist(people):
    with pytest.raises(GrantError):
        grant_role(
            actor=load_actor(people["director"]), user_id=people["mentor"].pk, role="class_teacher", scope=str(uuid4())
        )


def test_the_director_takes_off_a_lost_second_factor_and_its_owners_sessions_end(db, client_at):
    with school(SCHOOL_A.schema):
        curator = make_user("curator", "teacher-pupil")
        client = client_at("sch-a")
        client.cookies["sessionid"] = session_for(curator)
    assert client.get("/account/sessions/").status_code == 200
    with school(SCHOOL_A.schema):
        reset_second_factor(actor=load_actor(make_user("director")), user_id=curator.pk)
        assert not has_second_factor(curator.pk)
        assert AuditRecord.objects.get(action="second_factor.reset").object_id == str(curator.pk)
    assert client.get("/account/sessions/")["Location"].startswith("/accounts/login/")


# --- pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def director_client(client_at, db):
    return sign_in(client_at, SCHOOL_A, "director")


def _user(role, scope="", **more):
    with school(SCHOOL_A.schema):
        return make_user(role, scope, **more)


def test_the_list_shows_roles_and_leaves_one_record(director_client):
    _user("class_teacher", str(CLASS), login="teacher-7a")
    page = director_client.get("/staff/?q=teacher-7a").content.decode()
    assert "классный руководитель: 7А" in page
    assert "director-" not in page
    with school(SCHOOL_A.schema):
        assert AuditRecord.objects.filter(action="staff.list_viewed").count() == 1


def test_the_list_costs_the_same_for_many(director_client, django_assert_max_num_queries):
    for _ in range(30):
        _user("curator", "teacher-pupil")
    director_client.get("/staff/")
    with django_assert_max_num_queries(14):
        assert director_client.get("/staff/").status_code == 200


def test_inviting_shows_the_code_once(director_client, client_at):
    page = director_client.post(
        "/staff/invite/", {"name": "Новый Куратор", "roles": ["curator:teacher-pupil", "mentor"]}
    )
    html = page.content.decode()
    code = re.search(r"<code>(\d{4}-\d{4}-\d{4})</code>", html)[1]
    assert "no-store" in page["Cache-Control"]
    assert "http://sch-a.localhost/invite/" in html
    # The picture carries address and code, behind the sign that browsers never send.
    shown = unescape(re.search(r'<img[^>]* src="(data:image/svg\+xml[^"]+)"', html)[1])
    wanted = segno.make(f"http://sch-a.localhost/invite/#{code.replace('-', '')}", error="m", micro=False)
    assert shown == wanted.svg_data_uri(scale=6, light="#fff")
    listing = director_client.get("/staff/").content.decode()
    assert "Новый Куратор" in listing
    assert code not in listing
    assert client_at("sch-a").post("/invite/", {"code": code})["Location"] == "/invite/account/"


def test_a_coordinator_is_not_offered_the_directors_role(client_at, db):
    page = sign_in(client_at, SCHOOL_A, "coordinator").get("/staff/invite/").content.decode()
    assert 'value="coordinator"' in page
    assert 'value="director"' not in page


def test_an_invitation_is_withdrawn_by_a_button(director_client, client_at):
    html = director_client.post("/staff/invite/", {"name": "Кто-то", "roles": ["mentor"]}).content.decode()
    code = re.search(r"<code>(\d{4}-\d{4}-\d{4})</code>", html)[1]
    with school(SCHOOL_A.schema):
        pk = Invitation.objects.get().pk
    assert director_client.post(f"/staff/invitations/{pk}/withdraw/").status_code == 302
    assert "не подходит" in client_at("sch-a").post("/invite/", {"code": code}).content.decode()


def test_everything_that_can_be_done_to_a_member(director_client):
    user = _user("curator", "teacher-pupil")
    at = f"/staff/{user.pk}/"
    assert "куратор формы" in director_client.get(at).content.decode()
    assert director_client.post(f"{at}grant/", {"role": "psychologist"}).status_code == 302
    assert director_client.post(f"{at}grant/", {"role": "nonsense"}).status_code == 422
    with school(SCHOOL_A.schema):
        held = user.grants.get(role="psychologist").pk
    assert director_client.post(f"{at}revoke/{held}/").status_code == 302
    assert director_client.post(f"{at}revoke/{held}/").status_code == 404
    assert "Код приглашения" in director_client.post(f"{at}password-code/").content.decode()
    assert director_client.post(f"{at}reset-second-factor/").status_code == 302
    assert director_client.post(f"{at}active/", {"active": "0"}).status_code == 302
    assert "Вход закрыт" in director_client.get(at).content.decode()
    assert director_client.post(f"{at}active/", {"active": "1"}).status_code == 302
    with school(SCHOOL_A.schema):
        fresh = User.objects.get(pk=user.pk)
        assert (fresh.is_active, has_second_factor(user.pk)) == (True, False)
        assert list(fresh.grants.values_list("role", flat=True)) == ["curator"]


def test_a_refusal_shows_its_sentence(client_at, db):
    coordinator = sign_in(client_at, SCHOOL_A, "coordinator")
    chief = _user("director")
    answer = coordinator.post(f"/staff/{chief.pk}/active/", {"active": "0"})
    assert answer.status_code == 403
    assert "назначать директора" in answer.content.decode()
    answer = coordinator.post(f"/staff/{chief.pk}/reset-second-factor/")
    assert answer.status_code == 403
    assert "сбрасывать утерянный второй фактор" in answer.content.decode()
    with school(SCHOOL_A.schema):
        assert User.objects.get(pk=chief.pk).is_active


@pytest.mark.parametrize("role", ["curator", "class_teacher", "psychologist", "mentor", "mentee", "parent"])
def test_the_staff_page_is_closed_to_others(client_at, db, role):
    scope = {"curator": "teacher-pupil", "class_teacher": str(CLASS)}.get(role, "")
    answer = sign_in(client_at, SCHOOL_A, role, scope).get("/staff/")
    assert answer.status_code == 403
    assert "«директор», «координатор»" in answer.content.decode()


def test_a_user_of_another_school_is_not_found(director_client):
    from tests.support.world import SCHOOL_B

    with school(SCHOOL_B.schema):
        stranger = make_user("mentor", login="stranger")
    for path in ("", "grant/", "password-code/", "reset-second-factor/", "active/"):
        method = director_client.get if not path else director_client.post
        assert method(f"/staff/{stranger.pk}/{path}").status_code == 404


def test_the_region_has_the_same_page_for_its_own(client_at, db):
    admin = sign_in(client_at, "region", "region_admin")
    with region():
        make_user("region_operator", login="operator-1")
    assert "оператор региона" in admin.get("/staff/").content.decode()
    assert sign_in(client_at, "region", "region_operator").get("/staff/").status_code == 403


@pytest.mark.urls("config.urls.school")
def test_temporary_access_is_shown_to_those_in_charge(client_at, db, rf):
    from django.template import Context, Template

    with school(SCHOOL_A.schema):
        make_user("coordinator", name="Гость Региона", expires_at=timezone.now() + timedelta(hours=1))
        template = Template("{% load accounts %}{% temporary_access %}")
        for role, is_told in (("director", True), ("mentor", False)):
            request = rf.get("/")
            request.actor = load_actor(make_user(role))
            assert ("Гость Региона" in template.render(Context({"request": request}))) is is_told


def test_somebody_without_a_phone_gets_in_after_the_reset(client_at, director_client):
    user = _user("curator", "teacher-pupil", login="lost-phone")
    director_client.post(f"/staff/{user.pk}/reset-second-factor/")
    client = client_at("sch-a")
    from tests.support.accounts import PASSWORD

    client.post("/accounts/login/", {"login": "lost-phone", "password": PASSWORD})
    page = client.get("/accounts/second-factor/set-up/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    assert client.post("/accounts/second-factor/set-up/", {"code": totp_code(secret)}).status_code == 302
    with school(SCHOOL_A.schema):
        assert AuditRecord.objects.filter(action="second_factor.set_up").count() == 1
    assert client.get("/account/sessions/").status_code == 200


def test_a_director_s_lost_second_factor_is_not_another_director_s_to_take_off(people):
    other = make_user("director")
    director = load_actor(people["director"])
    with pytest.raises(RefusedError, match="два администратора региона"):
        reset_second_factor(actor=director, user_id=other.pk)
    assert has_second_factor(other.pk)
    assert not AuditRecord.objects.filter(action="second_factor.reset").exists()
    reset_second_factor(actor=director, user_id=people["coordinator"].pk)
    assert not has_second_factor(people["coordinator"].pk)


def test_in_the_region_one_administrator_takes_off_another_s_lost_second_factor(db):
    with region():
        lost = make_user("region_admin")
        reset_second_factor(actor=load_actor(make_user("region_admin")), user_id=lost.pk)
        assert not has_second_factor(lost.pk)


def test_a_new_role_ends_the_password_codes_issued_before_it(people):
    mentor = people["mentor"]
    code = issue_password_code(actor=load_actor(people["coordinator"]), user_id=mentor.pk).code
    assert usable_invitation(code).user == mentor
    grant_role(actor=load_actor(people["director"]), user_id=mentor.pk, role="director")
    with pytest.raises(CodeError):
        usable_invitation(code)
