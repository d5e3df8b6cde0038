"""The page of the scheduled feed: how to connect a programme, and when it may write by itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.authz import actor_of, enforce, requires
from schools.imports import feed, presentation
from schools.imports.forms import FeedPolicyForm
from schools.imports.policies import may_set_feed
from schools.people.editions import edition_of, take_newer
from schools.people.errors import FaultyActError
from schools.people.pages import show_faults

_SHOWN = 10


@requires("imports.run")
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """Show the rule and the last lists; the director changes the rule."""
    actor = actor_of(request)
    may_set, known = may_set_feed(actor), feed.feed_policy()
    values = feed.policy_values(known)
    data = request.POST if request.method == "POST" else None
    form = FeedPolicyForm(data, initial={**values, "seen": edition_of(values)})
    if request.method == "POST":
        enforce(may_set)
        if form.is_valid():
            typed = {name: form.cleaned_data[name] for name in values}
            try:
                feed.set_feed_policy(actor=actor, **form.cleaned_data)
            except FaultyActError as refusal:
                show_faults(form, refusal)
                take_newer(form, values=values, typed=typed)
            else:
                messages.success(request, _("Правило сохранено."))
                return redirect("imports:feed")
    jobs = [(job, presentation.status_of(job)) for job in feed.feeds_visible_to(actor)[:_SHOWN]]
    context = {"form": form, "policy": known, "may_set": bool(may_set), "jobs": jobs}
    return render(request, "imports/feed.html", context)
