"""An order's text as lines that can be kept: what is written, which pair a clause is about, whom a run of text names.

Nothing of it is looked up or translated again: kept lines give the same paper for ever. Needs no database.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from uuid import UUID

from core.papers import Block, Heading, Numbered, Paper, Paragraph, Signature

FORMAT: Final = 1
"""Which shape of lines is written; older shapes stay readable."""

# ``name`` is the word «ПРИКАЗ», ``requisites`` its date and number, ``form`` a clause that announces pairs, ``reader``
# somebody who signs that he has read; the others are what they are called.
Kind = Literal["heading", "name", "requisites", "centred", "paragraph", "clause", "form", "pair", "signature", "reader"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``person`` is whom it names, ``instead`` what stands there when his data are destroyed.

    Of a member of staff whose login was tied to no card when the order was signed, ``person`` is the login.
    """

    text: str
    person: UUID | None = None
    instead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A block of the paper. ``pair`` is of a clause about a pair, ``form`` the code of the form that one announces.

    ``post`` is of a signature: what stands on its left.
    """

    kind: Kind
    pieces: tuple[Piece, ...]
    number: str = ""
    pair: UUID | None = None
    form: str = ""
    post: str = ""

    @property
    def text(self) -> str:
        """Return the words of the line."""
        return "".join(piece.text for piece in self.pieces)


Lines = tuple[Line, ...]


def line(kind: Kind, text: str, **more: Any) -> Line:
    """Return a line that names nobody."""
    return Line(kind=kind, pieces=(Piece(text),), **more)


def paper_of(title: str, lines: Sequence[Line], *, above: Sequence[Block] = ()) -> Paper:
    """Return the lines as a document; ``above`` stands over them."""
    return Paper(title, (*above, *(_block(each) for each in lines)))


def _block(each: Line) -> Block:
    match each.kind:
        case "heading" | "name":
            return Heading(each.text)
        case "requisites" | "centred":
            return Paragraph(each.text, "centre")
        case "clause" | "form" | "pair":
            return Numbered(each.number, each.text, depth=each.number.count(".") - 1)
        case "signature" | "reader":
            return Signature(each.post, each.text)
        case _:
            return Paragraph(each.text)


def extract_of(lines: Sequence[Line], pairs: Collection[UUID], name: str) -> Lines:
    """Return what somebody sees who sees only some of the pairs, under another name than «ПРИКАЗ».

    Numbers stay those of the order; a form without a pair and a reader who is in none of the clauses are left out.
    """
    shown = [each for each in lines if each.kind == "pair" and each.pair in pairs]
    forms = {each.number.rpartition(".")[0].rpartition(".")[0] for each in shown}
    people = {piece.person for each in shown for piece in each.pieces} - {None}
    kept = []
    for each in lines:
        if each.kind == "name":
            kept.append(replace(each, pieces=(Piece(name),)))
        elif each.kind == "pair":
            kept += [each] if each in shown else []
        elif each.kind == "form":
            kept += [each] if each.number.rstrip(".") in forms else []
        elif each.kind != "reader" or each.pieces[0].person in people:
            kept.append(each)
    return tuple(kept)


def pairs_in(lines: Sequence[Line]) -> set[UUID]:
    """Return the pairs that the text is about."""
    return {each.pair for each in lines if each.pair is not None}


def people_in(lines: Sequence[Line]) -> set[UUID]:
    """Return the people whom the text names."""
    return {piece.person for each in lines for piece in each.pieces if piece.person is not None}


def grown(lines: Sequence[Line], more: Sequence[Line]) -> Lines:
    """Return the lines with pairs that came under the order later; every number that was there stays.

    :param more: forms, each followed by its pairs, then readers; their own numbers do not matter.
    """
    known = list(lines)
    under = ""
    for each in more:
        if each.kind == "form":
            under = each.form
            if not any(row.kind == "form" and row.form == under for row in known):
                forms = sum(row.kind == "form" for row in known)
                known.insert(_end_of_clauses(known), replace(each, number=f"1.{forms + 1}."))
        elif each.kind == "pair":
            at = next(place for place, row in enumerate(known) if row.kind == "form" and row.form == under)
            last = at
            while last + 1 < len(known) and known[last + 1].kind == "pair":
                last += 1
            known.insert(last + 1, replace(each, number=f"{known[at].number}{last - at + 1}."))
        elif each.kind == "reader" and each.pieces[0].person not in _readers(known):
            known.append(each)
    return tuple(known)


def _end_of_clauses(lines: Sequence[Line]) -> int:
    """Return where the next form goes: behind all forms and their pairs, or behind the clause that announces them."""
    places = [place for place, each in enumerate(lines) if each.kind in ("form", "pair") or each.number == "1."]
    return places[-1] + 1


def _readers(lines: Sequence[Line]) -> set[UUID | None]:
    return {each.pieces[0].person for each in lines if each.kind == "reader"}


def renamed(lines: Sequence[Line], words: str) -> Lines:
    """Return the lines with another date and number."""
    return tuple(replace(each, pieces=(Piece(words),)) if each.kind == "requisites" else each for each in lines)


def without(lines: Sequence[Line], people: Collection[UUID], instead: str) -> Lines:
    """Return the lines with nothing of the people in them: where one was named stands ``instead``."""

    def emptied(piece: Piece) -> Piece:
        return Piece(piece.instead or instead) if piece.person in people else piece

    return tuple(replace(each, pieces=tuple(map(emptied, each.pieces))) for each in lines)


def with_person(lines: Sequence[Line], kept: UUID, gone: UUID) -> Lines:
    """Return the lines with what names one id said of the other."""

    def told(piece: Piece) -> Piece:
        return replace(piece, person=kept) if piece.person == gone else piece

    return tuple(replace(each, pieces=tuple(map(told, each.pieces))) for each in lines)


def with_pair(lines: Sequence[Line], kept: UUID, gone: UUID) -> Lines:
    """Return the lines with clauses about one row of a pair said of the other."""
    return tuple(replace(each, pair=kept) if each.pair == gone else each for each in lines)


def as_data(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return the lines as JSON holds them; what is empty is left out."""
    return [_filled(_line_data(each)) for each in lines]


def _line_data(each: Line) -> dict[str, Any]:
    pieces = [_filled({"text": p.text, "person": str(p.person or ""), "instead": p.instead}) for p in each.pieces]
    return {
        "kind": each.kind,
        "number": each.number,
        "pair": str(each.pair or ""),
        "form": each.form,
        "post": each.post,
        "pieces": pieces,
    }


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def from_data(data: Sequence[dict[str, Any]]) -> Lines:
    """Return lines from JSON."""
    return tuple(
        Line(
            kind=each["kind"],
            number=each.get("number", ""),
            pair=_id(each.get("pair")),
            form=each.get("form", ""),
            post=each.get("post", ""),
            pieces=tuple(
                Piece(piece.get("text", ""), _id(piece.get("person")), piece.get("instead", ""))
                for piece in each.get("pieces", ())
            ),
        )
        for each in data
    )


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
