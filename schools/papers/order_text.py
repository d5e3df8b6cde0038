"""The text of the order «Об утверждении наставнических пар (групп)»."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from core.text import FullName
from core.text.declension import Case, in_case, initials
from schools.pairs.models import Order, Pair
from schools.papers.lines import Line, Lines, Piece, line
from schools.papers.requisites import Letterhead
from schools.people.models import Person
from schools.people.selectors import place_of
from tenants.reference.selectors import Form, LegalAct, forms_now, legal_acts_now

_BLANK: Final = "____________"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands above the text: the school, and number and date when the clerk has them."""

    letterhead: Letterhead
    number: str = ""
    signed_on: date | None = None


def title_of_order() -> str:
    """Return what programmes call the document."""
    return _("Приказ об утверждении наставнических пар (групп)")


def title_of_cancelling() -> str:
    """Return what programmes call the document of an order that cancels another."""
    return _("Приказ об отмене приказа")


def lines_of_order(header: Header, pairs: Sequence[Pair]) -> Lines:
    """Return the order on pairs whose people and enrolments are loaded; without number and date these stay blank.

    Mentors stand in the accusative, mentees in the instrumental case, both with initials.
    """
    forms = {form.code: form for form in forms_now(with_withdrawn=True)}
    return (
        *_top(header, _("Об утверждении наставнических пар (групп)")),
        line("paragraph", _("В соответствии с документами:")),
        *(line("paragraph", f"– {_cited(act)};") for act in _basis(pairs, forms)),
        line("heading", _("ПРИКАЗЫВАЮ:")),
        line("clause", _("Утвердить наставнические пары (группы) и закрепить:"), number="1."),
        *_clauses(pairs, forms),
        line(
            "clause", _("Наставникам составить с наставляемыми индивидуальные планы и вести учёт встреч."), number="2."
        ),
        *_bottom(header, 3),
        line("paragraph", _("С приказом ознакомлены:")),
        *(Line(kind="reader", pieces=(_named(person),), post=_BLANK) for person in _mentors(pairs)),
    )


def lines_of_cancelling(header: Header, cancelled: Order) -> Lines:
    """Return the order that cancels another from its own date; it names nobody."""
    words = _("Отменить приказ от %(day)s № %(number)s «Об утверждении наставнических пар (групп)» с %(since)s.") % {
        "day": _day(cancelled.signed_on),
        "number": cancelled.number,
        "since": _day(header.signed_on),
    }
    what = {"day": _day(cancelled.signed_on), "number": cancelled.number}
    return (
        *_top(header, _("Об отмене приказа от %(day)s № %(number)s") % what),
        line("heading", _("ПРИКАЗЫВАЮ:")),
        line("clause", words, number="1."),
        *_bottom(header, 2),
    )


def header_of(letterhead: Letterhead, order: Order | None) -> Header:
    """Return the header of an order; of a draft with blanks."""
    if order is None:
        return Header(letterhead=letterhead)
    return Header(letterhead=letterhead, number=order.number, signed_on=order.signed_on)


def requisites_words(number: str, signed_on: date | None) -> str:
    """Return the line with date and number; blanks for what is not there."""
    return _("от %(day)s № %(number)s") % {"day": _day(signed_on), "number": number or _BLANK}


def reference_of(pairs: Sequence[Pair]) -> dict[str, dict[str, int]]:
    """Return the versions of the reference data that the order on these pairs is made from: by kind and code."""
    forms = {form.code: form for form in forms_now(with_withdrawn=True)}
    used = {pair.form_code for pair in pairs}
    return {
        "legal_acts": {act.code: act.version for act in _basis(pairs, forms)},
        "forms": {form.code: form.version for form in forms.values() if form.code in used},
    }


def _top(header: Header, subject: str) -> list[Line]:
    place = header.letterhead.place
    return [
        line("heading", header.letterhead.school),
        line("name", _("ПРИКАЗ")),
        line("requisites", requisites_words(header.number, header.signed_on)),
        *([line("centred", place)] if place else []),
        line("heading", subject),
    ]


def _bottom(header: Header, number: int) -> list[Line]:
    """Return the clauses that end every order, and the head's signature."""
    read = _("Ответственному за программу наставничества %(blank)s ознакомить участников с приказом под подпись.")
    return [
        line("clause", read % {"blank": _BLANK}, number=f"{number}."),
        line("clause", _("Контроль исполнения приказа оставляю за собой."), number=f"{number + 1}."),
        line("signature", header.letterhead.director or _BLANK, post=header.letterhead.post),
    ]


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else _BLANK


def _clauses(pairs: Sequence[Pair], forms: dict[str, Form]) -> list[Line]:
    """Return the pairs by form: «1.1. По форме …», then each pair as a clause with a number of its own."""
    lines: list[Line] = []
    for index, code in enumerate(dict.fromkeys(pair.form_code for pair in pairs), 1):
        title = forms[code].title if code in forms else code
        lines.append(line("form", _("По форме «%(form)s»:") % {"form": title}, number=f"1.{index}.", form=code))
        own = [pair for pair in pairs if pair.form_code == code]
        lines += [
            Line(kind="pair", pieces=_pair(pair), number=f"1.{index}.{row}.", pair=pair.pk)
            for row, pair in enumerate(own, 1)
        ]
    return lines


def _pair(pair: Pair) -> tuple[Piece, ...]:
    """Return the clause of a pair; what names one of the two stands in pieces of its own."""
    words = _("%(mentor)s (наставник) за %(mentee)s (наставляемый)")
    mentor, mentee = (
        Piece(_placed(person, case), person.pk)
        for person, case in ((pair.mentor, Case.ACCUSATIVE), (pair.mentee, Case.INSTRUMENTAL))
    )
    pieces = _filled_in(words, mentor=mentor, mentee=mentee)
    if pair.role_variant:
        pieces.append(Piece(_(", ролевая модель «%(variant)s»") % {"variant": pair.role_variant}))
    if pair.group is not None:
        # Often called after its mentor.
        named = _(", группа «%(group)s»") % {"group": pair.group.title}
        pieces.append(Piece(named, pair.mentor_id, _(", группа")))
    pieces.append(Piece(_(", с %(start)s") % {"start": f"{pair.starts_on:%d.%m.%Y}"}))
    if pair.ends_on is not None:
        pieces.append(Piece(_(" по %(end)s") % {"end": f"{pair.ends_on:%d.%m.%Y}"}))
    return (*pieces, Piece(";"))


def _filled_in(words: str, **named: Piece) -> list[Piece]:
    """Return a sentence with ``%(name)s`` in it as pieces, wherever a translation puts the names."""
    parts = re.split(r"%\((\w+)\)s", words)
    return [named[part] if place % 2 else Piece(part) for place, part in enumerate(parts) if part]


def _placed(person: Person, case: Case) -> str:
    place = place_of(person, timezone.localdate())
    name = initials(in_case(_name(person), case))
    return f"{name}, {place}" if place else name


def _name(person: Person) -> FullName:
    return FullName(person.surname, person.name, person.patronymic)


def _named(person: Person) -> Piece:
    return Piece(initials(_name(person)), person.pk)


def _mentors(pairs: Iterable[Pair]) -> list[Person]:
    """Return the adults who read the order: the mentors, each once."""
    return list({pair.mentor_id: pair.mentor for pair in pairs}.values())


def _basis(pairs: Sequence[Pair], forms: dict[str, Form], paper: str = "pairs") -> list[LegalAct]:
    """Return the acts that a paper about these pairs cites, as the region's reference data say."""
    used = [forms[code] for code in {pair.form_code for pair in pairs} if code in forms]

    def is_about(act: LegalAct) -> bool:
        if not act.form_codes and not act.mentee_kinds:
            return True
        return any(
            (not act.form_codes or form.code in act.form_codes)
            and (not act.mentee_kinds or set(act.mentee_kinds) & set(form.mentee_kinds))
            for form in used
        )

    return [act for act in legal_acts_now() if paper in act.papers and is_about(act)]


def _cited(act: LegalAct) -> str:
    issued = _(" от %(day)s") % {"day": f"{act.issued_on:%d.%m.%Y}"} if act.issued_on else ""
    return f"{act.title}{issued}" + (f" № {act.number}" if act.number else "")
