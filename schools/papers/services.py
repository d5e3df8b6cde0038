"""The giving of orders as files to somebody who may have them; each file that leaves is recorded."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor
from core.papers import Paper, Paragraph, Way, written
from schools.consents.selectors import has_withdrawn, has_withdrawn_taking_part
from schools.pairs.models import Order, Pair
from schools.pairs.selectors import drafts, endings_to_order, order_for, pairs_visible_to
from schools.papers.keeping import as_named, endings_under, kept_text, lines_of, pairs_under, subject_of_cancelled
from schools.papers.lines import Lines, extract_of, pairs_in, paper_of
from schools.papers.models import OrderText
from schools.papers.order_text import (
    header_of,
    lines_of_cancelling,
    lines_of_order,
    title_of_cancelling,
    title_of_order,
)
from schools.papers.requisites import letterhead
from schools.people.models import Person


def order_file(*, actor: Actor, school: str, order_id: UUID, way: Way) -> bytes:
    """Return an order as a file: the text kept when it was signed, for who sees only some of its pairs an extract.

    Without a kept text, that of an order signed elsewhere, it is made from today's data and says so; an order without
    number or date is a draft.

    :raises Http404: no such order among those the actor sees.
    """
    order = order_for(actor=actor, order_id=order_id)
    kept = kept_text(order)
    lines = _lines_now(order, school) if kept is None else lines_of(kept)
    about = pairs_in(lines)
    seen = about
    if not actor.reach("pairs.view").everything:
        seen = set(pairs_visible_to(actor).filter(pk__in=about).values_list("pk", flat=True))
        if seen != about:
            lines = extract_of(lines, seen, _("ВЫПИСКА ИЗ ПРИКАЗА"))
    above = _above(order, kept)
    if not order.is_complete:
        above += _warnings([pair for pair in pairs_under(order) if pair.pk in seen])
    content = written(_paper(order, lines, above), way)
    record(
        actor=actor,
        action="orders.paper_exported",
        object_type="pairs.order",
        object_id=order.pk,
        details={"pairs": len(seen), "way": way, "kept": kept is not None},
    )
    return content


def draft_order_file(*, actor: Actor, school: str, way: Way) -> bytes:
    """Return the order for all drafts and changes that the actor sees, as a file with blanks for number and date.

    Above it stand those who took back the consent to keep their data: by hand they may be left in, knowingly.
    """
    pairs, endings = as_named(drafts(actor)), as_named(endings_to_order(actor))
    lines = lines_of_order(header_of(letterhead(school), None), pairs, endings)
    content = written(paper_of(title_of_order(), lines, above=[_as_draft(), *_warnings(pairs)]), way)
    record(actor=actor, action="orders.paper_exported", details={"pairs": len(pairs) + len(endings), "way": way})
    return content


def _lines_now(order: Order, school: str) -> Lines:
    head = header_of(letterhead(school), order)
    if order.cancels is not None:
        return lines_of_cancelling(head, order.cancels, subject_of_cancelled(order.cancels))
    return lines_of_order(head, pairs_under(order), endings_under(order))


def _paper(order: Order, lines: Lines, above: list[Paragraph]) -> Paper:
    title = title_of_order() if order.cancels_id is None else title_of_cancelling()
    return paper_of(title, lines, above=above)


def _above(order: Order, kept: OrderText | None) -> list[Paragraph]:
    """Return what stands above a text that is not the one that was signed."""
    if not order.is_complete:
        return [_as_draft()]
    if kept is not None and not kept.is_made_later:
        return []
    day = timezone.localdate() if kept is None else timezone.localtime(kept.kept_at).date()
    words = _("Составлено по данным школы %(day)s. Подписанный приказ хранится на бумаге.")
    return [Paragraph(words % {"day": f"{day:%d.%m.%Y}"}, "right")]


def _warnings(pairs: Collection[Pair]) -> list[Paragraph]:
    """Return a paragraph of each sort of consent, with the names of those of the pairs of whom it was taken back."""
    ids, day = {key for pair in pairs for key in (pair.mentor_id, pair.mentee_id)}, timezone.localdate()
    said = []
    for taken_back, words in (
        (
            has_withdrawn(day),
            _("Отозвали согласие на обработку данных: %(names)s. Решите, оставлять ли их пары в приказе."),
        ),
        (
            has_withdrawn_taking_part(day),
            _("Отозвано согласие на участие: %(names)s. Решите, оставлять ли их пары в приказе."),
        ),
    ):
        people = Person.objects.filter(taken_back, pk__in=ids).order_by("folded_name", "pk")
        if names := ", ".join(person.full_name for person in people):
            said.append(Paragraph(words % {"names": names}))
    return said


def _as_draft() -> Paragraph:
    return Paragraph(_("Проект"), "right")
