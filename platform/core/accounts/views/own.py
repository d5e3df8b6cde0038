"""One's own sign-ins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.accounts.models import SignIn
from core.accounts.selectors import own_sign_ins
from core.accounts.services.sign_ins import SIGN_IN_KEY, end_other_sign_ins, idle_minutes
from core.authz import actor_of, signed_in
from core.ui.components import Status
from core.ui.pagination import paginate


def _state(sign_in: SignIn, *, own: str | None, is_staff: bool) -> Status:
    if str(sign_in.pk) == own:
        return Status("ok", _("Этот вход"))
    if sign_in.ended_at is not None:
        return Status("none", _("Завершён"))
    limit = idle_minutes(is_shared_computer=sign_in.is_shared_computer, is_staff=is_staff) or 12 * 60
    if sign_in.seen_at < timezone.now() - timedelta(minutes=limit + 1):
        return Status("none", _("Завершён по времени"))
    return Status("work", _("Открыт"))


@signed_in
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """List one's own sign-ins with the button that ends all others."""
    actor = actor_of(request)
    page = paginate(request, own_sign_ins(actor))
    own = request.session.get(SIGN_IN_KEY)
    rows: list[Any] = [
        (sign_in, _state(sign_in, own=own, is_staff=actor.needs_second_factor)) for sign_in in page.object_list
    ]
    return render(request, "accounts/sessions.html", {"page": page, "rows": rows})


@signed_in
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End every sign-in but this one."""
    ended = end_other_sign_ins(request=request)
    if ended:
        words = ngettext("Завершён %(n)s другой вход.", "Завершено других входов: %(n)s.", ended) % {"n": ended}
    else:
        words = _("Других открытых входов нет.")
    messages.success(request, words)
    return redirect("accounts:sessions")
