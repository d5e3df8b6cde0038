"""What kept texts of orders hold of a person.

The signed paper is an official document of the school and lies in its archive; the copy here says on without the name
what it said, as pairs under an order do.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schools.papers.keeping import lines_of
from schools.papers.lines import as_data, people_in, without
from schools.papers.models import OrderText
from schools.rights.registry import Holding, Subject, register_holdings


def _texts(subject: Subject) -> QuerySet[OrderText]:
    return (
        OrderText.objects.filter(people__overlap=sorted(subject.ids)).select_related("order").order_by("kept_at", "pk")
    )


def _destroy(subject: Subject, day: date) -> None:
    """Take the person out of every text that names him."""
    for kept in _texts(subject).select_for_update(of=("self",)):
        lines = without(lines_of(kept), subject.ids, _("Удалённое лицо"))
        kept.lines, kept.people = as_data(lines), sorted(people_in(lines))
        kept.save(update_fields=["lines", "people"])


def _own_words(kept: Any, subject: Subject) -> list[str]:
    """Show what stands there of this person; the others of an order are not his data."""
    return [piece.text for each in lines_of(kept) for piece in each.pieces if piece.person in subject.ids]


def register() -> None:
    """Tell of this table."""
    register_holdings(
        Holding(
            model=OrderText,
            title=gettext_lazy("Тексты приказов"),
            category=gettext_lazy("сведения об участии в программе наставничества"),
            find=_texts,
            destroy=_destroy,
            show={"lines": _own_words, "people": lambda _kept, _subject: []},
        )
    )
