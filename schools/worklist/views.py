"""Pages of the work list: what waits, a reminder, a talk with a pair."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.selectors import names_of
from core.authz import actor_of, requires
from core.ui.pagination import paginate
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page, show_faults
from schools.worklist import policies, selectors, services
from schools.worklist.forms import ContactForm
from schools.worklist.words import section_of, unfolded


@requires("worklist.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show everything that waits for the reader."""
    actor, day = actor_of(request), timezone.localdate()
    sections = [section_of(actor, each) for each in selectors.what_waits(actor, day)]
    may_support = bool(policies.may_support(actor))
    context = {
        "sections": sections,
        "unfolded": unfolded(sections, request.GET.get("open")),
        "may_support": may_support,
    }
    rows = sum(len(section.lines) for section in sections)
    return personal_page(request, "worklist/list.html", context, action="worklist.viewed", details={"rows": rows})


@requires("support.log")
@require_POST
def remind(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Remind a pair's mentor and go back to the list."""
    matter = request.POST.get("matter", "")
    try:
        is_new = services.remind(actor=actor_of(request), pair_id=pair_id, matter=matter)
    except FaultyActError as refusal:
        messages.error(request, " ".join(str(fault.sentence) for fault in refusal.faults))
    else:
        done = _("Напоминание отправлено: наставник увидит его на своей главной странице.")
        messages.success(request, done if is_new else _("Сегодня об этом уже напомнили."))
    here = f"?open={matter}#{matter}" if matter.replace("-", "").isalpha() else ""
    return redirect(reverse("worklist:list") + here)


@requires("support.log")
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Write down a talk with a pair, and show the former ones."""
    actor = actor_of(request)
    pair, talks = selectors.contacts_of(actor=actor, pair_id=pair_id)
    form = ContactForm(request.POST or None, initial={"held_on": timezone.localdate(), "side": "both"})
    if request.method == "POST" and form.is_valid():
        try:
            services.log_contact(actor=actor, pair_id=pair_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Разговор записан."))
            return redirect("worklist:contact", pair_id=pair_id)
    page = paginate(request, talks)
    names = names_of(talk.by for talk in page)
    context = {
        "pair": pair,
        "form": form,
        "page": page,
        "talks": [{"talk": talk, "who": names.get(str(talk.by), "—")} for talk in page],
    }
    return personal_page(
        request,
        "worklist/contact.html",
        context,
        action="worklist.contacts_viewed",
        object_type="pairs.pair",
        object_id=pair.pk,
    )
