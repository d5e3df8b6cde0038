"""Pages of the reference data on the region's host: lists, an entry with its history, a new version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.authz import actor_of, requires
from core.ui.components import Status
from core.ui.forms import SearchFilterForm
from core.ui.pagination import paginate
from tenants.reference import history, services
from tenants.reference.errors import CodeInUseError, StaleVersionError
from tenants.reference.kinds import KINDS, Kind, title_of
from tenants.reference.models import Versioned
from tenants.reference.selectors import entry_in_force
from tenants.registry.selectors import fold


def _kind(slug: str) -> Kind:
    if (kind := KINDS.get(slug)) is None:
        raise Http404(_("Такого справочника нет"))
    return kind


def _status(entry: Versioned) -> Status:
    return Status("ok", _("предлагается")) if entry.is_offered else Status("none", _("снята с предложения"))


@require_safe
@requires("reference.view")
def index(request: HttpRequest) -> HttpResponse:
    """List the kinds of reference data with how many entries each has."""
    kinds = [(kind, kind.model.objects.now().count()) for kind in KINDS.values()]
    return render(request, "reference/index.html", {"kinds": kinds})


@require_safe
@requires("reference.view")
def entry_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List the entries of a kind in force."""
    kind = _kind(slug)
    form = SearchFilterForm(request.GET)
    wanted = fold(form.cleaned_data["q"]) if form.is_valid() else ""
    titles = history.titles_by_code()
    # A few dozen entries: the search is over what the page shows, not over columns.
    found = [
        (title, row)
        for row in sorted(kind.model.objects.now(), key=kind.order)
        if wanted in fold(f"{title_of(row, titles)} {row.code}") and (title := title_of(row, titles))
    ]
    page = paginate(request, found)
    rows = [(row, title, kind.facts(row, titles), _status(row)) for title, row in page]
    may_edit = bool(actor_of(request).has("reference.edit"))
    return render(
        request,
        "reference/list.html",
        {"kind": kind, "form": form, "page": page, "rows": rows, "may_edit": may_edit},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("reference.edit")
def entry_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add an entry."""
    kind = _kind(slug)
    form = kind.form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entry = services.add_entry(
                actor=actor_of(request), model=kind.model, code=form.entry_code(), content=form.content()
            )
        except CodeInUseError as error:
            form.add_error("code" if "code" in form.fields else None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Запись добавлена"))
            return HttpResponseRedirect(reverse("reference:entry", args=[slug, entry.code]))
    return render(request, "reference/edit.html", {"kind": kind, "form": form, "entry": None})


@require_safe
@requires("reference.view")
def entry_page(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show an entry in force and every version it ever had."""
    kind = _kind(slug)
    entry = entry_in_force(kind.model, code)
    titles = history.titles_by_code()
    return render(
        request,
        "reference/entry.html",
        {
            "kind": kind,
            "entry": entry,
            "title": title_of(entry, titles),
            "facts": kind.facts(entry, titles),
            "status": _status(entry),
            "versions": history.versions_of(kind, code, titles),
            "may_edit": bool(actor_of(request).has("reference.edit")),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("reference.edit")
def entry_edit(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Make a new version of an entry."""
    kind = _kind(slug)
    entry = entry_in_force(kind.model, code)
    form = kind.form(request.POST or None, entry=entry)
    here = reverse("reference:entry", args=[slug, code])
    if request.method == "POST" and form.is_valid():
        refusal = _publish(request, kind, entry, form.content())
        if refusal is None:
            return HttpResponseRedirect(here)
        form.add_error(None, refusal)
    return render(
        request,
        "reference/edit.html",
        {
            "kind": kind,
            "form": form,
            "entry": entry,
            "title": title_of(entry, history.titles_by_code()),
            "cancel_url": here,
            # What the person saw when typing, also when the page comes back with a refusal.
            "based_on": request.POST.get("based_on", str(entry.pk)),
        },
    )


@require_POST
@requires("reference.edit")
def entry_offer(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Withdraw an entry from offer, or offer it again."""
    kind = _kind(slug)
    entry = entry_in_force(kind.model, code)
    refusal = _publish(request, kind, entry, {"is_offered": request.POST.get("is_offered") == "1"})
    if refusal is not None:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("reference:entry", args=[slug, code]))


def _publish(request: HttpRequest, kind: Kind, entry: Versioned, content: dict[str, Any]) -> Any:
    """Publish a version based on the one the page was made from; return the refusal, if any."""
    based_on = request.POST.get("based_on", "")
    if based_on != str(entry.pk):
        return str(StaleVersionError())
    try:
        new = services.publish_version(
            actor=actor_of(request), model=kind.model, code=entry.code, based_on=entry.pk, content=content
        )
    except StaleVersionError as error:
        return str(error)
    except ValidationError as error:
        return error
    if new.pk == entry.pk:
        messages.info(request, _("Ничего не изменилось: новая редакция не нужна"))
    else:
        messages.success(request, _("Действует редакция %(version)s") % {"version": new.version})
    return None
