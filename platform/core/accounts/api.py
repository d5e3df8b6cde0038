"""Endpoints of accounts, on every host: who one is, staff and roles, invitations, tokens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.accounts import serializers as shapes
from core.accounts.models import ApiToken, Invitation, RoleGrant, User
from core.accounts.people import person_name
from core.accounts.selectors import open_invitations_visible_to, tokens_visible_to, users_visible_to
from core.accounts.services import grants, invitations, tokens
from core.accounts.services.second_factor import reset_second_factor
from core.api.operations import ApiView, operation
from core.audit.services import record
from core.authz import Actor
from core.authz.registry import Role, permissions, roles


def _user(actor: Actor, user_id: UUID) -> User:
    found = users_visible_to(actor).filter(pk=user_id).first()
    if found is None:
        raise Http404
    return found


class MeEndpoint(ApiView):
    """Oneself."""

    tag = "accounts"

    @operation(_("Кто я и что мне можно"), answer=shapes.MeAnswer)
    def get(self, actor: Actor) -> dict[str, Any]:
        """Return who asks and with which roles."""
        return {
            "id": actor.pk,
            "name": actor.name,
            "world": actor.world.value,
            "roles": [{"role": held.role.slug, "scope": held.scope} for held in actor.grants],
            "permissions": [known.name for known in permissions(actor.world) if actor.has(known.name)],
        }


class RolesEndpoint(ApiView):
    """The roles of the host."""

    tag = "accounts"

    @operation(_("Роли этого сайта"), answer=shapes.RoleAnswer, many=True)
    def get(self, actor: Actor) -> list[dict[str, Any]]:
        """Return every role with its permissions."""
        return [_role(role) for role in roles(actor.world)]


def _role(role: Role) -> dict[str, Any]:
    return {
        "slug": role.slug,
        "title": str(role.title),
        "description": str(role.description),
        "scope_kind": role.scope_kind,
        "permissions": sorted(role.capabilities),
    }


class StaffEndpoint(ApiView):
    """Accounts."""

    tag = "accounts"

    @operation(
        _("Сотрудники и их роли"),
        needs=("staff.view",),
        query=shapes.SearchQuery,
        answer=shapes.UserAnswer,
        pages=("pk",),
        viewed="staff.list_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[User]:
        """Return the accounts of the host."""
        return users_visible_to(actor, search=query.get("q", ""))


class StaffMemberEndpoint(ApiView):
    """One account."""

    tag = "accounts"

    @operation(_("Сотрудник"), needs=("staff.view",), answer=shapes.UserAnswer)
    def get(self, actor: Actor, user_id: UUID) -> User:
        """Return an account."""
        user = _user(actor, user_id)
        record(actor=actor, action="staff.viewed", object_type="user", object_id=user.pk)
        return user


class StaffActiveEndpoint(ApiView):
    """Whether an account may sign in."""

    tag = "accounts"

    @operation(_("Закрыть или открыть вход"), needs=("staff.manage",), body=shapes.SwitchBody, answer=shapes.UserAnswer)
    def put(self, actor: Actor, user_id: UUID, body: dict[str, Any]) -> User:
        """Switch an account."""
        _user(actor, user_id)
        grants.set_active(actor=actor, user_id=user_id, is_active=body["is_active"])
        return _user(actor, user_id)


class StaffGrantsEndpoint(ApiView):
    """The roles of an account."""

    tag = "accounts"

    @operation(_("Выдать роль"), needs=("staff.manage",), body=shapes.RolePair, answer=shapes.GrantAnswer, status=201)
    def post(self, actor: Actor, user_id: UUID, body: dict[str, Any]) -> RoleGrant:
        """Give a role; the same again changes nothing."""
        _user(actor, user_id)
        return grants.grant_role(actor=actor, user_id=user_id, role=body["role"], scope=body["scope"])


class StaffGrantEndpoint(ApiView):
    """One role of an account."""

    tag = "accounts"

    @operation(_("Отозвать роль"), needs=("staff.manage",))
    def delete(self, actor: Actor, user_id: UUID, grant_id: UUID) -> None:
        """Take a role away."""
        if not any(held.pk == grant_id for held in _user(actor, user_id).grants.all()):
            raise Http404
        grants.revoke_role(actor=actor, grant_id=grant_id)


class StaffPasswordCodeEndpoint(ApiView):
    """A code for a new password."""

    tag = "accounts"

    @operation(
        _("Выдать код для нового пароля"),
        needs=("staff.manage",),
        answer=shapes.IssuedInvitationAnswer,
        status=201,
        secrets=("code",),
    )
    def post(self, actor: Actor, user_id: UUID) -> invitations.Issued:
        """Issue a code and tell it once."""
        _user(actor, user_id)
        return invitations.issue_password_code(actor=actor, user_id=user_id)


class StaffSecondFactorEndpoint(ApiView):
    """A lost second factor."""

    tag = "accounts"

    @operation(_("Сбросить утерянный второй фактор"), needs=("staff.reset_second_factor",))
    def delete(self, actor: Actor, user_id: UUID) -> None:
        """Take the factor off."""
        _user(actor, user_id)
        reset_second_factor(actor=actor, user_id=user_id)


class InvitationsEndpoint(ApiView):
    """Invitations."""

    tag = "accounts"

    @operation(
        _("Неиспользованные приглашения"),
        needs=("staff.view",),
        answer=shapes.InvitationAnswer,
        pages=("pk",),
        viewed="staff.list_viewed",
    )
    def get(self, actor: Actor) -> QuerySet[Invitation]:
        """Return the open invitations, without codes."""
        return open_invitations_visible_to(actor)

    @operation(
        _("Пригласить"),
        needs=("staff.manage",),
        body=shapes.NewInvitation,
        answer=shapes.IssuedInvitationAnswer,
        status=201,
        secrets=("code",),
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> invitations.Issued:
        """Invite somebody and tell the code once."""
        person_id: UUID | None = body["person_id"]
        known = person_name(actor, person_id) if person_id else ""
        return invitations.invite(
            actor=actor,
            name=known or body["name"],
            roles=shapes.pairs_of(body),
            person_id=person_id if known else None,
        )


class InvitationEndpoint(ApiView):
    """One invitation."""

    tag = "accounts"

    @operation(_("Отозвать приглашение"), needs=("staff.manage",))
    def delete(self, actor: Actor, invitation_id: UUID) -> None:
        """Withdraw an unused invitation."""
        if not Invitation.objects.filter(pk=invitation_id).exists():
            raise Http404
        invitations.withdraw_invitation(actor=actor, invitation_id=invitation_id)


class TokensEndpoint(ApiView):
    """Tokens."""

    tag = "tokens"

    @operation(_("Токены"), needs=("tokens.manage",), answer=shapes.TokenAnswer, pages=("pk",))
    def get(self, actor: Actor) -> QuerySet[ApiToken]:
        """Return the tokens, without secrets."""
        return tokens_visible_to(actor)

    @operation(
        _("Выдать токен"),
        needs=("tokens.manage",),
        description=_("Токен, выданный по токену, не живёт дольше него и не может больше него."),
        body=shapes.NewToken,
        answer=shapes.IssuedTokenAnswer,
        status=201,
        secrets=("secret",),
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> tokens.IssuedToken:
        """Issue a token and tell it once."""
        used: Any = self.request.auth
        return tokens.issue_token(
            actor=actor,
            title=body["title"],
            roles=shapes.pairs_of(body),
            days=body["days"],
            permissions=body["permissions"],
            means=used,
        )


class TokenEndpoint(ApiView):
    """One token."""

    tag = "tokens"

    @operation(_("Отозвать токен"), needs=("tokens.manage",))
    def delete(self, actor: Actor, token_id: UUID) -> None:
        """End a token at once."""
        tokens.revoke_token(actor=actor, token_id=token_id)


urlpatterns = [
    path("me/", MeEndpoint.as_view(), name="me"),
    path("roles/", RolesEndpoint.as_view(), name="roles"),
    path("staff/", StaffEndpoint.as_view(), name="staff"),
    path("staff/<uuid:user_id>/", StaffMemberEndpoint.as_view(), name="staff-member"),
    path("staff/<uuid:user_id>/active/", StaffActiveEndpoint.as_view(), name="staff-active"),
    path("staff/<uuid:user_id>/grants/", StaffGrantsEndpoint.as_view(), name="staff-grants"),
    path("staff/<uuid:user_id>/grants/<uuid:grant_id>/", StaffGrantEndpoint.as_view(), name="staff-grant"),
    path("staff/<uuid:user_id>/password-code/", StaffPasswordCodeEndpoint.as_view(), name="staff-password-code"),
    path("staff/<uuid:user_id>/second-factor/", StaffSecondFactorEndpoint.as_view(), name="staff-second-factor"),
    path("invitations/", InvitationsEndpoint.as_view(), name="invitations"),
    path("invitations/<uuid:invitation_id>/", InvitationEndpoint.as_view(), name="invitation"),
    path("tokens/", TokensEndpoint.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>/", TokenEndpoint.as_view(), name="token"),
]
