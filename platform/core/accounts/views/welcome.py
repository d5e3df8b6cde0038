"""From a code to an account: type the code, choose login and password, be signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core.ratelimit import consume_or_429
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.accounts.errors import AccountError, CodeError
from core.accounts.forms import CodeForm, NewAccountForm, NewPasswordForm, RoleTitles
from core.accounts.models import Invitation
from core.accounts.services.invitations import accept_invitation, usable_invitation
from core.authz import actor_of, public

INVITATION_KEY = "_invitation"


def _signed_in_already(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invite_signed_in.html")


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Take the code; it never stands in an address that a server sees."""
    if actor_of(request).is_authenticated:
        return _signed_in_already(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        if (refused := consume_or_429(request, action="invitation")) is not None:
            return refused  # type: ignore[no-any-return]
        if form.is_valid():
            try:
                invitation = usable_invitation(form.cleaned_data["code"])
            except CodeError as error:
                form.add_error(error.field, str(error))
            else:
                request.session[INVITATION_KEY] = str(invitation.pk)
                return redirect("accounts:invite-account")
    return render(request, "accounts/invite.html", {"form": form})


def _invitation_of(request: HttpRequest) -> Invitation | None:
    known = request.session.get(INVITATION_KEY)
    return Invitation.objects.usable().select_related("user").filter(pk=UUID(known)).first() if known else None


def _accept(request: HttpRequest, invitation: Invitation, form: Form) -> Any:
    """Use the invitation; None when the form now says what is wrong."""
    answers = form.cleaned_data
    login = invitation.user.login if invitation.user else answers["login"]
    try:
        user = accept_invitation(
            invitation_id=invitation.pk, login=login, password=answers["password1"], name=answers.get("name", "")
        )
    except AccountError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None
    except ValidationError as error:
        for field, message in _by_field(error, form):
            form.add_error(field, message)
        return None
    del request.session[INVITATION_KEY]
    credentials = {"username": user.login}
    return perform_password_login(request, credentials, Login(user=user, signup=invitation.user is None))


def _by_field(error: ValidationError, form: Form) -> list[tuple[str | None, str]]:
    if not hasattr(error, "error_dict"):
        return [("password1", message) for message in error.messages]
    return [
        (field if field in form.fields else None, message)
        for field, messages in error.message_dict.items()
        for message in messages
    ]


@public
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    """Choose login and password for the invitation whose code was typed in this session."""
    if actor_of(request).is_authenticated:
        return _signed_in_already(request)
    invitation = _invitation_of(request)
    if invitation is None:
        return redirect("accounts:invite")
    data = request.POST if request.method == "POST" else None
    form = NewPasswordForm(data) if invitation.user else NewAccountForm(data, is_named=bool(invitation.name))
    if request.method == "POST" and form.is_valid():
        response = _accept(request, invitation, form)
        if response is not None:
            request.session.set_expiry(0)
            return response  # type: ignore[no-any-return]
    # A visitor has no world of roles: the titles are read from the host's.
    roles = RoleTitles(actor_of(request).world).of(invitation.roles)
    context = {"form": form, "invitation": invitation, "roles": roles}
    return render(request, "accounts/invite_account.html", context)
