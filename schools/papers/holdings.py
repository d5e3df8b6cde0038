"""What kept texts of orders and scans hold of a person.

The signed paper is an official document of the school and lies in its archive; the copy here says on without the name
what it said, as pairs under an order do.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schools.papers.keeping import lines_of
from schools.papers.lines import as_data, people_in, without
from schools.papers.models import Attachment, OrderText
from schools.rights.holdings.meetings import meetings_of
from schools.rights.holdings.papers import pairs_of
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


def _attachments(subject: Subject) -> QuerySet[Attachment]:
    """Return the files of his consents, of his meetings, and of orders that name him."""
    orders = pairs_of(subject).filter(order__isnull=False).order_by().values("order")
    mine = (
        Q(consent__person=subject.person)
        | Q(meeting__in=meetings_of(subject).order_by().values("pk"))
        | Q(order__in=orders)
        | Q(order__in=_texts(subject).order_by().values("order"))
    )
    return Attachment.objects.filter(mine).defer("content").order_by("added_at", "pk")


def _destroy_attachments(subject: Subject, day: date) -> None:
    """Nobody can be taken out of a picture: the file goes, the paper itself lies in the school."""
    Attachment.objects.filter(pk__in=[each.pk for each in _attachments(subject)]).delete()


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
        ),
        Holding(
            model=Attachment,
            title=gettext_lazy("Сканы и вложения"),
            category=gettext_lazy("изображения подписанных документов и вложения к встречам"),
            find=_attachments,
            destroy=_destroy_attachments,
            show={"content": lambda row, _subject: row.file_name},
        ),
    )
