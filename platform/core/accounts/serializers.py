"""What the API reads and shows of accounts, tokens and roles."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.accounts.models import Invitation, User
from core.accounts.services.tokens import LONGEST_DAYS
from core.api.fields import Day


class RolePair(serializers.Serializer[Any]):
    """A role and what narrows it."""

    role = serializers.SlugField(max_length=40, help_text=_("Обозначение роли."))
    scope = serializers.CharField(
        max_length=64, required=False, allow_blank=True, default="", help_text=_("Класс, форма или район, если нужен.")
    )


def pairs_of(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the pairs (role, scope) of a checked body."""
    return [(each["role"], each["scope"]) for each in body["roles"]]


class _StoredRoles(serializers.Serializer[Any]):
    """Base of what shows pairs kept as JSON."""

    roles = serializers.SerializerMethodField()

    @extend_schema_field(RolePair(many=True))
    def get_roles(self, row: Any) -> list[dict[str, str]]:
        """Return the pairs."""
        return [{"role": slug, "scope": scope} for slug, scope in row.roles]


class NewToken(serializers.Serializer[Any]):
    """A token to issue."""

    title = serializers.CharField(max_length=100, help_text=_("Для какой программы."))
    roles = RolePair(many=True, help_text=_("Роли из тех, что есть у вас."))
    permissions = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        default=list,
        max_length=100,
        help_text=_("Всё, что можно токену из прав этих ролей; без списка – всё, что могут роли."),
    )
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, default=180)


class TokenAnswer(_StoredRoles):
    """A token without its secret."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    user_id = serializers.UUIDField(help_text=_("От чьего имени."))
    permissions = serializers.ListField(child=serializers.CharField(), help_text=_("Пусто: всё, что могут роли."))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class IssuedTokenAnswer(serializers.Serializer[Any]):
    """A fresh token: its secret is told once."""

    token = TokenAnswer()
    secret = serializers.CharField(help_text=_("Виден только в этом ответе."))


class GrantAnswer(serializers.Serializer[Any]):
    """A role that somebody holds."""

    id = serializers.UUIDField()
    role = serializers.CharField()
    scope = serializers.CharField()
    granted_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class UserAnswer(serializers.Serializer[User]):
    """An account with its roles."""

    id = serializers.UUIDField()
    login = serializers.CharField()
    name = serializers.CharField()
    person_id = serializers.UUIDField(allow_null=True)
    is_active = serializers.BooleanField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_login = serializers.DateTimeField(allow_null=True)
    grants = GrantAnswer(many=True)


class MeAnswer(serializers.Serializer[Any]):
    """Who asks: the account, and the roles this request has."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    world = serializers.CharField(help_text=_("school или region."))
    roles = RolePair(many=True)
    permissions = serializers.ListField(child=serializers.CharField())


class RoleAnswer(serializers.Serializer[Any]):
    """A role of this host."""

    slug = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    scope_kind = serializers.CharField(help_text=_("Чем сужается: district, form, class или ничем."))
    permissions = serializers.ListField(child=serializers.CharField())


class SearchQuery(serializers.Serializer[Any]):
    """A search over staff."""

    q = serializers.CharField(required=False, max_length=100, help_text=_("Часть имени или логина."))


class NewInvitation(serializers.Serializer[Any]):
    """Whom to invite."""

    name = serializers.CharField(max_length=200)
    roles = RolePair(many=True)
    person_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class InvitationAnswer(_StoredRoles):
    """An invitation without its code."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class IssuedInvitationAnswer(serializers.Serializer[Invitation]):
    """A fresh invitation: its code is told once."""

    invitation = InvitationAnswer()
    code = serializers.CharField(help_text=_("Виден только в этом ответе."))


class SwitchBody(serializers.Serializer[Any]):
    """Whether an account may sign in."""

    is_active = serializers.BooleanField()


class AuditAnswer(serializers.Serializer[Any]):
    """One act: ids only, never names."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    actor_id = serializers.UUIDField(allow_null=True)
    actor_label = serializers.CharField()
    action = serializers.CharField()
    object_type = serializers.CharField()
    object_id = serializers.CharField()
    details = serializers.JSONField()


class AuditQuery(serializers.Serializer[Any]):
    """Which acts; days are whole days of the region's time zone, both included."""

    since = Day(required=False)
    until = Day(required=False)
