"""What kept texts of orders, scans and the school's requisites hold of a person.

The signed paper is an official document of the school and lies in its archive; the copy here says on without the name
what it said, as pairs under an order do.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import ru_key, split_full_name
from core.text.declension import initials
from schools.papers.keeping import lines_of
from schools.papers.lines import as_data, people_in, without
from schools.papers.models import Attachment, OrderText, Requisites
from schools.people.domain import is_adult_on
from schools.rights.holdings.meetings import meetings_of
from schools.rights.holdings.papers import pairs_of
from schools.rights.registry import Holding, Subject, register_holdings


def _named_by(subject: Subject) -> frozenset[UUID]:
    """Return the ids by which texts name a person: his cards, and his logins from before they were tied."""
    return subject.ids | subject.user_ids


def _texts(subject: Subject) -> QuerySet[OrderText]:
    rows = OrderText.objects.filter(people__overlap=sorted(_named_by(subject)))
    return rows.select_related("order").order_by("kept_at", "pk")


def _destroy(subject: Subject, day: date) -> None:
    """Take the person out of every text that names him."""
    for kept in _texts(subject).select_for_update(of=("self",)):
        lines = without(lines_of(kept), _named_by(subject), _("Удалённое лицо"))
        kept.lines, kept.people = as_data(lines), sorted(people_in(lines))
        kept.save(update_fields=["lines", "people"])


def _own_words(kept: Any, subject: Subject) -> list[str]:
    """Show what stands there of this person; the others of an order are not his data."""
    return [piece.text for each in lines_of(kept) for piece in each.pieces if piece.person in _named_by(subject)]


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


def _requisites(subject: Subject) -> list[Requisites]:
    """Return the requisites when they name the person as the head: by the whole name, or the surname with initials.

    There is no id to go by, so a grown-up namesake is taken for him too; a child never heads a school.
    """
    if not is_adult_on(subject.person.birth_date, timezone.localdate()):
        return []
    return [row for row in Requisites.objects.exclude(director_name="") if _is_named(row.director_name, subject)]


def _is_named(typed: str, subject: Subject) -> bool:
    if subject.likeness.is_in([typed]):
        return True
    parts = typed.replace(".", ". ").split()
    is_short = len(parts) > 1 and all(len(part.rstrip(".")) == 1 for part in parts[1:])
    return is_short and _short(" ".join(parts)) in {_short(name) for name in subject.likeness.names}


def _short(name: str) -> str:
    return ru_key(initials(split_full_name(name)))


def _forget_head(subject: Subject, day: date) -> None:
    """Take the name alone: papers then name the only director among the accounts, or leave a blank."""
    Requisites.objects.filter(pk__in=[row.pk for row in _requisites(subject)]).update(director_name="")


def _not_his(_row: Any, _subject: Subject) -> str:
    return ""


def register() -> None:
    """Tell of these tables."""
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
        Holding(
            model=Requisites,
            title=gettext_lazy("Реквизиты школы, где назван руководитель"),
            category=gettext_lazy("фамилия, имя, отчество и должность руководителя в реквизитах школы"),
            find=_requisites,
            destroy=_forget_head,
            show=dict.fromkeys(("full_name", "address", "place", "only"), _not_his),
        ),
    )
