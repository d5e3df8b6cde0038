"""Finds what a sheet is, where its header row stands and which column means what.

A guess is only a proposal: the person who uploaded the file sees it and may correct it, and parsing takes the corrected
`Layout`, never the guess itself.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final

from core.spreadsheets import Cell, Sheet
from core.text import ru_key
from schools.imports.domain.class_names import class_in_name, class_in_title
from schools.imports.domain.fields import FIELDS, REQUIRED, Field, SheetKind, gettext_noop
from schools.people.domain import class_title

HEADER_SEARCH_ROWS: Final = 15
# Our own headings: of the last column in the file of refused rows, which adds nothing to what its source had, and of
# the sheet of remarks in it, which is no list.
REASON_HEADING: Final = gettext_noop("Почему не загружено")
PLACE_HEADINGS: Final = (
    gettext_noop("Файл"),
    gettext_noop("Лист"),
    gettext_noop("Строка"),
    gettext_noop("Замечание"),
)
_WIDEST_HEADER: Final = 60
_INITIALS = re.compile(r"\bф и о\b")
_NOT_WORD = re.compile(r"[^\w№]+")
_MENTEE = re.compile(r"наставляем|подопечн|менти")
_MENTOR = re.compile(r"наставник|наставниц|ментор")
_HEADER_STEMS = re.compile(r"фио|ф\W*и\W*о|фамил|имя|рожд|наставник|наставляем|участник|обучающ|д\W?р")
_PUPIL_SHEET = re.compile(r"обуч|учен|учащ|контингент|воспит|дети|класс|^\d{1,2}\W*[а-я]?$")
_TEACHER_SHEET = re.compile(r"педаг|учител|сотрудн|работник|кадр|персонал|преподав")
_CONSENT_HINT = re.compile(r"соглас|подписал|отзыв|представител")


@dataclass(frozen=True, slots=True)
class Layout:
    """How one sheet is read: `header_row` is Excel's number, `columns` maps a field's id to a 0-based column.

    `class_name` is the class of everybody on a sheet of pupils that has no column for it.
    """

    kind: SheetKind
    header_row: int
    columns: Mapping[str, int] = field(default_factory=dict)
    class_name: str = ""

    def missing(self) -> list[tuple[str, ...]]:
        """Return the required fields that no column stands for, each with its alternatives."""
        return [choice for choice in REQUIRED[self.kind] if not any(name in self.columns for name in choice)]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column as the sheet shows it: 0-based index, letter and the text of its heading."""

    index: int
    letter: str
    text: str


Remembered = Mapping[str, tuple[SheetKind | None, Mapping[str, int]]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a sheet, None: not to read it; `headings_key` of the headings it goes by, "" without any."""

    layout: Layout | None
    headings_key: str = ""
    is_remembered: bool = False


def guess_layout(sheet: Sheet, file_name: str = "", remembered: Remembered | None = None) -> Layout | None:
    """Return the most likely reading of a sheet, or None when nothing in its first rows looks like a header.

    :param remembered: as for `proposed_layout`.
    """
    return proposed_layout(sheet, file_name, remembered or {}).layout


def proposed_layout(sheet: Sheet, file_name: str, remembered: Remembered) -> Proposal:
    """Return how a sheet is to be read.

    :param remembered: how the school reads sheets with certain headings, by `headings_key`, or sheets of a certain
        name with them, by `key_of_sheet`; None: it leaves them out. It goes before any guess.
    """
    known = _remembered_proposal(sheet, remembered) if remembered else None
    if known is not None:
        return known
    layout = _guessed_layout(sheet, file_name)
    if layout is None:
        return Proposal(None)
    return Proposal(with_class_of_sheet(layout, sheet), headings_key(sheet, layout.header_row))


def headings_key(sheet: Sheet, header_row: int) -> str:
    """Return what tells the headings of a row (Excel's number) from all others: 32 hex digits, or "" for no headings.

    A hash, because a row taken for headings by mistake may hold names, and nobody is to be remembered with it.
    """
    texts = [fold_heading(text) for text in own_headings(sheet, header_row)]
    if sum(map(bool, texts)) < 2:
        return ""
    return blake2b("\n".join(texts).encode(), digest_size=16).hexdigest()


def key_of_sheet(key: str, name: str) -> str:
    """Return what tells sheets of one name with certain headings (their `headings_key`) from others with the same."""
    return blake2b(f"{key}\n{ru_key(name).strip()}".encode(), digest_size=16).hexdigest() if key else ""


def own_headings(sheet: Sheet, header_row: int) -> list[str]:
    """Return the texts of a row of headings (Excel's number) up to the last one, without the reasons that we added."""
    texts = [heading.text for heading in headings_of(sheet, header_row)]
    while texts and texts[-1] in ("", REASON_HEADING):
        texts.pop()
    return texts


def reason_column(sheet: Sheet, header_row: int) -> int | None:
    """Return the 0-based column of the reasons that we added to a file of refused rows; None in any other sheet."""
    texts = (heading.index for heading in headings_of(sheet, header_row) if heading.text == REASON_HEADING)
    return next(texts, None)


def with_class_of_sheet(layout: Layout, sheet: Sheet) -> Layout:
    """Return a layout with the class that the sheet's name or title says, when it holds pupils and no class column."""
    if layout.kind is not SheetKind.PUPILS or "class_name" in layout.columns:
        return replace(layout, class_name="")
    titles = (cell for row in sheet.rows[: layout.header_row - 1] for cell in row if isinstance(cell, str) and cell)
    named = class_in_name(sheet.name) or next(filter(None, map(class_in_title, titles)), "")
    return replace(layout, class_name=named)


def _remembered_proposal(sheet: Sheet, remembered: Remembered) -> Proposal | None:
    for header_row in range(1, min(HEADER_SEARCH_ROWS, len(sheet.rows)) + 1):
        key = headings_key(sheet, header_row)
        found = remembered.get(key_of_sheet(key, sheet.name)) or remembered.get(key)
        if found is None:
            continue
        kind, columns = found
        layout = None if kind is None else with_class_of_sheet(Layout(kind, header_row, columns), sheet)
        return Proposal(layout, key, is_remembered=True)
    return None


def _guessed_layout(sheet: Sheet, file_name: str) -> Layout | None:
    best: tuple[int, Layout] | None = None
    if [str(cell) for cell in sheet.rows[0][: len(PLACE_HEADINGS)]] == [*PLACE_HEADINGS] if sheet.rows else False:
        return None
    for index, row in enumerate(sheet.rows[:HEADER_SEARCH_ROWS]):
        if not _may_be_header(row):
            continue
        texts = _header_texts(sheet.rows, index)
        for layout in _readings(texts, index + 1, sheet.name, file_name):
            score = 4 * len(layout.columns) - 3 * len(layout.missing())
            if layout.columns and (best is None or score > best[0]):
                best = (score, layout)
    return best[1] if best and len(best[1].columns) >= 2 and best[0] > 0 else None


def guess_columns(headings: Sequence[str], kind: SheetKind) -> dict[str, int]:
    """Return the columns of a known kind of sheet for the texts of its header row."""
    texts = [fold_heading(text) for text in headings]
    sides = _sides(texts) if kind is SheetKind.PAIRS else [""] * len(texts)
    bare = [_without_side(text) if kind is SheetKind.PAIRS else text for text in texts]
    columns: dict[str, int] = {}
    ranked = sorted(
        (rank, order, position, candidate.id)
        for order, candidate in enumerate(FIELDS[kind])
        for position in range(len(texts))
        if (rank := _rank(candidate, texts[position], bare[position], sides[position])) is not None
    )
    taken: set[int] = set()
    for _rank_of, _order, position, field_id in ranked:
        if field_id not in columns and position not in taken:
            columns[field_id] = position
            taken.add(position)
    return _prefer_split_names(columns)


def headings_of(sheet: Sheet, header_row: int) -> list[Heading]:
    """Return the columns of a sheet for the person who corrects the guess; `header_row` is Excel's number."""
    if not 1 <= header_row <= len(sheet.rows):
        return []
    texts = _header_texts(sheet.rows, header_row - 1)
    return [Heading(index, column_letter(index), " ".join(text.split())) for index, text in enumerate(texts)]


def relayout(sheet: Sheet, kind: SheetKind, header_row: int) -> Layout:
    """Guess the columns again for a kind and a header row that a person has chosen."""
    columns = guess_columns([heading.text for heading in headings_of(sheet, header_row)], kind)
    return with_class_of_sheet(Layout(kind, header_row, columns), sheet)


def fold_heading(text: str) -> str:
    """Return a heading in lower case with «е» for «ё», its punctuation as single spaces."""
    return _INITIALS.sub("фио", _NOT_WORD.sub(" ", ru_key(text)).strip())


def column_letter(index: int) -> str:
    """Return Excel's name of a 0-based column: 0 is A, 26 is AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _may_be_header(row: Sequence[Cell]) -> bool:
    texts = [cell for cell in row[:_WIDEST_HEADER] if isinstance(cell, str) and cell]
    return len(texts) >= 2 and any(_HEADER_STEMS.search(ru_key(text)) for text in texts)


def _header_texts(rows: Sequence[Sequence[Cell]], index: int) -> list[str]:
    """Return the headings of a row; the row above fills its gaps and names the sides of a two-storey header."""
    own = [cell if isinstance(cell, str) else "" for cell in rows[index][:_WIDEST_HEADER]]
    above = [cell if isinstance(cell, str) else "" for cell in rows[index - 1][:_WIDEST_HEADER]] if index else []
    if sum(1 for cell in above if cell) < 2:
        return own
    group = ""
    texts = []
    for text, upper in zip(own, above, strict=False):
        group = upper or group
        folded = fold_heading(group)
        is_side = bool(_MENTOR.search(folded) or _MENTEE.search(folded))
        if not text:
            texts.append(upper)
        elif (
            is_side and group != text and not (_MENTOR.search(fold_heading(text)) or _MENTEE.search(fold_heading(text)))
        ):
            texts.append(f"{text} {group}")
        else:
            texts.append(text)
    return texts + own[len(texts) :]


def _readings(texts: list[str], header_row: int, sheet_name: str, file_name: str) -> list[Layout]:
    joined = " ".join(fold_heading(text) for text in texts)
    has_both_sides = bool(_MENTOR.search(joined)) and bool(_MENTEE.search(joined))
    if has_both_sides:
        return [Layout(SheetKind.PAIRS, header_row, guess_columns(texts, SheetKind.PAIRS))]
    hint = f"{ru_key(sheet_name)} {ru_key(file_name)}"
    if _CONSENT_HINT.search(joined) and ("соглас" in hint or "соглас" in joined or "подписал" in joined):
        return [Layout(SheetKind.CONSENTS, header_row, guess_columns(texts, SheetKind.CONSENTS))]
    pupils = Layout(SheetKind.PUPILS, header_row, guess_columns(texts, SheetKind.PUPILS))
    teachers = Layout(SheetKind.TEACHERS, header_row, guess_columns(texts, SheetKind.TEACHERS))
    name = ru_key(sheet_name).strip()
    if _TEACHER_SHEET.search(name):
        return [teachers]
    if _PUPIL_SHEET.search(name):
        return [pupils]
    is_staff = "post" in teachers.columns or "experience_years" in teachers.columns
    return [teachers] if is_staff and "class_name" not in pupils.columns else [pupils]


def _sides(texts: Sequence[str]) -> list[str]:
    """Return whose column each is; a heading without a side belongs to the member named to its left."""
    sides: list[str] = []
    current = ""
    names_without_side = 0
    for text in texts:
        if _MENTEE.search(text):
            current = "mentee"
        elif _MENTOR.search(text):
            current = "mentor"
        elif text.startswith(("фио", "фамилия")):
            names_without_side += 1
            current = "mentor" if names_without_side == 1 and not current else "mentee"
        sides.append(current or "mentor")
    return sides


def _without_side(text: str) -> str:
    """Return a heading without the word for the member, so that «ФИО наставника» reads like «ФИО»."""
    words = [word for word in text.split(" ") if not (_MENTEE.match(word) or _MENTOR.match(word))]
    return " ".join(words)


def _rank(candidate: Field, text: str, bare: str, side: str) -> int | None:
    """Return how well a heading names a field, 0 the best; None when it does not."""
    if not text or (candidate.side and candidate.side != side):
        return None
    subject = bare if candidate.side and bare else text
    if candidate.never and candidate.never.search(subject):
        return None
    return next((rank for rank, word in enumerate(candidate.words) if word.search(subject)), None)


def _prefer_split_names(columns: dict[str, int]) -> dict[str, int]:
    """Drop the half of a name that is not needed: three columns when both parts are there, else the single one."""
    for prefix in ("", "mentor_", "mentee_"):
        parts = (f"{prefix}surname", f"{prefix}first_name")
        if all(part in columns for part in parts):
            columns.pop(f"{prefix}full_name", None)
        elif f"{prefix}full_name" in columns:
            for part in (*parts, f"{prefix}patronymic"):
                columns.pop(part, None)
    return columns


def corrected(layout: Layout, columns: Mapping[str, int | None], class_name: str | None = None) -> Layout:
    """Return a layout with a person's corrections: a column for a field, or None to leave the field out.

    :param class_name: the class of the whole sheet as typed; None leaves it as it is.
    """
    known = {item.id for item in FIELDS[layout.kind]}
    merged = {**layout.columns, **{name: index for name, index in columns.items() if name in known}}
    chosen = {name: index for name, index in merged.items() if index is not None}
    has_own_class = layout.kind is not SheetKind.PUPILS or "class_name" in chosen
    room = layout.class_name if class_name is None else class_title(class_name)
    return replace(layout, columns=chosen, class_name="" if has_own_class else room)
