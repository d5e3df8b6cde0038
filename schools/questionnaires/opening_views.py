"""The page that opens a round: what is asked, whom, and how many they are before anybody is asked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.authz import Actor, actor_of, requires
from schools.people.errors import FaultyActError
from schools.people.models import SchoolClass
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import named, own_classes, place_of, with_enrolments
from schools.questionnaires import services
from schools.questionnaires.asking import people_to_name
from schools.questionnaires.copies import offered_here
from schools.questionnaires.forms import RoundForm
from tenants.reference.selectors import forms_now

MOST_FOUND = 12


@requires("questionnaires.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: HttpRequest) -> HttpResponse:
    """Open a round; or look for people by name, or see how many would be asked, and open nothing yet."""
    actor, preview = actor_of(request), None
    form = _form(request, actor)
    if request.method == "POST" and form.is_valid() and "find" not in request.POST:
        try:
            if "preview" in request.POST:
                preview = services.preview_round(actor=actor, **form.whom())
            else:
                words = {name: form.cleaned_data[name] for name in ("title", "due_on")}
                opened = services.open_round(actor=actor, **form.whom(), **words)
                messages.success(request, _("Опрос открыт."))
                return redirect("questionnaires:round", survey_id=opened.pk)
        except FaultyActError as refusal:
            show_faults(form, refusal)
    people, is_more = _found(actor, request)
    context = {"form": form, "preview": preview, "people": people, "is_more": is_more, "is_found": bool(people)}
    if not people:
        return render(request, "questionnaires/new.html", {**context, "nobody": bool(_typed(request))})
    details = {"rows": len(people)}
    action = "people.candidates_viewed"
    return personal_page(request, "questionnaires/new.html", context, action=action, details=details)


def _form(request: HttpRequest, actor: Actor) -> RoundForm:
    reach = actor.reach("questionnaires.edit")
    mine, ours = set(own_classes(reach)), reach.values("form")
    # A class teacher asks his own classes; a curator asks any class for a form of his.
    is_narrow = not reach.everything and not ours
    rooms = [row for row in SchoolClass.objects.all() if not is_narrow or row.pk in mine]
    form = RoundForm(
        request.POST or None,
        templates=[(row.code, row.title) for row in offered_here()],
        known_forms=[(row.code, row.title) for row in forms_now() if reach.everything or row.code in ours],
        rooms=[(str(row.pk), row.title) for row in rooms],
    )
    for name in ("with_pairs", "with_ended", "kinds") if is_narrow else ():
        del form.fields[name]
    return form


def _typed(request: HttpRequest) -> str:
    return request.POST.get("typed", "").strip() if request.method == "POST" else ""


def _found(actor: Actor, request: HttpRequest) -> tuple[list[dict[str, Any]], bool]:
    """Return the people marked so far and those whose name holds the typed words, and whether there are more."""
    marked = _ids(request.POST.getlist("people"))
    offered = people_to_name(actor)
    rows = list(with_enrolments(offered.filter(pk__in=marked).order_by("folded_name", "pk"))) if marked else []
    is_more = False
    if typed := _typed(request):
        others = named(offered.exclude(pk__in=marked), typed).order_by("folded_name", "pk")
        found = list(with_enrolments(others)[: MOST_FOUND + 1])
        rows, is_more = rows + found[:MOST_FOUND], len(found) > MOST_FOUND
    day = timezone.localdate()
    return [{"person": row, "place": place_of(row, day), "is_marked": row.pk in marked} for row in rows], is_more


def _ids(typed: Collection[str]) -> set[UUID]:
    found = set()
    for each in typed:
        try:
            found.add(UUID(each))
        except ValueError:
            continue
    return found
