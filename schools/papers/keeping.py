"""Keeping the text of an order when it is signed, and what may still be done to it afterwards.

After that its text changes in three cases only: more pairs come under the same number and date (clauses are added),
number or date is corrected as a slip, or the data of somebody it names are destroyed (``schools.papers.holdings``).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.ui.components import Fact
from schools.pairs.models import Order, Pair
from schools.pairs.selectors import with_people
from schools.papers.lines import (
    FORMAT,
    Lines,
    as_data,
    from_data,
    grown,
    pairs_in,
    people_in,
    renamed,
    with_pair,
    with_person,
)
from schools.papers.models import OrderText
from schools.papers.order_text import (
    header_of,
    lines_of_cancelling,
    lines_of_order,
    reference_of,
    requisites_words,
    title_in,
)
from schools.papers.requisites import letterhead
from tenants.transfers.selectors import own_title

BY_NAME = ("form_code", "mentor__folded_name", "mentee__folded_name", "pk")


def kept_text(order: Order) -> OrderText | None:
    """Return the kept text of an order; None for one that was not signed here."""
    return OrderText.objects.filter(order=order).first()


def lines_of(kept: OrderText) -> Lines:
    """Return the lines of a kept text."""
    return from_data(kept.lines)


def keep_signed(order: Order) -> None:
    """Keep the text of an order that has just become complete, or add the pairs that came under it since."""
    if not order.is_complete:
        return
    known = OrderText.objects.select_for_update().filter(order=order).first()
    if known is None:
        _keep(order)
        return
    lines = lines_of(known)
    more = pairs_under(order, without=pairs_in(lines))
    if more:
        added = lines_of_order(header_of(letterhead(""), order), more, with_changes=False)
        known.lines, known.people = _stored(grown(lines, added))
        known.reference = {kind: codes | known.reference.get(kind, {}) for kind, codes in reference_of(more).items()}
        known.save(update_fields=["lines", "people", "reference"])


def keep_before_end(order: Order) -> None:
    """Keep the text of an order that is about to be cancelled and has none: its pairs are not told afterwards."""
    if order.is_complete and kept_text(order) is None:
        _keep(order, is_made_later=True)


def keep_corrected(order: Order) -> None:
    """Let the kept text name the corrected number and date; nothing else of it changes."""
    known = OrderText.objects.select_for_update().filter(order=order).first()
    if known is not None:
        words = requisites_words(order.number, order.signed_on)
        known.lines = as_data(renamed(lines_of(known), words))
        known.save(update_fields=["lines"])


def move_clauses(kept: Pair, gone: Pair) -> None:
    """Let clauses about a pair that was recorded twice be about the row that stays; the words do not change."""
    for known in OrderText.objects.select_for_update().filter(lines__contains=[{"pair": str(gone.pk)}]):
        known.lines = as_data(with_pair(lines_of(known), kept.pk, gone.pk))
        known.save(update_fields=["lines"])


def pass_on_login(kept: UUID, gone: UUID) -> None:
    """Let what names a login that is closed as somebody's second name the one that stays; the words do not change."""
    for known in OrderText.objects.select_for_update().filter(people__contains=[gone]):
        known.lines, known.people = _stored(with_person(lines_of(known), kept, gone))
        known.save(update_fields=["lines", "people"])


def pairs_under(order: Order, *, without: set[UUID] | None = None) -> list[Pair]:
    """Return the pairs of an order as its text names them, by form and name; without those it names already."""
    rows = Pair.objects.filter(order=order).exclude(pk__in=without or ())
    return as_named(rows)


def endings_under(order: Order) -> list[Pair]:
    """Return the pairs whose end an order put on paper, as its text names them."""
    return as_named(Pair.objects.filter(ended_by=order))


def as_named(pairs: QuerySet[Pair]) -> list[Pair]:
    """Load what the text of an order names of pairs, by form and name; a constant number of queries."""
    before = ("replaces__mentor", "replaces__order")
    return list(with_people(pairs).select_related(*before).order_by(*BY_NAME))


def subject_of_cancelled(order: Order) -> str:
    """Return the title of an order that is cancelled, from its kept text; empty when there is none."""
    known = kept_text(order)
    return title_in(lines_of(known)) if known is not None else ""


def facts_of(order: Order) -> Sequence[Fact]:
    """Say on the card of an order whether its text is kept, and what is not in it."""
    if not order.is_complete:
        return ()
    known = kept_text(order)
    if known is None:
        return (Fact(_("Текст"), _("Составляется по данным школы при каждом скачивании: подписан не здесь")),)
    at = timezone.localtime(known.kept_at)
    words = _("Составлен %(day)s по данным школы и сохранён") if known.is_made_later else _("Сохранён %(day)s")
    facts = [Fact(_("Текст"), words % {"day": f"{at:%d.%m.%Y %H:%M}"})]
    missing = Pair.objects.filter(order=order).exclude(pk__in=pairs_in(lines_of(known))).count()
    if missing:
        facts.append(Fact(_("Пар, которых нет в тексте"), missing))
    return facts


def _keep(order: Order, *, is_made_later: bool = False) -> None:
    pairs, endings = ([], []) if order.cancels_id is not None else (pairs_under(order), endings_under(order))
    head = header_of(letterhead(own_title()), order)
    if order.cancels is not None:
        lines = lines_of_cancelling(head, order.cancels, subject_of_cancelled(order.cancels))
    else:
        lines = lines_of_order(head, pairs, endings)
    stored, people = _stored(lines)
    OrderText.objects.create(
        order=order,
        lines=stored,
        people=people,
        reference=reference_of(pairs, endings) if pairs or endings else {},
        format=FORMAT,
        is_made_later=is_made_later,
        kept_at=timezone.now(),
    )


def _stored(lines: Lines) -> tuple[list[dict[str, object]], list[UUID]]:
    return as_data(lines), sorted(people_in(lines))
