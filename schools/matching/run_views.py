"""Pages of a run: asking for one, its progress, what it proved."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from core.authz import actor_of, requires
from core.ui.components import Fact
from core.ui.live import conditional_fragment
from schools.matching import runs, selectors
from schools.matching.models import Run
from schools.matching.reasons import out_of_100
from schools.matching.words import failure_in_words, proof_in_words
from schools.people.errors import FaultyActError
from schools.people.models import Person


@requires("matching.edit")
@require_POST
def start(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Ask the worker for a run."""
    mode = request.POST.get("mode", Run.Mode.OPTIMAL)
    try:
        run = runs.ask_for_run(
            actor=actor_of(request), round_id=round_id, mode=mode if mode in Run.Mode.values else Run.Mode.OPTIMAL
        )
    except FaultyActError as refusal:
        messages.error(request, str(refusal.faults[0].sentence))
        return redirect("matching:round", round_id)
    return redirect("matching:run", run.pk)


@requires("matching.view")
@require_safe
def run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show a run: its progress while it is in work, then what came out and what is proven."""
    run = selectors.run_for(actor=actor_of(request), run_id=run_id)
    context = {"run": run, "round": run.round, "is_silent": runs.is_silent(run)}
    if run.state in runs.IN_WORK:
        return render(request, "matching/run.html", context)
    if run.state == Run.State.FAILED:
        return render(request, "matching/run.html", {**context, "failure": failure_in_words(run, _about(run))})
    cover, total, worst, _at_worst, _unevenness = run.result["objective"]
    facts = [
        Fact(_("Как подбирали"), run.get_mode_display()),
        Fact(_("С наставником"), _("%(cover)s из %(all)s") % {"cover": cover, "all": len(run.asked["mentees"])}),
        Fact(_("Среднее соответствие, из 100"), out_of_100(total // cover) if cover else ""),
        Fact(_("Самое низкое соответствие, из 100"), "" if worst is None else out_of_100(worst)),
        Fact(_("Проверено пар"), run.report["priced"] or ""),
    ]
    return render(request, "matching/run.html", {**context, "facts": facts, "proof": proof_in_words(run)})


def _about(run: Run) -> list[str]:
    """Return the names of those whom a failure is about; ids in it are people's."""
    ids = [UUID(key) for key in run.failure[1:]]
    names = {row.pk: row.full_name for row in Person.objects.filter(pk__in=ids)}
    return [names[pk] for pk in ids if pk in names]


def _version(request: HttpRequest, run_id: UUID) -> tuple[object, ...]:
    run = selectors.run_for(actor=actor_of(request), run_id=run_id)
    return run.state, run.progress_done, runs.is_silent(run)


@requires("matching.view")
@require_GET
@conditional_fragment(_version)
def progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show how far the worker is; when it is over, the whole page moves on."""
    run = selectors.run_for(actor=actor_of(request), run_id=run_id)
    if run.state not in runs.IN_WORK:
        return redirect("matching:run", run.pk)
    return render(request, "matching/run_part.html", {"run": run, "round": run.round, "is_silent": runs.is_silent(run)})
