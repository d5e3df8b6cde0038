"""Pages of webhooks: whom the platform tells about events, what was sent, what to do when it did not arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.authz import actor_of, requires
from core.ui.pagination import paginate
from core.webhooks import presentation, selectors, services
from core.webhooks.errors import WebhookError
from core.webhooks.forms import WebhookForm
from core.webhooks.models import Delivery
from core.webhooks.policies import may_manage_webhooks


@requires("webhooks.manage")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the webhooks."""
    actor = actor_of(request)
    rows = [(hook, presentation.status_of(hook)) for hook in selectors.webhooks_visible_to(actor)]
    may_add = bool(may_manage_webhooks(actor)) and len(rows) < services.MOST_WEBHOOKS
    return render(request, "webhooks/list.html", {"rows": rows, "may_add": may_add})


@requires("webhooks.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register a webhook; the answer to the POST is the only page that shows its secret."""
    actor = actor_of(request)
    form = WebhookForm(request.POST or None, world=actor.world)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.register_webhook(actor=actor, data=form.webhook())
        except WebhookError as error:
            form.add_error(error.field or None, str(error))
        else:
            return render(request, "webhooks/secret.html", {"made": made})
    return render(request, "webhooks/new.html", {"form": form})


@requires("webhooks.manage")
@require_safe
def card(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Show a webhook and the log of what was sent to it."""
    actor = actor_of(request)
    webhook = selectors.webhook_for(actor=actor, webhook_id=webhook_id)
    titles = presentation.titles_of_events(actor.world)
    page = paginate(request, selectors.deliveries_of(actor=actor, webhook_id=webhook_id))
    context = {
        "webhook": webhook,
        "status": presentation.status_of(webhook),
        "facts": presentation.facts_of(webhook, titles),
        "page": page,
        "rows": [_row(each, titles, can_send=webhook.is_active) for each in page],
    }
    return render(request, "webhooks/card.html", context)


def _row(delivery: Delivery, titles: dict[str, str], *, can_send: bool) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "event": titles.get(delivery.event, delivery.event),
        "status": presentation.status_of_delivery(delivery),
        "answer": presentation.answer_of(delivery),
        "may_send_again": can_send and delivery.state != Delivery.State.PENDING,
    }


@requires("webhooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Change a webhook."""
    actor = actor_of(request)
    webhook = selectors.webhook_for(actor=actor, webhook_id=webhook_id)
    initial = {"title": webhook.title, "url": webhook.url, "events": webhook.events}
    form = WebhookForm(request.POST or None, world=actor.world, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_webhook(actor=actor, webhook_id=webhook_id, data=form.webhook())
        except WebhookError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Изменения сохранены."))
            return redirect("webhooks:card", webhook_id)
    return render(request, "webhooks/edit.html", {"form": form, "webhook": webhook})


@requires("webhooks.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def secret(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Replace the secret, after asking; the answer to the POST is the only page that shows the new one."""
    actor = actor_of(request)
    webhook = selectors.webhook_for(actor=actor, webhook_id=webhook_id)
    if request.method == "POST":
        made = services.replace_secret(actor=actor, webhook_id=webhook_id)
        return render(request, "webhooks/secret.html", {"made": made})
    return render(request, "webhooks/secret_ask.html", {"webhook": webhook})


@requires("webhooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Delete a webhook, after asking."""
    actor = actor_of(request)
    webhook = selectors.webhook_for(actor=actor, webhook_id=webhook_id)
    if request.method == "POST":
        services.end_webhook(actor=actor, webhook_id=webhook_id)
        messages.success(request, _("Адрес удалён: события на него больше не отправляются."))
        return redirect("webhooks:list")
    return render(request, "webhooks/delete.html", {"webhook": webhook})


@requires("webhooks.manage")
@require_POST
def switch(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Switch a webhook off or on."""
    is_active = request.POST.get("is_active") == "1"
    services.switch_webhook(actor=actor_of(request), webhook_id=webhook_id, is_active=is_active)
    messages.success(request, _("Отправка включена.") if is_active else _("Отправка выключена."))
    return redirect("webhooks:card", webhook_id)


@requires("webhooks.manage")
@require_POST
def ping(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Send a webhook an event without content."""
    return _sent(request, webhook_id, lambda: services.try_out(actor=actor_of(request), webhook_id=webhook_id))


@requires("webhooks.manage")
@require_POST
def again(request: HttpRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send an event once more."""
    actor = actor_of(request)
    return _sent(
        request,
        webhook_id,
        lambda: services.send_again(actor=actor, webhook_id=webhook_id, delivery_id=delivery_id),
    )


def _sent(request: HttpRequest, webhook_id: UUID, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except WebhookError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Отправляем. Что ответил адрес, будет видно в журнале ниже."))
    return redirect("webhooks:card", webhook_id)
