"""The mechanism: extents add up, the reason names who may, an actor stays in his world."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404
from django.utils import timezone

from core.authz import ALLOWED, Actor, Denied, Grant, RefusedError, anonymous, can, enforce, load_actor, system_actor
from core.authz.registry import World, role_of
from core.tenancy import ContextError, region, school, shared
from tests.support.accounts import make_user
from tests.support.world import CLASS, SCHOOL_A, SCHOOL_B


def _actor(*held: tuple[str, str]) -> Actor:
    grants = [Grant(role_of(World.SCHOOL, slug), scope) for slug, scope in held]
    return Actor(grants=grants, name="Кто-то")


def test_extents_of_several_roles_add_up():
    with school(SCHOOL_A.schema):
        both = _actor(("class_teacher", str(CLASS)), ("curator", "teacher-pupil"))
        reach = both.reach("people.view")
        assert not reach.everything
        assert reach.values("class") == {str(CLASS)}
        assert reach.values("form") == {"teacher-pupil"}
        assert _actor(("coordinator", ""), ("class_teacher", str(CLASS))).reach("people.view").everything


def test_own_is_neither_everything_nor_a_scope():
    with school(SCHOOL_A.schema):
        reach = _actor(("mentor", "")).reach("participation.view")
        assert (reach.everything, reach.scopes, reach.own) == (False, frozenset(), True)
        assert not _actor(("mentor", "")).reach("people.view")


def test_a_scoped_grant_without_a_scope_gives_nothing():
    with school(SCHOOL_A.schema):
        assert not _actor(("class_teacher", "")).reach("people.view")


def test_a_refusal_names_the_roles_that_may():
    with school(SCHOOL_A.schema):
        decision = _actor(("coordinator", "")).has("orders.approve")
        assert decision == Denied("Нужно право «утверждать пары приказом». Оно есть у ролей: «директор».")
        assert _actor(("director", "")).has("orders.approve") == ALLOWED


def test_a_permission_of_the_other_world_is_nobodys_here():
    with school(SCHOOL_A.schema):
        assert _actor(("director", "")).has("schools.manage") == Denied("Это действие здесь никому не доступно.")


def test_an_unknown_permission_is_an_error_not_a_refusal():
    with school(SCHOOL_A.schema), pytest.raises(ImproperlyConfigured, match=r"people\.vew"):
        _actor(("director", "")).has("people.vew")


def test_an_actor_of_one_school_is_refused_in_another_and_at_home_allowed():
    with school(SCHOOL_A.schema):
        actor = _actor(("director", ""))
        with shared():
            assert actor.has("people.view")
    with school(SCHOOL_B.schema), pytest.raises(ContextError):
        actor.has("people.view")
    with region(), pytest.raises(ContextError):
        actor.reach("people.view")


def test_visitors_have_nothing_and_the_system_everything():
    with school(SCHOOL_A.schema):
        assert not anonymous().has("people.view")
        assert not anonymous().is_authenticated
        robot = system_actor("load_region")
        assert robot.reach("orders.record_signed").everything
        assert robot.pk is None
    with pytest.raises(ValueError), school(SCHOOL_A.schema):
        system_actor("")


def test_any_one_of_several_permissions_suffices():
    with school(SCHOOL_A.schema):
        assert can("orders.approve", "people.view")(_actor(("coordinator", "")))
        assert not can("orders.approve", "staff.appoint_director")(_actor(("coordinator", "")))


def test_enforce_hides_or_explains():
    enforce(ALLOWED)
    with pytest.raises(RefusedError) as refused:
        enforce(Denied("Нельзя."))
    assert refused.value.reason == "Нельзя."
    with pytest.raises(Http404):
        enforce(Denied("Нельзя.", hidden=True))


def test_an_actor_is_loaded_by_one_query_and_expired_grants_give_nothing(in_school, django_assert_num_queries):
    in_school(SCHOOL_A)
    user = make_user("director", with_totp=False)
    user.grants.create(role="curator", scope="teacher-pupil")
    user.grants.create(role="a-role-of-yesterday")
    user.grants.create(role="psychologist", expires_at=timezone.now() - timedelta(seconds=1))
    with django_assert_num_queries(1):
        actor = load_actor(user)
        assert actor.has("orders.approve")
        assert actor.reach("pairs.edit").everything
    assert {grant.role.slug for grant in actor.grants} == {"director", "curator"}
