"""Everything that is held on one person, from every table, for a page and for a machine.

Made of the models themselves: each column of each table is shown, or told of where it is a secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Field, Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import Actor, enforce
from core.tenancy import shared
from core.ui.components import Fact
from schools.people.models import Person, Release
from schools.people.selectors import person_for
from schools.rights import policies
from schools.rights.confidences import why_kept
from schools.rights.labels import label_of
from schools.rights.registry import HIDDEN, Holding, Subject, holdings, subject_of
from tenants.transfers.models import TransferCard

_CARDS = 3
# Codes of acts in words; the list belongs to the pages above.
_WORDS: list[Callable[[str], str]] = []


def register_act_words(words: Callable[[str], str]) -> None:
    """Let whoever keeps the words of the record of acts say what a code means."""
    _WORDS[:] = [words]


@dataclass(frozen=True, slots=True)
class Section:
    """One table's rows: in words for people, as they are for machines.

    ``left_out`` is a sentence about what is kept from whoever asks; empty when he is shown all.
    """

    table: str
    title: str
    rows: list[list[Fact]]
    values: list[dict[str, Any]]
    left_out: str = ""

    @property
    def is_long(self) -> bool:
        """Tell whether there are too many rows for a card each."""
        return len(self.rows) > _CARDS


@dataclass(frozen=True, slots=True)
class Printout:
    """Everything held on one person at a moment."""

    person: Person
    made_at: datetime
    sections: list[Section]
    region: list[Fact]

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "person": str(self.person.pk),
            "made_at": self.made_at.isoformat(),
            "held": [
                {"table": each.table, "title": each.title, "rows": each.values, "left_out": each.left_out}
                for each in self.sections
            ],
            "held_by_region": [{"title": str(fact.label), "value": str(fact.value)} for fact in self.region],
        }


def held_on(*, actor: Actor, person_id: UUID) -> Printout:
    """Return everything that the school holds on a person; whoever shows it records that it was shown.

    What the person told in confidence is left out for whoever stands beside him, and a sentence says so.

    :raises Http404: no such person among those whom the actor sees.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_see_everything_held(actor))
    subject = subject_of(person_for(actor=actor, person_id=person_id, permission="rights.view"))
    why = why_kept(actor, subject)
    sections = [_section(holding, subject, why) for holding in holdings()]
    return Printout(subject.person, timezone.now(), sections, _region(subject.person))


def counts_of(subject: Subject) -> list[tuple[Holding, int]]:
    """Return how many rows each table holds of a person; tables with none are left out.

    Who stands beside the person is not told how often he confided: see :func:`counts_for`.
    """
    counted = [(holding, len(list(holding.find(subject)))) for holding in holdings()]
    return [(holding, count) for holding, count in counted if count]


def counts_for(actor: Actor, subject: Subject) -> tuple[list[tuple[Holding, int]], str]:
    """Return the counts that the actor may know, and a sentence about the others; empty when there are none."""
    why, counted = why_kept(actor, subject), counts_of(subject)
    return ([each for each in counted if not each[0].is_confidence], why) if why else (counted, "")


def _section(holding: Holding, subject: Subject, why: str) -> Section:
    table, title = holding.model._meta.label_lower, str(holding.title)
    if why and holding.is_confidence:
        return Section(table, title, [], [], _("Не показано. %(why)s") % {"why": why})
    is_partial = bool(why) and (bool(holding.kept_columns) or holding.is_kept is not None)
    unseen = holding.hidden | holding.kept_columns if why else holding.hidden
    columns = [field for field in holding.model._meta.concrete_fields if field.name not in unseen]
    hidden = [field for field in holding.model._meta.concrete_fields if field.name in holding.hidden]
    rows = holding.find(subject)
    if isinstance(rows, QuerySet):
        rows = rows.select_related(*(field.name for field in columns if field.is_relation))
    is_kept = holding.is_kept if why else None
    found = [row for row in rows if is_kept is None or not is_kept(row)]
    return Section(
        table=table,
        title=title,
        left_out=_("Показано не всё. %(why)s") % {"why": why} if is_partial else "",
        rows=[_facts(row, columns, hidden, holding, subject) for row in found],
        values=[{field.name: _value(row, field, holding, subject) for field in columns} for row in found],
    )


def _facts(
    row: Model, columns: list[Field[Any, Any]], hidden: list[Field[Any, Any]], holding: Holding, subject: Subject
) -> list[Fact]:
    # Numbers of records and «whose» are for programmes: the page is about this person all along.
    told_anyway = [
        field
        for field in columns
        if field.primary_key or (field.is_relation and field.value_from_object(row) == subject.person.pk)
    ]
    shown = [field for field in columns if field not in told_anyway]
    facts = [Fact(label_of(field), _words(row, field, holding, subject)) for field in shown]
    told = [Fact(label_of(field), str(HIDDEN)) for field in hidden if field.value_from_object(row) not in (None, "")]
    return [fact for fact in facts if fact.value != ""] + told


def _words(row: Model, field: Field[Any, Any], holding: Holding, subject: Subject) -> str:
    if field.name not in holding.show:
        if field.is_relation:
            other = getattr(row, field.name)
            return "" if other is None else str(other)
        if field.choices:
            return str(getattr(row, f"get_{field.name}_display")())
        if field.name == "action":
            return _WORDS[0](str(field.value_from_object(row)))
    return _in_words(_raw(row, field, holding, subject))


def _raw(row: Model, field: Field[Any, Any], holding: Holding, subject: Subject) -> Any:
    show = holding.show.get(field.name)
    return show(row, subject) if show is not None else field.value_from_object(row)


def _in_words(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("да") if value else _("нет")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d.%m.%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_in_words(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_in_words(each) for each in value)
    return str(value)


def _value(row: Model, field: Field[Any, Any], holding: Holding, subject: Subject) -> Any:
    value = _raw(row, field, holding, subject)
    if field.is_relation and value is not None:
        value = {"id": value, "name": str(getattr(row, field.name))}
    return json.loads(json.dumps(value, default=_as_json))


def _as_json(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _region(person: Person) -> list[Fact]:
    """Return what the region holds: the same keys, nothing by which they can be read, and cards of open transfers."""
    open_transfers = Release.objects.filter(person=person, settled_at__isnull=True).values_list("pk", flat=True)
    ids = list(open_transfers)
    with shared():
        cards = [card.payload for card in TransferCard.objects.filter(pk__in=ids)]
    return [
        *(Fact(_("Карточка, которую ждёт новая школа"), _in_words(card)) for card in cards),
        Fact(_("Номер карточки"), str(person.pk)),
        Fact(_("Ключ по имени и дате рождения"), person.name_key),
        Fact(_("Ключ по СНИЛС"), person.snils_key or _("нет: СНИЛС не указан")),
        Fact(
            _("Зачем"),
            _(
                "Чтобы человек, известный двум школам, считался в показателях региона один раз. Ключи необратимы: "
                "ни имени, ни даты рождения, ни СНИЛС у региона нет."
            ),
        ),
    ]
