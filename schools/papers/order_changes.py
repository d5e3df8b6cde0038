"""What an order says of pairs that change: another mentor from a day on, and the end of pairs, by the order before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from core.text.declension import Case
from schools.pairs.domain import EndCode
from schools.pairs.models import Order, Pair
from schools.papers.lines import Line, Piece, line
from schools.papers.naming import filled_in, placed

_BLANK: Final = "____________"


def is_change(pair: Pair) -> bool:
    """Tell whether a pair takes the place of one with another mentor; ``replaces`` is loaded."""
    return pair.replaces is not None and pair.replaces.mentor_id != pair.mentor_id


def reference(order: Order | None) -> str:
    """Return «от 10.09.2026 № 84-од»."""
    if order is None or order.signed_on is None:
        return _("от %(day)s № %(number)s") % {"day": _BLANK, "number": _BLANK}
    return _("от %(day)s № %(number)s") % {"day": f"{order.signed_on:%d.%m.%Y}", "number": order.number}


def subject_of(*, is_new: bool, changed: Sequence[Order | None], ended: Sequence[Order | None]) -> str:
    """Return the title of an order: what it approves, changes and ends; ``changed`` and ``ended`` are by what order."""
    if not changed and not ended:
        return _("Об утверждении наставнических пар/групп")
    if not changed and not is_new:
        return _("О прекращении наставничества")
    earlier = list(dict.fromkeys(map(reference, (*changed, *ended))))
    what = (
        _("внесении изменений в приказ %(order)s") % {"order": earlier[0]}
        if len(earlier) == 1
        else _("внесении изменений в приказы о наставнических парах/группах")
    )
    return _("Об утверждении наставнических пар/групп и о %(what)s" if is_new else "О %(what)s") % {"what": what}


def clauses_of_changes(number: int, pairs: Sequence[Pair], day: date) -> tuple[list[Line], int]:
    """Return clauses «Внести изменения в приказ …», one for each former order, and the number of the next clause."""
    lines: list[Line] = []
    for order, rows in _by_order(pairs, lambda pair: pair.replaces.order if pair.replaces else None):
        words = _("Внести изменения в приказ %(order)s, сменить наставника:") % {"order": order}
        lines.append(line("form", words, number=f"{number}."))
        lines += [
            Line(kind="pair", pieces=_changed(pair, day), number=f"{number}.{row}.", pair=pair.pk)
            for row, pair in enumerate(rows, 1)
        ]
        number += 1
    return lines, number


def clauses_of_endings(number: int, pairs: Sequence[Pair], day: date) -> tuple[list[Line], int]:
    """Return clauses «Прекратить наставничество …», one for each former order, and the number of the next clause."""
    lines: list[Line] = []
    for order, rows in _by_order(pairs, lambda pair: pair.order):
        words = _("Прекратить наставничество, закреплённое приказом %(order)s:") % {"order": order}
        lines.append(line("form", words, number=f"{number}."))
        lines += [
            Line(kind="pair", pieces=_ended(pair, day), number=f"{number}.{row}.", pair=pair.pk)
            for row, pair in enumerate(rows, 1)
        ]
        number += 1
    return lines, number


def _by_order(pairs: Iterable[Pair], order_of: Callable[[Pair], Order | None]) -> list[tuple[str, list[Pair]]]:
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(reference(order_of(pair)), []).append(pair)
    return list(found.items())


def _changed(pair: Pair, day: date) -> tuple[Piece, ...]:
    """Return «Петрову А. Б. (наставник) за Ивановым П. С. (наставляемый) вместо Сидоровой В. Г., с …»."""
    former = pair.replaces
    if former is None:
        raise LookupError("a change has a pair before it")
    words = _("закрепить %(mentor)s (наставник) за %(mentee)s (наставляемый) вместо %(former)s")
    pieces = filled_in(
        words,
        mentor=Piece(placed(pair.mentor, Case.ACCUSATIVE, day), pair.mentor_id),
        mentee=Piece(placed(pair.mentee, Case.INSTRUMENTAL, day), pair.mentee_id),
        former=Piece(placed(former.mentor, Case.GENITIVE, None), former.mentor_id),
    )
    if pair.is_substitute:
        pieces.append(Piece(_(", на время замещения")))
    pieces.append(Piece(_(", с %(start)s") % {"start": f"{pair.starts_on:%d.%m.%Y}"}))
    if pair.ends_on is not None:
        pieces.append(Piece(_(" по %(end)s") % {"end": f"{pair.ends_on:%d.%m.%Y}"}))
    return (*pieces, Piece(";"))


def _ended(pair: Pair, day: date) -> tuple[Piece, ...]:
    words = _("%(mentor)s (наставник) и %(mentee)s (наставляемый), последний день %(day)s, основание: %(why)s;")
    last = f"{pair.ends_on:%d.%m.%Y}" if pair.ends_on else _BLANK
    return tuple(
        filled_in(
            words,
            mentor=Piece(placed(pair.mentor, None, day), pair.mentor_id),
            mentee=Piece(placed(pair.mentee, None, day), pair.mentee_id),
            day=Piece(last),
            why=Piece(_neutral(pair.end_code)),
        )
    )


def _neutral(code: str) -> str:
    """Return why a pair ended for everybody who reads the order: it blames nobody, and own words stay in the school."""
    return {
        EndCode.COMPLETED.value: _("программа завершена"),
        EndCode.MENTEE_WISH.value: _("по желанию участника"),
        EndCode.MENTOR_WISH.value: _("по желанию участника"),
        EndCode.MENTOR_CHANGED.value: _("смена наставника"),
        EndCode.LEFT.value: _("участник выбыл из школы"),
    }.get(code, _("решение школы"))
