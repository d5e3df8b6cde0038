"""The page where pairs of those who left are ended."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.authz import actor_of, requires
from core.ui.pagination import paginate
from schools.pairs.forms import LeaversForm
from schools.pairs.leavers import end_pairs_of_leavers, every_pair_of_leavers, proposed
from schools.pairs.substitutes import with_substitutes
from schools.pairs.words import form_titles, term_of
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page, show_faults


@requires("pairs.edit")
@require_http_methods(["GET", "POST"])
def leavers(request: HttpRequest) -> HttpResponse:
    """List pairs that run on though one of the two has left; end the marked ones of the page."""
    actor = actor_of(request)
    form = LeaversForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            done = end_pairs_of_leavers(actor=actor, pair_ids=chosen["pairs"], reason=chosen["reason"])
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            said = ngettext("Завершена %(n)s пара.", "Завершено пар: %(n)s.", done.ended) % {"n": done.ended}
            messages.success(request, with_substitutes(said, done.ended_with))
            # What was left unmarked stays on the page that was read.
            return redirect(request.get_full_path())
    page = paginate(request, every_pair_of_leavers(actor))
    found = proposed(page)
    titles = form_titles()
    context = {
        "form": form,
        "marked": request.POST.getlist("pairs") if form.is_bound else [str(row.pair.pk) for row in found],
        "page": page,
        "rows": [
            {"found": row, "form": titles.get(row.pair.form_code, row.pair.form_code), "term": term_of(row.pair)}
            for row in found
        ],
    }
    return personal_page(
        request, "pairs/leavers.html", context, action="pairs.leavers_viewed", details={"rows": len(found)}
    )
