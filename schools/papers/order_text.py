"""The text of the order «Об утверждении наставнических пар (групп)»."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from core.papers import Block, Heading, Numbered, Paper, Paragraph, Signature
from core.text import FullName
from core.text.declension import Case, in_case, initials
from schools.pairs.models import Order, Pair
from schools.papers.requisites import Letterhead
from schools.people.models import Person
from schools.people.selectors import place_of
from tenants.reference.selectors import Form, LegalAct, forms_now, legal_acts_now

# About mentoring among employees alone; cited when an order approves such pairs.
_OF_TEACHERS: Final = frozenset({"az-1128-08", "tk-351-8"})
# Of the shipped acts those that no order on pairs rests on: recommendations, and the law about consents.
_NOT_CITED: Final = frozenset({"mr-42-02", "156-fz"})
_BLANK: Final = "____________"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands above the text: the school, and number and date when the clerk has them."""

    letterhead: Letterhead
    number: str = ""
    signed_on: date | None = None


def paper_of_order(header: Header, pairs: Sequence[Pair]) -> Paper:
    """Return the order on pairs whose people and enrolments are loaded; without number and date these stay blank.

    Mentors stand in the accusative, mentees in the instrumental case, both with initials.
    """
    forms = {form.code: form for form in forms_now(with_withdrawn=True)}
    blocks: list[Block] = [
        Heading(header.letterhead.school),
        Heading(_("ПРИКАЗ")),
        Paragraph(
            _("от %(day)s № %(number)s")
            % {
                "day": f"{header.signed_on:%d.%m.%Y}" if header.signed_on else _BLANK,
                "number": header.number or _BLANK,
            },
            "centre",
        ),
        *([Paragraph(header.letterhead.place, "centre")] if header.letterhead.place else []),
        Heading(_("Об утверждении наставнических пар (групп)")),
        Paragraph(_("В соответствии с документами:")),
        *(Paragraph(f"– {_cited(act)};") for act in _basis(pairs, forms)),
        Heading(_("ПРИКАЗЫВАЮ:")),
        Numbered("1.", _("Утвердить наставнические пары (группы) и закрепить:")),
        *_clauses(pairs, forms),
        Numbered("2.", _("Наставникам составить с наставляемыми индивидуальные планы и вести учёт встреч.")),
        Numbered(
            "3.",
            _("Ответственному за программу наставничества %(blank)s ознакомить участников с приказом под подпись.")
            % {"blank": _BLANK},
        ),
        Numbered("4.", _("Контроль исполнения приказа оставляю за собой.")),
        Signature(header.letterhead.post, header.letterhead.director or _BLANK),
        Paragraph(_("С приказом ознакомлены:")),
        *(Signature(_BLANK, initials(_name(person))) for person in _everybody(pairs)),
    ]
    return Paper(_("Приказ об утверждении наставнических пар (групп)"), tuple(blocks))


def header_of(letterhead: Letterhead, order: Order | None) -> Header:
    """Return the header of an order; of a draft with blanks."""
    if order is None:
        return Header(letterhead=letterhead)
    return Header(letterhead=letterhead, number=order.number, signed_on=order.signed_on)


def _clauses(pairs: Sequence[Pair], forms: dict[str, Form]) -> list[Block]:
    """Return the pairs by form: «1.1. По форме …», then each pair as a clause with a number of its own."""
    blocks: list[Block] = []
    for index, code in enumerate(dict.fromkeys(pair.form_code for pair in pairs), 1):
        title = forms[code].title if code in forms else code
        blocks.append(Numbered(f"1.{index}.", _("По форме «%(form)s»:") % {"form": title}, depth=1))
        own = [pair for pair in pairs if pair.form_code == code]
        blocks += [Numbered(f"1.{index}.{row}.", _pair(pair), depth=2) for row, pair in enumerate(own, 1)]
    return blocks


def _pair(pair: Pair) -> str:
    words = _("%(mentor)s (наставник) за %(mentee)s (наставляемый)") % {
        "mentor": _placed(pair.mentor, Case.ACCUSATIVE),
        "mentee": _placed(pair.mentee, Case.INSTRUMENTAL),
    }
    if pair.role_variant:
        words += _(", ролевая модель «%(variant)s»") % {"variant": pair.role_variant}
    if pair.group is not None:
        words += _(", группа «%(group)s»") % {"group": pair.group.title}
    words += _(", с %(start)s") % {"start": f"{pair.starts_on:%d.%m.%Y}"}
    if pair.ends_on is not None:
        words += _(" по %(end)s") % {"end": f"{pair.ends_on:%d.%m.%Y}"}
    return f"{words};"


def _placed(person: Person, case: Case) -> str:
    place = place_of(person, timezone.localdate())
    name = initials(in_case(_name(person), case))
    return f"{name}, {place}" if place else name


def _name(person: Person) -> FullName:
    return FullName(person.surname, person.name, person.patronymic)


def _everybody(pairs: Iterable[Pair]) -> list[Person]:
    """Return the adults who read the order: the mentors, each once."""
    return list({pair.mentor_id: pair.mentor for pair in pairs}.values())


def _basis(pairs: Sequence[Pair], forms: dict[str, Form]) -> list[LegalAct]:
    of_teachers = any("teacher" in forms[pair.form_code].mentee_kinds for pair in pairs if pair.form_code in forms)
    left_out = _NOT_CITED if of_teachers else _NOT_CITED | _OF_TEACHERS
    return [act for act in legal_acts_now() if act.code not in left_out]


def _cited(act: LegalAct) -> str:
    issued = _(" от %(day)s") % {"day": f"{act.issued_on:%d.%m.%Y}"} if act.issued_on else ""
    return f"{act.title}{issued}" + (f" № {act.number}" if act.number else "")
