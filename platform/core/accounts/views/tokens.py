"""Tokens of programmes: issued here, shown once, ended here."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.errors import TokenError
from core.accounts.forms import RoleTitles, TokenForm, split_choice
from core.accounts.models import ApiToken
from core.accounts.policies import may_issue_tokens, may_revoke_token
from core.accounts.purposes import purposes_of
from core.accounts.selectors import tokens_visible_to
from core.accounts.services.tokens import issue_token, revoke_token
from core.authz import Actor, actor_of, requires
from core.authz.registry import permissions
from core.ui.components import Status
from core.ui.pagination import paginate


def _status(token: ApiToken) -> Status:
    if token.revoked_at is not None:
        return Status("stop", _("Отозван"))
    if not token.is_in_force(timezone.now()):
        return Status("none", _("Срок истёк"))
    return Status("ok", _("Действует"))


@requires("tokens.manage")
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """List the tokens: one's own, and everybody's for who manages staff."""
    actor = actor_of(request)
    page, titles = paginate(request, tokens_visible_to(actor)), RoleTitles(actor.world)
    words = {known.name: known.title for known in permissions()}
    rows = [
        {
            "token": token,
            "roles": titles.of(token.roles),
            "only": [words.get(name, name) for name in token.permissions],
            "status": _status(token),
            "may_revoke": token.is_in_force() and _may_revoke(actor, token),
        }
        for token in page.object_list
    ]
    context = {"page": page, "rows": rows, "may_issue": bool(may_issue_tokens(actor))}
    return render(request, "accounts/tokens.html", context)


def _may_revoke(actor: Actor, token: ApiToken) -> bool:
    """Tell whether the button is shown; of somebody else's token the act itself asks about the owner's roles."""
    return bool(may_revoke_token(actor, token)) if token.user_id == actor.pk else bool(actor.has("staff.manage"))


@requires("tokens.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Issue a token; the answer to the POST is the only page that shows it."""
    actor = actor_of(request)
    pairs = [(grant.role.slug, grant.scope) for grant in actor.grants]
    titles = RoleTitles(actor.world).of(pairs)
    choices = [(f"{slug}:{scope}", title) for (slug, scope), title in zip(pairs, titles, strict=True)]
    form = TokenForm(request.POST or None, choices=choices, purposes=purposes_of(actor), initial={"only": ""})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        roles = [split_choice(choice) for choice in typed["roles"]]
        try:
            issued = issue_token(
                actor=actor,
                title=typed["title"],
                roles=roles,
                days=typed["days"],
                permissions=[typed["only"]] if typed.get("only") else [],
            )
        except TokenError as error:
            form.add_error("only" if error.field == "permissions" else error.field, str(error))
        else:
            return render(request, "accounts/token_shown.html", {"issued": issued, "host": request.get_host()})
    return render(request, "accounts/token_new.html", {"form": form})


@requires("tokens.manage")
@require_POST
def revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End a token."""
    revoke_token(actor=actor_of(request), token_id=token_id)
    messages.success(request, _("Токен отозван: программа с ним больше ничего не может."))
    return redirect("accounts:tokens")
