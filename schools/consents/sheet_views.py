"""The page on which a class's signed papers are entered in one table."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.authz import Actor, actor_of, requires
from core.ui.pagination import paginate
from schools.consents.sheet_forms import SheetChoice, SheetForm, lost_rows, people_in
from schools.consents.sheets import ADULTS, MOST_ROWS, SheetRow, lines_of, people_of_sheet, people_sent, save_sheet
from schools.people.domain import is_adult_on
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page
from schools.people.selectors import classes_visible_to, place_of
from tenants.reference.selectors import consent_kinds_now


@requires("consents.edit")
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest) -> HttpResponse:
    """Show the people of a class with the consents of a kind, and save the rows that were filled in or changed.

    What comes back is saved of the people it was typed of, wherever the class and its pages have moved meanwhile; of
    whom it cannot be saved any more is said with what was typed.
    """
    actor, day = actor_of(request), timezone.localdate()
    choice = SheetChoice(
        request.GET,
        kinds=consent_kinds_now(),
        rooms=classes_visible_to(actor),
        with_adults=actor.reach("consents.edit").everything,
    )
    kind = choice.chosen_kind
    people = people_of_sheet(actor, choice.chosen_room or ADULTS, kind, day)
    people = people if choice.chosen_room else people.none()
    page = paginate(request, people, per_page=MOST_ROWS)
    query = {
        "room": choice.chosen_room,
        "kind": kind,
        **({"page": page.number} if page.number > 1 else {}),
    }
    shown = list(page)
    sent = people_in(request.POST)
    taken = list(people_sent(actor, sent, kind, day)) if sent else shown
    lost = lost_rows(request.POST, {person.pk for person in taken})
    form = SheetForm(request.POST or None, lines=lines_of(taken, kind, day), proposed_day=day)
    if request.method == "POST" and form.is_valid() and _saved(request, actor, kind, form, is_all=not lost):
        if not lost:
            return redirect(f"{reverse('consents:sheet')}?{urlencode(query)}")
        form = SheetForm(lines=lines_of(shown, kind, day), proposed_day=day)
    rows = [
        {
            **row,
            "place": place_of(row["line"].person, day),
            "is_adult": is_adult_on(row["line"].person.birth_date, day),
        }
        for row in form.rows()
    ]
    return personal_page(
        request,
        "consents/sheet.html",
        {
            "choice": choice,
            "form": form,
            "lost": lost,
            "rows": rows,
            "page": page,
            "papers_query": urlencode(query),
            "is_of_minors": any(row.is_of_minors for row in choice.kinds if row.code == kind),
            "some_signed": any(line.consent for line in form.lines),
            "some_missing": any(line.consent is None for line in form.lines),
        },
        action="consents.list_viewed",
        details={"rows": len(rows), "list": "sheet"},
    )


def _saved(request: HttpRequest, actor: Actor, kind: str, form: SheetForm, *, is_all: bool) -> bool:
    changed = form.changed()
    if not changed and not is_all:
        return True
    if not changed:
        form.add_error(None, _("Ни одна строка не изменена: отметьте подписанные или впишите номер."))
        return False
    try:
        added, corrected = save_sheet(actor=actor, kind=kind, rows=changed)
    except FaultyActError as refusal:
        _show(form, refusal, changed)
        return False
    words = []
    if added:
        words.append(
            ngettext("Записано %(count)s согласие.", "Записано согласий: %(count)s.", added) % {"count": added}
        )
    if corrected:
        words.append(
            ngettext("Исправлена %(count)s запись.", "Исправлено записей: %(count)s.", corrected) % {"count": corrected}
        )
    messages.success(request, " ".join(words) or _("Всё уже было записано."))
    return True


def _show(form: SheetForm, refusal: FaultyActError, changed: Sequence[SheetRow]) -> None:
    """Put each fault at its row; whatever concerns the sheet as a whole stands on top."""
    for fault in refusal.faults:
        head, _dot, rest = fault.field.partition(".")
        index, _dot, name = rest.partition(".")
        field = form.field_of(changed[int(index)], name) if head == "rows" and index else None
        form.add_error(field if field in form.fields else None, fault.sentence)
