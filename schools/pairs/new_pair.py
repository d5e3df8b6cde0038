"""The page where a pair is made by hand: the form first, then the two sides, found by name; works without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.authz import Actor, actor_of, requires
from schools.pairs import policies, services
from schools.pairs.domain import MOST_IN_GROUP
from schools.pairs.forms import PairForm, end_of_school_year
from schools.pairs.groups import groups_to_join
from schools.pairs.remarks import remarks_on_mentor
from schools.people.errors import FaultyActError
from schools.people.models import PersonKindChoice
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import candidates
from tenants.reference.selectors import Form, forms_now, role_variants_now

_FIELDS = ("role_variant", "starts_on", "ends_on", "mentor_q", "mentee_q", "group", "group_title")


@requires("pairs.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a pair: without a chosen form, offer the forms; with one, its two sides."""
    actor = actor_of(request)
    offered = [row for row in forms_now() if policies.may_edit_pairs_of_form(actor, row.code)]
    wanted = request.GET.get("form", "")
    form = next((row for row in offered if row.code == wanted), offered[0] if len(offered) == 1 else None)
    if form is None:
        return render(request, "pairs/choose_form.html", {"forms": _choices(request, offered)})
    if request.method == "POST" and "search" not in request.POST:
        typed = PairForm(request.POST, variants=role_variants_now(form_code=form.code))
        if typed.is_valid():
            try:
                pairs = services.create_pairs(actor=actor, data=_data(form, typed.cleaned_data))
            except FaultyActError as refusal:
                show_faults(typed, refusal)
            else:
                # One pair's own page says it; several lead to the list.
                for remark in remarks_on_mentor(pairs[0].mentor, timezone.localdate()) if len(pairs) > 1 else ():
                    messages.warning(request, remark)
                return _made(request, [pair.pk for pair in pairs])
    else:
        typed = PairForm(variants=role_variants_now(form_code=form.code), initial=_initial(request))
    return _sides_page(request, actor, form, typed)


def _choices(request: HttpRequest, offered: Sequence[Form]) -> list[dict[str, Any]]:
    kept = {name: request.GET[name] for name in ("mentor", "mentee") if name in request.GET}
    labels = dict(PersonKindChoice.choices)
    rows = []
    for row in offered:
        query = QueryDict(mutable=True)
        query.update({"form": row.code, **kept})
        sides = [
            ", ".join(str(labels.get(kind, kind)) for kind in kinds) for kinds in (row.mentor_kinds, row.mentee_kinds)
        ]
        rows.append({"title": row.title, "url": f"?{query.urlencode()}", "mentor": sides[0], "mentee": sides[1]})
    return rows


def _initial(request: HttpRequest) -> dict[str, Any]:
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in _FIELDS}
    day = timezone.localdate()
    return {"starts_on": day, "ends_on": end_of_school_year(day), "group": request.GET.get("group", "")}


def _data(form: Form, typed: dict[str, Any]) -> services.PairData:
    return services.PairData(
        form_code=form.code,
        mentor_id=typed["mentor"],
        mentee_ids=typed["mentees"],
        starts_on=typed["starts_on"],
        ends_on=typed["ends_on"],
        role_variant=typed["role_variant"],
        group_title=typed["group_title"],
        group_id=typed["group"],
    )


def _made(request: HttpRequest, pair_ids: Sequence[UUID]) -> HttpResponse:
    count = len(pair_ids)
    words = ngettext("Пара составлена. Она ждёт приказа.", "Составлено пар: %(count)s. Они ждут приказа.", count)
    messages.success(request, words % {"count": count} if count > 1 else words)
    if count == 1:
        return redirect("pairs:card", pair_id=pair_ids[0])
    return redirect(f"{reverse('pairs:list')}?state=draft")


def _ids(values: Sequence[str]) -> list[UUID]:
    found = []
    for value in values[: MOST_IN_GROUP + 1]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def _sides_page(request: HttpRequest, actor: Actor, form: Form, typed: PairForm) -> HttpResponse:
    source = request.POST if request.method == "POST" else request.GET
    mentor_ids = _ids([source.get("mentor", "")])
    mentee_ids = _ids(source.getlist("mentees") + source.getlist("mentee"))
    mentors, more_mentors = candidates(
        actor=actor, typed=source.get("mentor_q", ""), kinds=form.mentor_kinds, chosen=mentor_ids
    )
    mentees, more_mentees = candidates(
        actor=actor, typed=source.get("mentee_q", ""), kinds=form.mentee_kinds, chosen=mentee_ids
    )
    listed = [row.id for row in mentors]
    typed.offer_groups(groups_to_join(actor, form_code=form.code, mentor_ids=listed, day=timezone.localdate()))
    context = {
        "form": typed,
        "mentoring_form": form,
        "mentors": mentors,
        "more_mentors": more_mentors,
        "mentor_ids": set(mentor_ids),
        "mentees": mentees,
        "more_mentees": more_mentees,
        "mentee_ids": set(mentee_ids),
        "group_title_hint": _("Одна пара – одна запись; группа – по записи на каждого наставляемого."),
    }
    details = {"rows": len(mentors) + len(mentees)}
    return personal_page(request, "pairs/new.html", context, action="people.candidates_viewed", details=details)
