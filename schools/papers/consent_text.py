"""The text of a consent document: what 152-ФЗ, ст. 9 ч. 4 asks for, with blanks for what the school does not store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from core.papers import Block, Heading, NewPage, Numbered, Paper, Paragraph, Signature
from core.text import FullName
from core.text.declension import initials
from schools.papers.requisites import Letterhead
from schools.people.domain import is_adult_on
from schools.people.models import Guardianship, Person
from schools.people.selectors import representing_q
from tenants.reference.selectors import ConsentKind

_BLANK: Final = "____________________"
_LONG_BLANK: Final = "_" * 60


@dataclass(frozen=True, slots=True)
class Representative:
    """Who signs for a child; both empty when that is not known: then blanks are printed."""

    name: FullName | None = None
    kinship: str = ""

    @property
    def full_name(self) -> str:
        """Return the name in one line; nobody's is empty."""
        name = self.name
        return " ".join(filter(None, (name.surname, name.first_name, name.patronymic))) if name else ""


def paper_of_consents(*, school: Letterhead, kind: ConsentKind, people: Sequence[Person], day: date) -> Paper:
    """Return the documents of one kind, one page or more for each person; read at signing age on the day.

    Up to 18 the legal representative signs, by name when the card knows exactly one; from 18 the person himself.
    """
    known = _representatives([person.pk for person in people], day)
    blocks: list[Block] = []
    for person in people:
        if blocks:
            blocks.append(NewPage())
        signer = None if is_adult_on(person.birth_date, day) else known.get(person.pk, Representative())
        blocks += _document(school, kind, person, signer)
    return Paper(_heading(kind), tuple(blocks))


def _representatives(ids: Collection[UUID], day: date) -> dict[UUID, Representative]:
    """Return the only representative of each; of two nobody knows who will sign."""
    rows = Guardianship.objects.filter(representing_q(day), ward__in=ids, guardian__destroyed_at__isnull=True)
    found: dict[UUID, list[Representative]] = {}
    for row in rows.select_related("guardian"):
        found.setdefault(row.ward_id, []).append(Representative(_name(row.guardian), row.kinship))
    return {ward: several[0] for ward, several in found.items() if len(several) == 1}


def _document(school: Letterhead, kind: ConsentKind, person: Person, signer: Representative | None) -> list[Block]:
    """Return one person's document; ``signer`` is None for somebody who signs for himself."""
    signs = _name(person) if signer is None else signer.name
    return [
        Heading(_heading(kind)),
        Paragraph(_("№ %(blank)s от «____» ____________ 20___ г.") % {"blank": "____________"}, "centre"),
        *(_by_oneself(person) if signer is None else _by_representative(person, signer)),
        Paragraph(
            _("даю свободно, своей волей и в своём интересе согласие оператору: %(school)s, адрес: %(address)s.")
            % {"school": school.school, "address": school.address or _LONG_BLANK}
        ),
        *_section("1.", _("Цель"), kind.purpose),
        *_section("2.", _("Перечень персональных данных"), kind.data_list),
        *_section("3.", _("Действия с данными и способы обработки"), kind.actions),
        *_section(
            "4.",
            _("Кто обрабатывает данные по поручению оператора, если это поручено (наименование, адрес)"),
            kind.processor,
        ),
        *_section("5.", _("Срок действия согласия"), kind.term),
        *_section("6.", _("Как отозвать согласие"), kind.withdrawal),
        Signature(_("Подпись"), initials(signs) if signs else _BLANK),
        Paragraph(_("Дата подписи: «____» ____________ 20___ г.")),
    ]


def _by_oneself(person: Person) -> list[Block]:
    return [Paragraph(_("Я, %(name)s,") % {"name": _whole(person)}), *_identity()]


def _by_representative(person: Person, signer: Representative) -> list[Block]:
    return [
        Paragraph(_("Я, %(name)s,") % {"name": signer.full_name or _LONG_BLANK}),
        *_identity(),
        Paragraph(
            _("законный представитель (кем приходится: %(kinship)s; документ, подтверждающий полномочия: %(blank)s),")
            % {"kinship": signer.kinship or _BLANK, "blank": _LONG_BLANK}
        ),
        Paragraph(
            _("действуя за несовершеннолетнего: %(name)s, дата рождения %(born)s,")
            % {"name": _whole(person), "born": f"{person.birth_date:%d.%m.%Y}"}
        ),
        *_identity(),
    ]


def _identity() -> list[Block]:
    """Return the blanks for what the school does not store: address and identity document."""
    return [
        Paragraph(_("адрес: %(blank)s,") % {"blank": _LONG_BLANK}),
        Paragraph(
            _("документ, удостоверяющий личность (вид, номер): %(blank)s, кем и когда выдан: %(long)s,")
            % {"blank": _BLANK, "long": _LONG_BLANK}
        ),
    ]


def _section(number: str, title: str, text: str) -> list[Block]:
    lines = [line for line in text.splitlines() if line.strip()] or [_LONG_BLANK]
    return [Numbered(number, f"{title}:"), *(Paragraph(line) for line in lines)]


def _heading(kind: ConsentKind) -> str:
    return kind.heading or _("Согласие: %(title)s") % {"title": kind.title}


def _name(person: Person) -> FullName:
    return FullName(person.surname, person.name, person.patronymic)


def _whole(person: Person) -> str:
    return " ".join(filter(None, (person.surname, person.name, person.patronymic)))
