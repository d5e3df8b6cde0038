"""Pages of one's own news, and of how one wants to be told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.authz import Actor, actor_of, public, signed_in
from core.mail.sending import is_on
from core.ui.pagination import paginate
from schools.notifications import policies, preferences, selectors, services
from schools.notifications.forms import AddressForm, ChoiceForm, chosen
from schools.notifications.links import confirms, read_stop
from schools.notifications.models import Preference
from schools.notifications.words import lines
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page, show_faults
from schools.worklist.policies import may_see_worklist


@signed_in
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show what the reader was told, new first seen now; from then on it counts as seen."""
    actor = actor_of(request)
    page = paginate(request, selectors.notices_for(actor))
    context: dict[str, Any] = {"page": page, "lines": lines(actor, list(page))}
    answer = personal_page(
        request, "notifications/list.html", context, action="notifications.viewed", details={"rows": len(page)}
    )
    if request.method == "GET" and any(line.is_new for line in context["lines"]):
        # What has come since the list was read stays new.
        services.see_all(actor=actor, until=context["lines"][0].notice.at)
    return answer


@signed_in
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Choose which news is wanted and how; without mail there is only the site to choose for."""
    actor = actor_of(request)
    mine = preferences.preference_of(actor)
    form = _choice_form(request, actor, mine)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        # What the form does not offer stays as it was.
        was = chosen(mine, preferences.kinds_for(actor))
        preferences.choose(
            actor=actor,
            product=said["product"],
            mail=said.get("mail", was["mail"]),
            digest=said.get("digest", was["digest"]),
        )
        messages.success(request, _("Сохранено."))
        return redirect("notifications:settings")
    return _settings_page(request, actor, mine, form, AddressForm())


@signed_in
@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """Ask for a link to an address; a fault is shown on the page of choices."""
    actor = actor_of(request)
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            preferences.ask_address(actor=actor, address=form.cleaned_data["address"])
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Письмо скоро придёт. Откройте ссылку из него в течение трёх дней."))
            return redirect("notifications:settings")
    mine = preferences.preference_of(actor)
    return _settings_page(request, actor, mine, _choice_form(None, actor, mine), form)


@signed_in
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Forget the reader's address."""
    preferences.forget_address(actor=actor_of(request))
    messages.success(request, _("Адрес удалён, писем больше не будет."))
    return redirect("notifications:settings")


@signed_in
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Show to whom the link in a letter belongs, and take its address by a button: no machine that opens links does."""
    actor, token = actor_of(request), _token(request)
    if request.method == "POST":
        try:
            preferences.confirm_address(actor=actor, token=token)
        except FaultyActError as refusal:
            messages.error(request, " ".join(str(fault.sentence) for fault in refusal.faults))
        else:
            messages.success(request, _("Адрес подтверждён."))
        return redirect("notifications:settings")
    wanted = preferences.preference_of(actor).wanted
    is_good = actor.pk is not None and confirms(token, actor.pk, wanted)
    context = {"wanted": wanted if is_good else "", "token": token}
    return render(request, "notifications/confirm.html", context)


@csrf_exempt
@public
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """Stop letters by the link in one of them; mail programmes press the button themselves (RFC 8058).

    The signature is all that is asked for: no cookie, nobody signed in. The page names neither account nor address.
    """
    token = _token(request)
    is_done = False
    if request.method == "POST":
        is_done = preferences.stop(token=token, everything=request.POST.get("everything") == "1")
    is_good = is_done or read_stop(token) is not None
    context = {"token": token, "is_good": is_good, "is_done": is_done}
    # Whoever follows a broken link reads why; a mail programme that presses it is told that nothing was done.
    is_refused = request.method == "POST" and not is_done
    return render(request, "notifications/stop.html", context, status=404 if is_refused else 200)


def _token(request: HttpRequest) -> str:
    # In the address also of a post: a mail programme sends what the letter says.
    return request.GET.get("token", "")[:300]


def _choice_form(request: HttpRequest | None, actor: Actor, mine: Preference) -> ChoiceForm:
    kinds = preferences.kinds_for(actor)
    return ChoiceForm(
        request.POST if request is not None and request.method == "POST" else None,
        initial=chosen(mine, kinds),
        kinds=kinds,
        has_mail=is_on() and bool(mine.email),
        has_digest=bool(may_see_worklist(actor)),
    )


def _settings_page(
    request: HttpRequest, actor: Actor, mine: Preference, form: ChoiceForm, address_form: AddressForm
) -> HttpResponse:
    allowed = policies.may_have_mail(actor)
    context = {
        "form": form,
        "address_form": address_form if allowed else None,
        "mine": mine,
        "why_no_mail": "" if allowed else getattr(allowed, "reason", ""),
    }
    return render(request, "notifications/settings.html", context)
