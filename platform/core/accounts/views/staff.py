"""Staff of a host: who has which role, invitations, lost phones and passwords."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.codes import clean_code
from core.accounts.errors import AccountError
from core.accounts.forms import GrantForm, InviteForm, RoleTitles, split_choice
from core.accounts.models import Invitation, RoleGrant, User
from core.accounts.people import member_parts, person_name
from core.accounts.policies import may_appoint, may_grant, may_manage, may_reset_second_factor, may_revoke
from core.accounts.selectors import open_invitations_visible_to, users_visible_to
from core.accounts.services import grants, invitations
from core.accounts.services.second_factor import has_second_factor, reset_second_factor, users_with_second_factor
from core.audit.services import record
from core.authz import Actor, actor_of, requires
from core.authz.registry import Role, roles
from core.ui.components import Fact, Status
from core.ui.forms import SearchFilterForm
from core.ui.pagination import paginate


class StaffFilterForm(SearchFilterForm):
    """The search over staff."""

    def search_label(self) -> str:
        """Say what is searched."""
        return _("Имя или логин")


def _appointable(actor: Actor) -> list[Role]:
    return [role for role in roles(actor.world) if may_appoint(actor, [role])]


def _grantable(actor: Actor, user: User) -> list[Role]:
    """Return the roles that the actor may give somebody; himself, those alone that add nothing."""
    if actor.pk != user.pk:
        return _appointable(actor) if may_manage(actor, user) else []
    return [role for role in roles(actor.world) if may_grant(actor, user, role)]


def _status(user: User) -> Status:
    if not user.is_in_force():
        return Status("stop", _("Вход закрыт") if not user.is_active else _("Срок истёк"))
    if user.expires_at:
        return Status("wait", _("Временный доступ"))
    return Status("ok", _("Действует"))


@requires("staff.view")
@require_safe
def staff_list(request: HttpRequest) -> HttpResponse:
    """List the users of this host and the open invitations."""
    actor = actor_of(request)
    form = StaffFilterForm(request.GET)
    search = form.cleaned_data["q"] if form.is_valid() else ""
    page = paginate(request, users_visible_to(actor, search=search))
    protected, titles = users_with_second_factor(), RoleTitles(actor.world)
    rows = [
        {
            "user": user,
            "roles": titles.of((held.role, held.scope) for held in user.grants.all()),
            "status": _status(user),
            "is_protected": user.pk in protected,
        }
        for user in page.object_list
    ]
    opened = [
        {"invitation": invitation, "roles": titles.of(invitation.roles)}
        for invitation in open_invitations_visible_to(actor)
    ]
    record(actor=actor, action="staff.list_viewed", details={"rows": len(rows)})
    context = {"page": page, "rows": rows, "invitations": opened, "form": form, "may_invite": actor.has("staff.manage")}
    return render(request, "accounts/staff.html", context)


def show_code(request: HttpRequest, *, code: str, name: str, expires_at: Any, url: str, back: str) -> HttpResponse:
    """Show a code once, with the QR that carries it behind "#"; nothing about it is kept."""
    picture = segno.make(f"{url}#{clean_code(code)}", error="m", micro=False)
    context = {
        "code": code,
        "name": name,
        "expires_at": expires_at,
        "url": url,
        "qr": picture.svg_data_uri(scale=6, light="#fff"),
        "back": back,
    }
    response = render(request, "accounts/code.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _show(request: HttpRequest, issued: invitations.Issued) -> HttpResponse:
    return show_code(
        request,
        code=issued.code,
        name=issued.invitation.name,
        expires_at=issued.invitation.expires_at,
        url=request.build_absolute_uri(reverse("accounts:invite")),
        back=reverse("accounts:staff"),
    )


@requires("staff.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody, also a person of the school (``?person=``), to whom the account will belong.

    The answer to the POST is the only page that shows the code.
    """
    actor = actor_of(request)
    person_id, name = _person_asked_for(request, actor)
    form = InviteForm(request.POST or None, world=actor.world, roles=_appointable(actor), name=name)
    if request.method == "POST" and form.is_valid():
        chosen = [split_choice(choice) for choice in form.cleaned_data["roles"]]
        try:
            issued = invitations.invite(
                actor=actor, name=name or form.cleaned_data["name"], roles=chosen, person_id=person_id
            )
        except AccountError as error:
            form.add_error(None, str(error))
        else:
            return _show(request, issued)
    return render(request, "accounts/staff_invite.html", {"form": form, "name": name})


def _person_asked_for(request: HttpRequest, actor: Actor) -> tuple[UUID | None, str]:
    """Return the id and the name of the person in the address; nothing on a host that knows no people."""
    typed = request.GET.get("person", "")
    if not typed:
        return None, ""
    try:
        person_id = UUID(typed)
    except ValueError as error:
        raise Http404 from error
    name = person_name(actor, person_id)
    return (person_id, name) if name else (None, "")


@requires("staff.manage")
@require_POST
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw an open invitation."""
    get_object_or_404(Invitation, pk=invitation_id)
    invitations.withdraw_invitation(actor=actor_of(request), invitation_id=invitation_id)
    messages.success(request, _("Приглашение отозвано: его код больше не подходит."))
    return redirect("accounts:staff")


@requires("staff.view")
@require_safe
def member(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Show one user: roles, second factor, and what may be done."""
    actor = actor_of(request)
    user = get_object_or_404(User.objects.prefetch_related("grants"), pk=user_id)
    record(actor=actor, action="staff.viewed", object_type="user", object_id=user.pk)
    return render(request, "accounts/staff_member.html", _member_context(actor, user))


def _member_context(actor: Actor, user: User, form: GrantForm | None = None) -> dict[str, Any]:
    titles = RoleTitles(actor.world)
    is_protected = has_second_factor(user.pk)
    facts = [
        Fact(_("Логин"), user.login),
        Fact(_("Последний вход"), user.last_login),
        Fact(_("Второй фактор"), _("настроен") if is_protected else _("не настроен")),
        Fact(_("Доступ"), _status(user).text),
    ]
    if user.expires_at:
        facts.append(Fact(_("Действует до"), user.expires_at))
    decision = may_manage(actor, user)
    grantable = _grantable(actor, user)
    return {
        "member": user,
        "facts": facts,
        "grants": [
            (grant.pk, titles.of([(grant.role, grant.scope)]), may_revoke(actor, user, grant.role, grant.scope))
            for grant in user.grants.all()
        ],
        "parts": member_parts(actor, user),
        "decision": decision,
        "may_reset": bool(is_protected and may_reset_second_factor(actor, user)),
        "form": form or (GrantForm(world=actor.world, roles=grantable) if grantable else None),
    }


@requires("staff.manage")
@require_POST
def grant(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Give one more role."""
    actor = actor_of(request)
    user = get_object_or_404(User, pk=user_id)
    form = GrantForm(request.POST, world=actor.world, roles=_appointable(actor))
    if form.is_valid():
        slug, scope = split_choice(form.cleaned_data["role"])
        try:
            grants.grant_role(actor=actor, user_id=user.pk, role=slug, scope=scope)
        except AccountError as error:
            form.add_error("role", str(error))
        else:
            messages.success(request, _("Роль выдана, она действует сразу."))
            return redirect("accounts:staff-member", user_id=user.pk)
    return render(request, "accounts/staff_member.html", _member_context(actor, user, form), status=422)


@requires("staff.manage")
@require_POST
def revoke(request: HttpRequest, user_id: UUID, grant_id: UUID) -> HttpResponse:
    """Take a role away."""
    get_object_or_404(RoleGrant, pk=grant_id, user_id=user_id)
    grants.revoke_role(actor=actor_of(request), grant_id=grant_id)
    messages.success(request, _("Роль отозвана, она больше не действует."))
    return redirect("accounts:staff-member", user_id=user_id)


@requires("staff.manage")
@never_cache
@require_POST
def password_code(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Issue a code for a new password and show it once."""
    get_object_or_404(User, pk=user_id)
    return _show(request, invitations.issue_password_code(actor=actor_of(request), user_id=user_id))


@requires("staff.reset_second_factor")
@require_POST
def reset(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Take off a lost second factor."""
    get_object_or_404(User, pk=user_id)
    reset_second_factor(actor=actor_of(request), user_id=user_id)
    messages.success(request, _("Второй фактор сброшен: при следующем входе нужно настроить новый."))
    return redirect("accounts:staff-member", user_id=user_id)


@requires("staff.manage")
@require_POST
def switch(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Switch an account off or on."""
    get_object_or_404(User, pk=user_id)
    is_active = request.POST.get("active") == "1"
    grants.set_active(actor=actor_of(request), user_id=user_id, is_active=is_active)
    messages.success(request, _("Вход открыт.") if is_active else _("Вход закрыт, открытые сеансы завершены."))
    return redirect("accounts:staff-member", user_id=user_id)
