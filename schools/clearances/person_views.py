"""Pages of one person's papers: the checklist, recording a paper, mending a slip, terminating."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from core.ui.components import Status
from schools.clearances import selectors, services
from schools.clearances.domain import months_after
from schools.clearances.forms import PaperForm, WithdrawalForm
from schools.clearances.models import Clearance
from schools.clearances.words import RULE_WORDS, kind_titles, status_of_checklist, status_of_line
from schools.consents.selectors import deciding_kinds, has_consent
from schools.people.editions import edition_of, is_stale, take_newer
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import people_visible_to
from schools.people.wordings import former_in_words, names_of_writers


@requires("clearances.view")
@require_safe
def of_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show a person's checklist and every paper that is kept, with former wordings."""
    actor, day = actor_of(request), timezone.localdate()
    person = selectors.person_with_clearances(actor=actor, person_id=person_id)
    found = selectors.checklist_of(person, day)
    papers, titles = selectors.papers_of(person), kind_titles()
    names = names_of_writers(papers, "recorded_by")
    context = {
        "lines": [(line, status_of_line(line, day), RULE_WORDS[line.rule]) for line in found.lines],
        "status": status_of_checklist(found) if found.lines else None,
        "is_outside": selectors.is_outside(person, day),
        "papers": [_paper(row, titles, names) for row in papers],
        "consent": _consent(person, day),
        "may_see_consents": people_visible_to(actor, "consents.view").filter(pk=person.pk).exists(),
        "may_edit": selectors.people_with_clearances(actor, "clearances.edit").filter(pk=person.pk).exists(),
        "may_record": bool(selectors.kinds_asked_of(person)),
        "may_open_card": people_visible_to(actor).filter(pk=person.pk).exists(),
    }
    return _person_page(request, person, "clearances/person.html", **context)


def _consent(person: Person, day: date) -> Status:
    """Return whether the person's own consent is in force: it is asked of him too, and has rules of its own."""
    has_one = Person.objects.filter(has_consent(day, deciding_kinds()), pk=person.pk).exists()
    return Status("ok", _("Действует")) if has_one else Status("wait", _("Нет"))


@requires("clearances.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Record a paper of a person."""
    actor, day = actor_of(request), timezone.localdate()
    person = selectors.person_with_clearances(actor=actor, person_id=person_id, permission="clearances.edit")
    kinds = selectors.kinds_asked_of(person)
    asked = next((row for row in kinds if row.code == request.GET.get("kind")), kinds[0] if kinds else None)
    initial: dict[str, Any] = {"issued_on": day}
    if asked is not None:
        initial["kind"] = asked.code
        if asked.usual_months:
            initial["valid_until"] = months_after(day, asked.usual_months)
    form = PaperForm(request.POST if request.method == "POST" else None, kinds=kinds, initial=initial)
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data.pop("kind")
        try:
            services.record_clearance(
                actor=actor, person_id=person_id, kind=kind, data=services.PaperData(**form.cleaned_data)
            )
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Документ записан."))
            return redirect("clearances:person", person_id=person_id)
    return _person_page(request, person, "clearances/new.html", form=form, has_kinds=bool(kinds))


@requires("clearances.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, clearance_id: UUID) -> HttpResponse:
    """Mend a slip in what was recorded of a paper."""
    actor = actor_of(request)
    row = selectors.clearance_for(actor=actor, clearance_id=clearance_id, permission="clearances.edit")
    values = services.paper_values(row)
    data = request.POST if request.method == "POST" else None
    form = PaperForm(data, kinds=None, initial={**values, "seen": edition_of(values)})
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in values}
        paper, seen = services.PaperData(**typed), form.cleaned_data["seen"]
        try:
            services.correct_clearance(actor=actor, clearance_id=clearance_id, data=paper, seen=seen)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                take_newer(form, values=values, typed=typed)
        else:
            messages.success(request, _("Запись исправлена. Прежняя осталась в истории."))
            return redirect("clearances:person", person_id=row.person_id)
    return _paper_page(request, row, "clearances/correct.html", form)


@requires("clearances.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, clearance_id: UUID) -> HttpResponse:
    """Say that a paper is not in force any more, after asking."""
    actor = actor_of(request)
    row = selectors.clearance_for(actor=actor, clearance_id=clearance_id, permission="clearances.edit")
    initial = {"withdrawn_on": row.withdrawn_on or timezone.localdate(), "reason": row.withdrawn_why}
    form = WithdrawalForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            ended = services.withdraw_clearance(actor=actor, clearance_id=clearance_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _words_of_end(ended))
            return redirect("clearances:person", person_id=row.person_id)
    return _paper_page(request, row, "clearances/withdraw.html", form)


def _words_of_end(row: Clearance) -> str:
    day = row.withdrawn_on
    if day is None or day <= timezone.localdate():
        return _("Записано: документ больше не действует.")
    return _("Записано: с %(day)s документ не действует.") % {"day": f"{day:%d.%m.%Y}"}


def _paper_page(request: HttpRequest, row: Clearance, template: str, form: Any) -> HttpResponse:
    title = kind_titles().get(row.kind, row.kind)
    return _person_page(request, row.person, template, form=form, paper=row, kind=title)


def _person_page(request: HttpRequest, person: Person, template: str, **context: Any) -> HttpResponse:
    context |= {"person": person, "back": reverse("clearances:person", kwargs={"person_id": person.pk})}
    return personal_page(
        request,
        template,
        context,
        action="clearances.person_viewed",
        object_type="people.person",
        object_id=person.pk,
    )


def _paper(row: Clearance, titles: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    return {
        "paper": row,
        "kind": titles.get(row.kind, row.kind),
        "who": names.get(str(row.recorded_by), ""),
        "former": [former_in_words(Clearance, told, names) for told in reversed(row.history)],
    }
