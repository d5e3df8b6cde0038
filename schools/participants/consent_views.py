"""Pages of one's own consents and one's children's: how they stand, and taking one back in two steps."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from schools.consents import own
from schools.consents.words import kind_titles
from schools.participants.forms import WithdrawalForm
from schools.participants.own_consents import sheets
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page, show_faults


@requires("participation.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the reader's consents and his children's, with what waits for a signature on paper."""
    found = sheets(actor_of(request), timezone.localdate())
    return personal_page(
        request,
        "participants/consents.html",
        {"sheets": found},
        action="consents.own_viewed",
        details={"rows": len(found)},
    )


@requires("consents.withdraw_own")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Say what a withdrawal causes, and take the consent back once that was understood."""
    actor = actor_of(request)
    consent = own.own_consent_for(actor=actor, consent_id=consent_id)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            own.withdraw_own_consent(actor=actor, consent_id=consent_id)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Согласие отозвано и больше не действует. Куратор школы увидит это сегодня."))
            return redirect("participants:consents")
    context = {
        "consent": consent,
        "kind": kind_titles().get(consent.kind, consent.kind),
        "form": form,
        "decision": own.may_withdraw_it(actor, consent),
        "consequences": own.plain_consequences(consent),
    }
    return personal_page(
        request,
        "participants/withdraw.html",
        context,
        action="consents.own_viewed",
        object_type="people.person",
        object_id=consent.person_id,
    )
