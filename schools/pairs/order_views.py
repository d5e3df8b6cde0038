"""Pages of orders: what the director signs is what changes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.selectors import names_of
from core.authz import Actor, actor_of, requires
from core.ui.components import Fact
from core.ui.pagination import paginate
from schools.clearances.selectors import checklists
from schools.pairs import orders, policies, selectors
from schools.pairs.cancelling import cancel_order
from schools.pairs.domain import EndCode
from schools.pairs.forms import OrderCorrectionForm, OrderForm, PairsOrderForm
from schools.pairs.models import END_TITLES, Order, Pair
from schools.pairs.on_paper import facts_of_text
from schools.pairs.remarks import remark_on_unconsented, remark_on_withdrawn, remarks_on_requisites
from schools.pairs.substitutes import with_substitutes
from schools.pairs.words import cancelling_of, form_titles, origin_of, status_of, term_of
from schools.people.editions import edition_of, is_stale, take_newer
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import place_of
from schools.training.selectors import trained

_MOST_DRAFTS = 500


@requires("orders.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the school's orders; no names of people here."""
    actor = actor_of(request)
    page = paginate(request, selectors.orders_visible_to(actor))
    context = {
        "page": page,
        "rows": [{"order": order, "origin": origin_of(order)} for order in page],
        "drafts_count": selectors.drafts(actor).count(),
        "changes_count": _endings(actor).count() if _may_order(actor) else 0,
        "may_approve": bool(policies.may_approve_pairs(actor)),
        "may_record": bool(policies.may_record_signed_order(actor)),
    }
    return render(request, "pairs/orders.html", context)


@requires("orders.approve")
@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest) -> HttpResponse:
    """Approve the marked drafts by the director's order, in one act."""
    return _over_drafts(request, is_approval=True)


@requires("orders.record_signed")
@require_http_methods(["GET", "POST"])
def record_signed(request: HttpRequest) -> HttpResponse:
    """Record an order that was signed on paper."""
    return _over_drafts(request, is_approval=False)


@requires("orders.view")
@require_safe
def card(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show an order, its pairs, and what to check."""
    actor, day = actor_of(request), timezone.localdate()
    order = selectors.order_for(actor=actor, order_id=order_id)
    rows = selectors.with_state(selectors.pairs_visible_to(actor).filter(order=order), day)
    page = paginate(request, selectors.with_people(rows).order_by("mentor__folded_name", "mentee__folded_name", "pk"))
    remarks = remark_on_unconsented(selectors.unconsented(rows).count())
    remarks += remark_on_withdrawn(selectors.withdrawn_from(rows).count())
    if order.signed_on is not None and order.number:
        others = Order.objects.filter(number=order.number).exclude(pk=order.pk)
        remarks = remarks_on_requisites(order.number, order.signed_on, today=day, others=others) + remarks
    titles = form_titles()
    context = {
        "order": order,
        "facts": _facts(order),
        "page": page,
        "rows": [_row(pair, titles, day) for pair in page],
        "endings": [_ending_row(pair, titles) for pair in _endings_of(actor, order)],
        "remarks": remarks,
        "may_correct": bool(policies.may_correct_order(actor, order)),
        "may_see_scans": bool(actor.has("orders.record_signed") or actor.has("orders.approve")),
        "may_cancel": order.is_complete
        and order.cancels is None
        and cancelling_of(order) is None
        and bool(policies.may_correct_order(actor, order)),
    }
    return _order_page(request, order, "pairs/order_card.html", context)


@requires("orders.record_signed", "orders.approve")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Correct number and date of an order."""
    actor = actor_of(request)
    order = selectors.order_for(actor=actor, order_id=order_id)
    values = orders.order_values(order)
    form = OrderCorrectionForm(request.POST or None, initial={**values, "seen": edition_of(values)})
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in values}
        try:
            orders.correct_order(actor=actor, order_id=order_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                take_newer(form, values=values, typed=typed)
        else:
            messages.success(request, _("Номер и дата исправлены."))
            return redirect("orders:card", order_id=order_id)
    return render(request, "pairs/order_correct.html", {"order": order, "form": form})


@requires("orders.record_signed", "orders.approve")
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Cancel an order by a new one."""
    actor = actor_of(request)
    order = selectors.order_for(actor=actor, order_id=order_id)
    form = OrderForm(request.POST or None, initial={"signed_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            made = cancel_order(actor=actor, order_id=order_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            said = _("Приказ отменён приказом %(order)s. Его пары снова ждут приказа.") % {"order": made}
            messages.success(request, with_substitutes(said, made.ended_with))
            return redirect("orders:card", order_id=order_id)
    return render(
        request, "pairs/order_cancel.html", {"order": order, "form": form, "pairs_count": order.pairs.count()}
    )


def _over_drafts(request: HttpRequest, *, is_approval: bool) -> HttpResponse:
    actor, day = actor_of(request), timezone.localdate()
    form = PairsOrderForm(request.POST or None, initial={"signed_on": day})
    if request.method == "POST" and form.is_valid():
        act = orders.approve_pairs if is_approval else orders.record_signed_order
        typed = form.cleaned_data
        try:
            order = act(
                actor=actor,
                pair_ids=typed["pairs"],
                ending_ids=typed["endings"],
                number=typed["number"],
                signed_on=typed["signed_on"],
            )
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            _tell(request, len(typed["pairs"]), len(typed["endings"]), order, is_approval=is_approval)
            return redirect("orders:card", order_id=order.pk)
    return _drafts_page(request, actor, form, day, is_approval=is_approval)


def _tell(request: HttpRequest, count: int, ended: int, order: Order, *, is_approval: bool) -> None:
    if ended:
        said = _("Приказ %(order)s: утверждено пар %(count)s, внесено завершённых %(ended)s.")
        messages.success(request, said % {"order": order, "count": count, "ended": ended})
        return
    if is_approval:
        words = ngettext(
            "Утверждена %(count)s пара: приказ %(order)s.", "Утверждено пар: %(count)s, приказ %(order)s.", count
        )
    else:
        words = ngettext(
            "Внесена %(count)s пара: приказ %(order)s.", "Внесено пар: %(count)s, приказ %(order)s.", count
        )
    messages.success(request, words % {"count": count, "order": order})


def _drafts_page(
    request: HttpRequest, actor: Actor, form: PairsOrderForm, day: date, *, is_approval: bool
) -> HttpResponse:
    drafts = selectors.with_people(selectors.with_state(selectors.drafts(actor), day))
    pairs = list(drafts.order_by("mentor__folded_name", "mentee__folded_name", "pk")[:_MOST_DRAFTS])
    mentors = {pair.mentor_id: pair.mentor for pair in pairs}
    asked, taught = checklists(mentors.values(), day), trained(mentors, day)
    endings = list(_endings(actor)[:_MOST_DRAFTS])
    titles = form_titles()
    chosen = request.POST.getlist("pairs") if request.method == "POST" else request.GET.getlist("pair")
    is_chosen = request.method == "POST" or bool(chosen) or "none" in request.GET
    context = {
        "form": form,
        "rows": [
            {
                **_row(pair, titles, day),
                "lacking": [line.kind.title for line in asked[pair.mentor_id].lacking],
                "is_untrained": pair.mentor_id not in taught,
            }
            for pair in pairs
        ],
        # All are marked at first: signing everything that waits is the usual case.
        "marked": set(chosen) if is_chosen else {str(pair.pk) for pair in pairs},
        "endings": [_ending_row(pair, titles) for pair in endings],
        "marked_endings": set(request.POST.getlist("endings")) if is_chosen else {str(pair.pk) for pair in endings},
        "is_approval": is_approval,
        "may_approve": bool(policies.may_approve_pairs(actor)),
    }
    return personal_page(
        request,
        "pairs/approve.html",
        context,
        action="pairs.drafts_viewed",
        details={"rows": len(pairs) + len(endings)},
    )


def _endings_of(actor: Actor, order: Order) -> list[Pair]:
    """Return the pairs, among those the actor sees, whose end the order put on paper."""
    rows = selectors.pairs_visible_to(actor).filter(ended_by=order).select_related("mentor", "mentee", "order")
    return list(rows.order_by("mentor__folded_name", "mentee__folded_name", "pk")[:_MOST_DRAFTS])


def _may_order(actor: Actor) -> bool:
    return bool(policies.may_approve_pairs(actor)) or bool(policies.may_record_signed_order(actor))


def _endings(actor: Actor) -> QuerySet[Pair]:
    """Return the ended pairs for an order, but those whose mentor's change stands as a draft: it brings them along."""
    brought = selectors.drafts(actor).filter(replaces__isnull=False).values("replaces")
    rows = selectors.endings_to_order(actor).exclude(pk__in=brought).select_related("mentor", "mentee", "order")
    return rows.order_by("mentor__folded_name", "mentee__folded_name", "pk")


def _ending_row(pair: Pair, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "pair": pair,
        "form": titles.get(pair.form_code, pair.form_code),
        "reason": END_TITLES.get(EndCode(pair.end_code), "") if pair.end_code in list(EndCode) else "",
    }


def _row(pair: Pair, titles: dict[str, str], day: date) -> dict[str, Any]:
    return {
        "pair": pair,
        "form": titles.get(pair.form_code, pair.form_code),
        "term": term_of(pair),
        "status": status_of(pair, day),
        "mentor_place": place_of(pair.mentor, day),
        "mentee_place": place_of(pair.mentee, day),
    }


def _facts(order: Order) -> list[Fact]:
    by = names_of([order.approved_by]).get(str(order.approved_by), "")
    rows = [
        Fact(_("Номер"), order.number),
        Fact(_("Дата"), f"{order.signed_on:%d.%m.%Y}" if order.signed_on else ""),
        Fact(_("Как появился"), origin_of(order).text),
    ]
    cancelling = cancelling_of(order)
    if cancelling is not None:
        rows.append(Fact(_("Отменён приказом"), cancelling, reverse("orders:card", args=[cancelling.pk])))
    if order.cancels is not None:
        rows.append(Fact(_("Отменяет приказ"), order.cancels, reverse("orders:card", args=[order.cancels.pk])))
    if by and order.approved_at is not None:
        at = timezone.localtime(order.approved_at)
        rows.append(Fact(_("Кто утвердил"), f"{by}, {at:%d.%m.%Y %H:%M}"))
    return rows + facts_of_text(order)


def _order_page(request: HttpRequest, order: Order, template: str, context: dict[str, Any]) -> HttpResponse:
    return personal_page(
        request, template, context, action="orders.order_viewed", object_type="pairs.order", object_id=order.pk
    )
