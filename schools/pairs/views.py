"""Pages of pairs."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import Actor, actor_of, requires
from core.ui.components import Fact, Link
from core.ui.pagination import paginate
from core.ui.private_search import private_search, search_data
from schools.pairs import policies, selectors, services
from schools.pairs.beside import hints_before_end, links_of
from schools.pairs.domain import Act, PairState, Step, may_do, step_of
from schools.pairs.export import pairs_file
from schools.pairs.forms import EndForm, PairEditForm, PairFilter, UnpairedFilter
from schools.pairs.group_acts import edit_group, end_group, running_in_group
from schools.pairs.models import Pair
from schools.pairs.remarks import remarks_on_pair, withdrawn_of
from schools.pairs.substitutes import substitutes_of, with_substitutes
from schools.pairs.words import form_titles, status_of, term_of, with_group
from schools.people.editions import edition_of, is_stale, take_newer
from schools.people.errors import FaultyActError
from schools.people.pages import personal_file, personal_page, show_faults
from schools.people.selectors import classes_visible_to, place_of
from schools.training.selectors import people_with_training
from tenants.reference.selectors import definitions_now, forms_now, role_variants_now

DRAFT = (PairState.AWAITS_CONSENT, PairState.AWAITS_ORDER)
_TABS: dict[str, tuple[PairState, ...]] = {
    "": (),
    "draft": DRAFT,
    "acting": (PairState.ACTING, PairState.NOT_YET),
    "ended": (PairState.ENDED,),
}


@private_search("pairs")
@requires("pairs.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List pairs: who with whom, in what state, what next."""
    actor, day = actor_of(request), timezone.localdate()
    bar, pairs, counts = _filtered(request, actor, day)
    page = paginate(request, selectors.with_people(pairs))
    titles = form_titles()
    context = {
        "page": page,
        "rows": [_row(pair, titles, day) for pair in page],
        "filter_form": bar,
        "tabs": _tabs(request.GET.get("state", ""), counts),
        "drafts_count": sum(counts.get(state, 0) for state in DRAFT),
        "is_empty": not counts,
        **_rights(actor),
    }
    return personal_page(request, "pairs/list.html", context, action="pairs.list_viewed", details={"rows": len(page)})


@requires("pairs.view")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Give the filtered list of pairs as a workbook."""
    actor, day = actor_of(request), timezone.localdate()
    _bar, pairs, _counts = _filtered(request, actor, day)
    file = pairs_file(selectors.with_people(pairs), day)
    return personal_file(request, file.content, name=file.name, action="pairs.exported", details={"rows": file.rows})


@requires("pairs.view")
@require_safe
def card(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Show one pair: its people, days, order, what to check, what can be done."""
    actor, day = actor_of(request), timezone.localdate()
    pair = _one(actor, pair_id, day)
    form = next((row for row in forms_now(with_withdrawn=True) if row.code == pair.form_code), None)
    is_draft = pair.order is None or not pair.order.is_complete
    group = selectors.others_of_group(actor, pair)
    reach = actor.reach("people.view")
    may_see_people = bool(reach.everything or (reach.values("form") and not is_draft))
    context = {
        "pair": pair,
        "facts": _facts(pair, form.title if form else pair.form_code, day, with_links=may_see_people),
        "status": status_of(pair, day),
        "remarks": remarks_on_pair(pair, day, form=form, definitions=definitions_now()),
        "group": group,
        "group_drafts": _drafts_of_group(pair, group),
        "is_draft": is_draft,
        "is_ended": status_of(pair, day).kind == "none",
        "may_change": bool(policies.may_edit_pairs_of_form(actor, pair.form_code)),
        "may_change_mentor": may_do(_step(pair, day), Act.CHANGE_MENTOR),
        "may_end": may_do(_step(pair, day), Act.END),
        "may_discard": may_do(_step(pair, day), Act.DISCARD),
        "links": _links(actor, pair),
        **_rights(actor),
    }
    return _pair_page(request, pair, "pairs/card.html", context)


@requires("pairs.edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Change the days and the role variant of a pair."""
    actor = actor_of(request)
    pair = selectors.pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit")
    variants = role_variants_now(form_code=pair.form_code)
    values = services.pair_values(pair)
    initial = {**values, "seen": edition_of(values)}
    others = len(running_in_group(actor, pair, timezone.localdate()))
    form = PairEditForm(
        request.POST or None, variants=variants, known=pair.role_variant, initial=initial, others=others
    )
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in values}
        try:
            act = edit_group if form.cleaned_data.pop("whole_group", False) else services.edit_pair
            changed = act(actor=actor, pair_id=pair_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                take_newer(form, values=values, typed=typed)
        else:
            said = with_group(_("Изменения сохранены."), changed.with_group)
            messages.success(request, with_substitutes(said, changed.ended_with))
            return redirect("pairs:card", pair_id=pair_id)
    return _pair_page(request, pair, "pairs/edit.html", {"pair": pair, "form": form})


@requires("pairs.edit")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """End a pair with a reason, or correct how it ended."""
    actor, day = actor_of(request), timezone.localdate()
    pair = selectors.pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit")
    others = running_in_group(actor, pair, day)
    form = EndForm(request.POST or None, initial=_ending(pair), others=len(others))
    if request.method == "POST" and form.is_valid():
        try:
            act = end_group if form.cleaned_data.pop("whole_group", False) else services.end_pair
            ended = act(actor=actor, pair_id=pair_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _words_of_end(ended))
            return redirect("pairs:card", pair_id=pair_id)
    is_ended = _step(pair, day) in (Step.ENDED, Step.ENDED_DRAFT)
    context = {
        "pair": pair,
        "form": form,
        "hints": [] if is_ended else hints_before_end(pair),
        "substitutes": substitutes_of(pair, day),
        "is_ended": is_ended,
    }
    return _pair_page(request, pair, "pairs/end.html", context)


@requires("pairs.edit")
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Delete a draft, after asking."""
    actor = actor_of(request)
    pair = selectors.pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit")
    if request.method == "POST":
        try:
            services.discard_draft(actor=actor, pair_id=pair_id)
        except FaultyActError as refusal:
            messages.error(request, refusal.faults[0].sentence)
            return redirect("pairs:card", pair_id=pair_id)
        messages.success(request, _("Черновик удалён."))
        return redirect("pairs:list")
    return _pair_page(request, pair, "pairs/discard.html", {"pair": pair})


@private_search("unpaired")
@requires("pairs.unpaired_view")
@require_safe
def unpaired(request: HttpRequest) -> HttpResponse:
    """List the pupils who have no mentor: the search goes on."""
    actor, day = actor_of(request), timezone.localdate()
    bar = UnpairedFilter(search_data(request, "unpaired"), rooms=classes_visible_to(actor))
    chosen = bar.cleaned_data if bar.is_valid() else {}
    class_id = UUID(chosen["room"]) if chosen.get("room") else None
    rows = selectors.unpaired_mentees(actor=actor, typed=chosen.get("q", ""), class_id=class_id)
    page = paginate(request, rows)
    context = {
        "page": page,
        "filter_form": bar,
        "rows": [{"person": row, "place": place_of(row, day)} for row in page],
        "may_pair": bool(policies.may_edit_pairs(actor)),
    }
    return personal_page(
        request, "pairs/unpaired.html", context, action="pairs.unpaired_viewed", details={"rows": len(page)}
    )


def _drafts_of_group(pair: Pair, others: list[Pair]) -> list[Pair]:
    """Return the pairs of a group that wait for an order, when there are several: one order approves them together."""
    day = timezone.localdate()
    drafts = [row for row in (pair, *others) if _step(row, day) is Step.DRAFT]
    return drafts if len(drafts) > 1 else []


def _step(pair: Pair, day: date) -> Step:
    is_ordered = pair.order is not None and pair.order.is_complete
    return step_of(is_ordered=is_ordered, ends_on=pair.ends_on, day=day)


def _words_of_end(pair: Pair) -> str:
    said = _("Пара завершена. История сохранена.")
    if pair.ends_on is not None and pair.ends_on >= timezone.localdate():
        said = _("Записано: последний день пары %(day)s. История сохранится.") % {"day": f"{pair.ends_on:%d.%m.%Y}"}
    return with_substitutes(with_group(said, pair.with_group), pair.ended_with)


def _ending(pair: Pair) -> dict[str, Any]:
    is_over = pair.ends_on is not None and bool(pair.end_reason)
    return {
        "ends_on": pair.ends_on if is_over else timezone.localdate(),
        "code": pair.end_code,
        "reason": pair.end_reason,
    }


def _filtered(request: HttpRequest, actor: Actor, day: date) -> tuple[PairFilter, QuerySet[Pair], dict[str, int]]:
    """Return the filter bar, the pairs it leaves and how many there are in each state before choosing a state."""
    bar = PairFilter(search_data(request, "pairs"), form_rows=forms_now(), rooms=classes_visible_to(actor))
    chosen = bar.cleaned_data if bar.is_valid() else {}
    pairs = selectors.pairs_named(selectors.pairs_visible_to(actor), chosen.get("q", ""))
    if chosen.get("form"):
        pairs = pairs.filter(form_code=chosen["form"])
    if chosen.get("room"):
        pairs = selectors.pairs_in_class(pairs, UUID(chosen["room"]), day)
    pairs = selectors.with_state(pairs, day)
    counts = selectors.count_by_state(pairs)
    pairs = selectors.in_states(pairs, _TABS.get(chosen.get("state", ""), ()))
    return bar, pairs.order_by("mentee__folded_name", "mentor__folded_name", "-starts_on", "pk"), counts


def _tabs(current: str, counts: dict[str, int]) -> list[Link]:
    labels = {"": _("Все"), "draft": _("Ждут приказа"), "acting": _("Действуют"), "ended": _("Завершены")}
    address = reverse("pairs:list")
    return [
        Link(
            label,
            f"{address}?state={state}" if state else address,
            is_current=state == current,
            count=sum(counts.get(one, 0) for one in _TABS[state] or PairState),
        )
        for state, label in labels.items()
    ]


def _row(pair: Pair, titles: dict[str, str], day: date) -> dict[str, Any]:
    status = status_of(pair, day)
    unconsented = [
        person.full_name
        for person, has_one in (
            (pair.mentor, getattr(pair, "mentor_consents", True)),
            (pair.mentee, getattr(pair, "mentee_consents", True)),
        )
        if not has_one and status.kind != "none"
    ]
    return {
        "pair": pair,
        "form": titles.get(pair.form_code, pair.form_code),
        "term": term_of(pair),
        "status": status,
        "mentor_place": place_of(pair.mentor, day),
        "mentee_place": place_of(pair.mentee, day),
        "unconsented": unconsented,
        "withdrawn": [person.full_name for person in withdrawn_of(pair) if status.kind != "none"],
    }


def _rights(actor: Actor) -> dict[str, bool]:
    return {
        "may_edit": bool(policies.may_edit_pairs(actor)),
        "may_approve": bool(policies.may_approve_pairs(actor)),
        "may_record_order": bool(policies.may_record_signed_order(actor)),
    }


def _one(actor: Actor, pair_id: UUID, day: date) -> Pair:
    """Return a pair with its state and people; the 404 is :func:`selectors.pair_for`'s."""
    found = selectors.pair_for(actor=actor, pair_id=pair_id)
    rows = selectors.with_people(selectors.with_state(selectors.pairs_visible_to(actor), day))
    return rows.select_related("order", "group", "ended_by", "replaces__mentor").get(pk=found.pk)


def _facts(pair: Pair, form: str, day: date, *, with_links: bool) -> list[Fact]:
    def person_fact(label: str, person: Any) -> Fact:
        place = place_of(person, day)
        words = f"{person.full_name}, {place}" if place else person.full_name
        is_there = with_links and person.destroyed_at is None
        address = reverse("people:card", kwargs={"person_id": person.pk}) if is_there else ""
        return Fact(label, words, address)

    order_address = reverse("orders:card", kwargs={"order_id": pair.order_id}) if pair.order_id and with_links else ""
    rows = [
        person_fact(_("Наставник"), pair.mentor),
        person_fact(_("Наставляемый"), pair.mentee),
        Fact(_("Форма"), form),
        Fact(_("Ролевая модель"), pair.role_variant),
        Fact(_("Срок"), term_of(pair)),
        Fact(_("Приказ"), str(pair.order) if pair.order else "", order_address),
    ]
    if pair.counts_from is not None:
        rows.append(Fact(_("Из присоединённой школы, здесь учитывается с"), f"{pair.counts_from:%d.%m.%Y}"))
    if pair.group:
        rows.append(Fact(_("Группа"), pair.group.title))
    if pair.end_reason:
        rows.append(Fact(_("Почему завершена"), pair.end_reason))
    if pair.ended_by is not None:
        ended_by = reverse("orders:card", kwargs={"order_id": pair.ended_by_id}) if with_links else ""
        rows.append(Fact(_("Завершена приказом"), str(pair.ended_by), ended_by))
    if pair.replaces is not None:
        label = _("Замещает наставника пары") if pair.is_substitute else _("Вместо пары")
        rows.append(_other_pair(label, pair.replaces))
    rows += [
        _other_pair(_("Замещающий наставник") if other.is_substitute else _("Сменила пара"), other)
        for other in selectors.successors_of(pair)
    ]
    return rows


def _links(actor: Actor, pair: Pair) -> list[Link]:
    """Return the other pages of a pair: its mentor's training to whoever notes it, a new one in its group."""
    links = [Link(link.label, reverse(link.url_name, kwargs={"pair_id": pair.pk})) for link in links_of(actor)]
    if people_with_training(actor, "pairs.edit").filter(pk=pair.mentor_id).exists():
        links.append(Link(_("Обучение наставника"), reverse("training:person", kwargs={"person_id": pair.mentor_id})))
    is_going_on = _step(pair, timezone.localdate()) in (Step.DRAFT, Step.ORDERED)
    if pair.group_id and is_going_on and policies.may_edit_pairs_of_form(actor, pair.form_code):
        query = urlencode({"form": pair.form_code, "mentor": pair.mentor_id, "group": pair.group_id})
        links.append(Link(_("Добавить наставляемого в группу"), f"{reverse('pairs:new')}?{query}"))
    return links


def _other_pair(label: str, other: Pair) -> Fact:
    words = f"{other.mentor.full_name}, {term_of(other)}"
    return Fact(label, words, reverse("pairs:card", kwargs={"pair_id": other.pk}))


def _pair_page(request: HttpRequest, pair: Pair, template: str, context: dict[str, Any]) -> HttpResponse:
    return personal_page(
        request, template, context, action="pairs.pair_viewed", object_type="pairs.pair", object_id=pair.pk
    )
