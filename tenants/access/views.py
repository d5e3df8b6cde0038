"""Pages of the region about access to schools: what was ordered, and the three orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.selectors import names_of
from core.accounts.views.staff import show_code
from core.authz import actor_of, requires
from core.authz.registry import World, role_of
from core.ui.components import Status
from core.ui.pagination import paginate
from tenants.access import services
from tenants.access.forms import InviteForm, ResetForm, SchoolForm, TemporaryForm
from tenants.access.models import AccessOrder
from tenants.access.selectors import SEEN_BY, order_for, orders_visible_to
from tenants.registry.routing import host_of


def _status(order: AccessOrder) -> Status:
    is_over = order.expires_at <= timezone.now()
    if order.kind != AccessOrder.Kind.RESET:
        return Status("none", _("Срок истёк")) if is_over else Status("work", _("Передано школе"))
    if order.confirmed_at is not None:
        return Status("ok", _("Подтверждено, передано школе"))
    return Status("stop", _("Не подтверждено в срок")) if is_over else Status("wait", _("Ждёт второго администратора"))


@requires(*SEEN_BY)
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """List the orders, newest first, with those that wait for another administrator."""
    actor = actor_of(request)
    page = paginate(request, orders_visible_to(actor))
    names = names_of(key for order in page.object_list for key in (order.requested_by, order.confirmed_by))
    rows = [
        {
            "order": order,
            "role": getattr(role_of(World.SCHOOL, order.role), "title", ""),
            "status": _status(order),
            "by": names.get(str(order.requested_by), ""),
            "confirmed_by": names.get(str(order.confirmed_by), ""),
            "may_confirm": services.may_confirm(actor, order),
        }
        for order in page.object_list
    ]
    context = {
        "page": page,
        "rows": rows,
        "may_invite": actor.has("schools.invite"),
        "may_open": actor.has("schools.break_glass"),
        "may_reset": actor.has("schools.reset_director"),
    }
    return render(request, "access/orders.html", context)


def _initial(request: HttpRequest) -> dict[str, Any]:
    return {"school": request.GET.get("school", "")}


def _show(request: HttpRequest, issued: services.OrderWithCode) -> HttpResponse:
    address = f"{request.scheme}://{host_of(issued.order.school.code)}{reverse('accounts:invite')}"
    return show_code(
        request,
        code=issued.code,
        name=f"{issued.order.school.title}: {getattr(role_of(World.SCHOOL, issued.order.role), 'title', '')}",
        expires_at=issued.order.expires_at,
        url=address,
        back=reverse("access:orders"),
    )


def _form_page(request: HttpRequest, form: SchoolForm, template: str) -> HttpResponse:
    return render(request, f"access/{template}.html", {"form": form})


@requires("schools.invite")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a director or coordinator; the answer to the POST is the only page that shows the code."""
    form = InviteForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        try:
            issued = services.invite_to_school(
                actor=actor_of(request), school_id=answers["school"], role=answers["role"]
            )
        except services.AccessError as error:
            form.add_error(None, str(error))
        else:
            return _show(request, issued)
    return _form_page(request, form, "invite")


@requires("schools.break_glass")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def temporary(request: HttpRequest) -> HttpResponse:
    """Open temporary access; the answer to the POST is the only page that shows the code."""
    form = TemporaryForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        try:
            issued = services.open_temporary_access(
                actor=actor_of(request),
                school_id=answers["school"],
                reason=answers["reason"],
                hours=answers["hours"],
            )
        except services.AccessError as error:
            form.add_error(None, str(error))
        else:
            return _show(request, issued)
    return _form_page(request, form, "temporary")


@requires("schools.reset_director")
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a director's second factor to be taken off."""
    form = ResetForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        try:
            services.request_director_reset(
                actor=actor_of(request),
                school_id=answers["school"],
                login=answers["login"],
                reason=answers["reason"],
            )
        except services.AccessError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Распоряжение записано. Его должен подтвердить другой администратор региона."))
            return redirect("access:orders")
    return _form_page(request, form, "reset")


@requires("schools.reset_director")
@require_POST
def confirm(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Confirm a reset that another administrator asked for."""
    order_for(actor=actor_of(request), order_id=order_id)
    services.confirm_director_reset(actor=actor_of(request), order_id=order_id)
    messages.success(request, _("Передано школе: при следующем входе директор настроит новый второй фактор."))
    return redirect("access:orders")
