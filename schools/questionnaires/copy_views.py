"""Pages of the questionnaires themselves: what is asked, the school's own edited copies, an empty form on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from core.ui.pagination import paginate
from schools.people.editions import is_stale
from schools.people.errors import FaultyActError
from schools.people.pages import show_faults
from schools.questionnaires import copies
from schools.questionnaires.forms import TemplateForm
from schools.questionnaires.words import ITEM_WORDS
from tenants.reference.items import QUESTIONNAIRE_KINDS, QUESTIONNAIRE_ROLES
from tenants.reference.selectors import forms_now

_KINDS, _ROLES = dict(QUESTIONNAIRE_KINDS), dict(QUESTIONNAIRE_ROLES)


def _words_of(known: copies.Offered) -> dict[str, object]:
    titles = {form.code: form.title for form in forms_now(with_withdrawn=True)}
    return {
        "known": known,
        "kind": _KINDS.get(known.kind, known.kind),
        "role": _ROLES.get(known.role, known.role),
        "form": titles.get(known.form_code, known.form_code),
    }


@requires("questionnaires.view")
@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """List the questionnaires this school asks by."""
    page = paginate(request, copies.offered_here())
    return render(request, "questionnaires/templates.html", {"page": page, "rows": [_words_of(row) for row in page]})


@requires("questionnaires.view")
@require_safe
def template_card(request: HttpRequest, code: str) -> HttpResponse:
    """Show the questions of one, and whose it is."""
    known = copies.offered_by_code(code)
    context = {
        **_words_of(known),
        "items": [(item, ITEM_WORDS[item.type]) for item in known.questions],
        "versions": copies.own_versions(code),
        "may_edit": bool(actor_of(request).has("questionnaires.templates")),
    }
    return render(request, "questionnaires/template.html", context)


@requires("questionnaires.templates")
@require_http_methods(["GET", "HEAD", "POST"])
def template_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a questionnaire for this school alone."""
    known = copies.offered_by_code(code)
    initial = {"title": known.title, "intro": known.intro, "items": list(known.items), "based_on": known.id}
    form = TemplateForm(request.POST or None, initial=initial)
    form.fields["items"].known = known.items  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            copies.edit_template(actor=actor_of(request), code=code, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                _take_version(form, known.id)
        else:
            messages.success(request, _("Сохранено. Новые опросы пойдут по этой редакции, открытые – по прежней."))
            return redirect("questionnaires:template", code=code)
    return render(request, "questionnaires/template_edit.html", {"form": form, "known": known})


def _take_version(form: Any, version: UUID) -> None:
    """Let the form be sent once more, knowingly, over what somebody else has made meanwhile."""
    form.data = form.data.copy()
    form.data["based_on"] = str(version)


@requires("questionnaires.templates")
@require_http_methods(["GET", "HEAD", "POST"])
def template_return(request: HttpRequest, code: str) -> HttpResponse:
    """Ask by the region's again."""
    known = copies.offered_by_code(code)
    back = reverse("questionnaires:template", kwargs={"code": code})
    if request.method == "POST":
        try:
            copies.return_to_region(actor=actor_of(request), code=code)
        except FaultyActError as refusal:
            messages.error(request, refusal.faults[0].sentence)
        else:
            messages.success(request, _("Школа снова спрашивает по анкете региона."))
        return redirect(back)
    context = {
        "title": _("Вернуть анкету региона"),
        "lead": known.title,
        "help_text": _("Так отменяют все изменения, которые школа внесла в эту анкету."),
        "consequences": [
            _("Новые опросы пойдут по анкете региона."),
            _("Открытые опросы и уже полученные ответы останутся с прежними вопросами."),
        ],
        "confirm_label": _("Вернуть анкету региона"),
        "cancel_url": back,
    }
    return render(request, "ui/confirm.html", context)


@requires("questionnaires.view")
@require_safe
def template_paper(request: HttpRequest, code: str) -> HttpResponse:
    """Show an empty form to print for a class; options are numbered as the sheet for paper reads them."""
    known = copies.offered_by_code(code)
    numbers = range(1, 11)
    context = {**_words_of(known), "items": list(enumerate(known.questions, start=1)), "numbers": numbers}
    return render(request, "questionnaires/paper.html", context)
