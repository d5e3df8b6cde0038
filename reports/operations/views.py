"""The page of the platform's own state, and sending a task again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.authz import actor_of, requires
from reports.operations import presentation as words
from reports.operations import selectors, services
from reports.operations.errors import NothingToSendError


@require_safe
@requires("operations.view")
def state(request: HttpRequest) -> HttpResponse:
    """Show how fresh the figures are; to those who may act also queues, workers and versions of schools."""
    actor = actor_of(request)
    figures = selectors.figures_for(actor)
    context = {
        "at": timezone.localtime(),
        "figures": figures,
        "figures_status": words.figures_status(figures),
        "figures_facts": words.figures_facts(figures),
        "hidden_due": figures.due_number - len(figures.due),
    }
    if actor.has("operations.manage"):
        machinery = selectors.machinery_for(actor)
        context |= _queues(machinery) | _fleet(machinery.fleet)
    return render(request, "operations/state.html", context)


def _queues(machinery: selectors.WithShares) -> dict[str, object]:
    broker, sendings = machinery.broker, machinery.sendings
    return {
        "machinery": machinery,
        "broker_status": words.broker_status(broker),
        "broker_facts": [] if broker is None else words.broker_facts(broker),
        "workers": [] if broker is None else words.worker_rows(broker),
        "sendings_status": words.sendings_status(sendings),
        "sendings_facts": words.sendings_facts(sendings),
        "letters_status": words.letters_status(machinery.letters),
        "letters_facts": words.letters_facts(machinery.letters),
        "shares": machinery.shares,
        "shares_status": words.shares_status(machinery.shares),
        "shares_facts": words.shares_facts(machinery.shares),
        "failed": [(row, words.task_words(row.task)) for row in sendings.rows],
    }


def _fleet(fleet: selectors.Fleet) -> dict[str, object]:
    return {"fleet": fleet, "fleet_status": words.fleet_status(fleet), "fleet_facts": words.fleet_facts(fleet)}


@require_POST
@requires("operations.manage")
def send_again(request: HttpRequest, outbox_id: UUID) -> HttpResponse:
    """Send a task that was given up once more."""
    try:
        services.send_again(actor=actor_of(request), outbox_id=outbox_id)
    except NothingToSendError as error:
        messages.info(request, str(error))
    else:
        messages.success(request, _("Задание отправлено ещё раз"))
    return HttpResponseRedirect(reverse("operations:state"))
