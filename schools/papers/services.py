"""The making of papers for somebody who may have them; each file that leaves is recorded."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from core.audit.services import record
from core.authz import Actor
from core.papers import Way, written
from schools.pairs.selectors import drafts, order_for, pairs_visible_to, with_people
from schools.papers.order_text import header_of, paper_of_order
from schools.papers.requisites import letterhead

_BY_NAME = ("form_code", "mentor__folded_name", "mentee__folded_name", "pk")


def order_file(*, actor: Actor, school: str, order_id: UUID, way: Way) -> bytes:
    """Return an order as a file, with those of its pairs that the actor sees.

    :raises Http404: no such order among those the actor sees, or one that cancels another: it approves no pairs.
    """
    order = order_for(actor=actor, order_id=order_id)
    if order.cancels_id is not None:
        raise Http404
    pairs = list(with_people(pairs_visible_to(actor).filter(order=order)).order_by(*_BY_NAME))
    content = written(paper_of_order(header_of(letterhead(school), order), pairs), way)
    record(
        actor=actor,
        action="orders.paper_exported",
        object_type="pairs.order",
        object_id=order.pk,
        details={"pairs": len(pairs), "way": way},
    )
    return content


def draft_order_file(*, actor: Actor, school: str, way: Way) -> bytes:
    """Return the order for all drafts that the actor sees, as a file with blanks for number and date."""
    pairs = list(with_people(drafts(actor)).order_by(*_BY_NAME))
    content = written(paper_of_order(header_of(letterhead(school), None), pairs), way)
    record(actor=actor, action="orders.paper_exported", details={"pairs": len(pairs), "way": way})
    return content
