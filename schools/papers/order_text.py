"""The text of an order on pairs: what it approves, changes and ends, who answers for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from core.text.declension import Case, initials
from schools.pairs.models import Order, Pair
from schools.papers.duties import ORDERS, PLANS, duties_now
from schools.papers.lines import Line, Lines, Piece, line
from schools.papers.naming import filled_in, name_of, placed
from schools.papers.order_changes import clauses_of_changes, clauses_of_endings, is_change, subject_of
from schools.papers.requisites import Letterhead
from schools.people.models import Person
from tenants.reference.selectors import Form, LegalAct, forms_now, legal_acts_now
from tenants.reference.words import Words, profiles_of_year, words_of

_BLANK: Final = "____________"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands above the text: the school, and number and date when the clerk has them."""

    letterhead: Letterhead
    number: str = ""
    signed_on: date | None = None


def title_of_order() -> str:
    """Return what programmes call the document."""
    return _("Приказ о наставнических парах/группах")


def title_of_cancelling() -> str:
    """Return what programmes call the document of an order that cancels another."""
    return _("Приказ об отмене приказа")


def lines_of_order(
    header: Header, pairs: Sequence[Pair], endings: Sequence[Pair] = (), *, with_changes: bool = True
) -> Lines:
    """Return the order on pairs whose people and enrolments are loaded; without number and date these stay blank.

    Pairs in the place of others (``replaces`` with order and mentor is loaded) are changes of the former order, those
    of ``endings`` end; without ``with_changes`` every pair is one to approve. Mentors stand in the accusative, mentees
    in the instrumental case, both with initials.
    """
    day, forms = timezone.localdate(), {form.code: form for form in forms_now(with_withdrawn=True)}
    changed = [pair for pair in pairs if with_changes and is_change(pair)]
    new = [pair for pair in pairs if pair not in changed]
    replaced = {pair.replaces_id for pair in changed}
    ended = [pair for pair in endings if pair.pk not in replaced]
    number, body = (2, [*_approved(new, forms, day)]) if new else (1, [])
    lines, number = clauses_of_changes(number, changed, day)
    body += lines
    lines, number = clauses_of_endings(number, ended, day)
    body += lines
    subject = subject_of(
        is_new=bool(new),
        changed=[pair.replaces.order for pair in changed if pair.replaces is not None],
        ended=[pair.order for pair in ended],
    )
    paper = "changes" if changed or ended else "pairs"
    return (
        *_top(header, subject),
        line("paragraph", _("В соответствии с документами:")),
        *(line("paragraph", f"– {_cited(act)};") for act in _basis([*pairs, *ended], forms, paper)),
        line("heading", _("ПРИКАЗЫВАЮ:")),
        *body,
        *_duties(number, [*new, *changed], forms, day),
        line("signature", header.letterhead.director or _BLANK, post=header.letterhead.post),
        line("paragraph", _("С приказом ознакомлены:")),
        *(Line(kind="reader", pieces=(_named(person),), post=_BLANK) for person in _mentors([*new, *changed, *ended])),
    )


def lines_of_cancelling(header: Header, cancelled: Order, subject: str = "") -> Lines:
    """Return the order that cancels another from its own date; it names nobody. ``subject`` is the other's title."""
    what = {"day": _day(cancelled.signed_on), "number": cancelled.number}
    words = _("Отменить приказ от %(day)s № %(number)s «%(subject)s» с %(since)s.") % {
        **what,
        "subject": subject or subject_of(is_new=True, changed=(), ended=()),
        "since": _day(header.signed_on),
    }
    read = _("Ответственному за программу наставничества %(blank)s ознакомить участников с приказом под подпись.")
    return (
        *_top(header, _("Об отмене приказа от %(day)s № %(number)s") % what),
        line("heading", _("ПРИКАЗЫВАЮ:")),
        line("clause", words, number="1."),
        line("clause", read % {"blank": _BLANK}, number="2."),
        _control(3),
        line("signature", header.letterhead.director or _BLANK, post=header.letterhead.post),
    )


def title_in(lines: Sequence[Line]) -> str:
    """Return the title of an order, «О(б) …», from its text; empty when there is none."""
    return next((each.text for each in lines[1:] if each.kind == "heading"), "")


def header_of(letterhead: Letterhead, order: Order | None) -> Header:
    """Return the header of an order; of a draft with blanks."""
    if order is None:
        return Header(letterhead=letterhead)
    return Header(letterhead=letterhead, number=order.number, signed_on=order.signed_on)


def requisites_words(number: str, signed_on: date | None) -> str:
    """Return the line with date and number; blanks for what is not there."""
    return _("от %(day)s № %(number)s") % {"day": _day(signed_on), "number": number or _BLANK}


def reference_of(pairs: Sequence[Pair], endings: Sequence[Pair] = ()) -> dict[str, dict[str, int]]:
    """Return the versions of the reference data that the order on these pairs is made from: by kind and code."""
    paper = "changes" if endings or any(is_change(pair) for pair in pairs) else "pairs"
    pairs = [*pairs, *endings]
    forms = {form.code: form for form in forms_now(with_withdrawn=True)}
    used = {pair.form_code for pair in pairs}
    return {
        "legal_acts": {act.code: act.version for act in _basis(pairs, forms, paper)},
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


def _duties(number: int, pairs: Sequence[Pair], forms: dict[str, Form], day: date) -> list[Line]:
    """Return the clauses that follow what is ordered: who does what, until when, and who answers."""
    duties = duties_now(day)
    lines: list[Line] = []

    def add(words: str, *, code: str = "", with_term: bool = False) -> None:
        lines.append(duties.clause(number + len(lines), words, code=code, with_term=with_term))

    used = [forms[code] for code in dict.fromkeys(pair.form_code for pair in pairs) if code in forms]
    words = words_of(profiles_of_year(), {kind for form in used for kind in form.mentee_kinds} if used else None)
    if pairs:
        plans = _("Наставникам составить с наставляемыми на каждую пару: %(plan)s; вести учёт встреч.")
        add(plans % {"plan": " / ".join(_plans_of(used))}, code=PLANS, with_term=True)
    if any("teacher" in form.mentee_kinds and "teacher" in form.mentor_kinds for form in used):
        add(_("Получить письменные согласия педагогов на дополнительную работу по наставничеству."), with_term=True)
    add(_curators(words, is_new=bool(pairs)), code=ORDERS)
    add(_("Ознакомить участников с приказом под подпись."), with_term=True)
    return [*lines, _control(number + len(lines))]


def _plans_of(forms: Sequence[Form]) -> list[str]:
    """Return what a pair of each form has to write, each once."""
    found = (words_of(profiles_of_year(), form.mentee_kinds) for form in forms)
    names = [each.programme if each.is_personalised else _("индивидуальный план развития") for each in found]
    return list(dict.fromkeys(names)) or [_("индивидуальный план развития")]


def _curators(words: Words, *, is_new: bool) -> str:
    if not is_new:
        return _("Кураторам внести изменения в %(base)s наставников и наставляемых.") % {"base": words.to_base}
    return _(
        "Кураторам форм наставничества внести пары (группы) в %(base)s наставников и наставляемых, сопровождать их, "
        "следить за планами и встречами, проводить опросы участников и докладывать о ходе работы."
    ) % {"base": words.to_base}


def _control(number: int) -> Line:
    return line("clause", _("Контроль исполнения приказа оставляю за собой."), number=f"{number}.")


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else _BLANK


def _approved(pairs: Sequence[Pair], forms: dict[str, Form], day: date) -> list[Line]:
    """Return the pairs by form: «1.1. По форме …», then each pair as a clause with a number of its own."""
    lines = [line("clause", _("Утвердить наставнические пары/группы и закрепить:"), number="1.")]
    for index, code in enumerate(dict.fromkeys(pair.form_code for pair in pairs), 1):
        title = forms[code].title if code in forms else code
        lines.append(line("form", _("По форме «%(form)s»:") % {"form": title}, number=f"1.{index}.", form=code))
        own = [pair for pair in pairs if pair.form_code == code]
        lines += [
            Line(kind="pair", pieces=_pair(pair, day), number=f"1.{index}.{row}.", pair=pair.pk)
            for row, pair in enumerate(own, 1)
        ]
    return lines


def _pair(pair: Pair, day: date) -> tuple[Piece, ...]:
    """Return the clause of a pair; what names one of the two stands in pieces of its own."""
    words = _("%(mentor)s (наставник) за %(mentee)s (наставляемый)")
    mentor, mentee = (
        Piece(placed(person, case, day), person.pk)
        for person, case in ((pair.mentor, Case.ACCUSATIVE), (pair.mentee, Case.INSTRUMENTAL))
    )
    pieces = filled_in(words, mentor=mentor, mentee=mentee)
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


def _named(person: Person) -> Piece:
    return Piece(initials(name_of(person)), person.pk)


def _mentors(pairs: Iterable[Pair]) -> list[Person]:
    """Return the adults who read the order: the mentors, each once."""
    return list({pair.mentor_id: pair.mentor for pair in pairs}.values())


def _basis(pairs: Sequence[Pair], forms: dict[str, Form], paper: str) -> list[LegalAct]:
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
