"""Finding the table in a sheet: the header row, what each column means, and the rows below it."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl

from tests.support.oracle.cells import fold, text

HEADER_ROWS = 15


def _contingent_column(head: str) -> str:
    for word, column in (
        ("рожд", "born"),
        ("снилс", "snils"),
        ("зачисл", "admitted"),
        ("прием", "admitted"),
        ("принят", "admitted"),
        ("поступл", "admitted"),
        ("выбы", "left"),
        ("отчисл", "left"),
        ("увольн", "left"),
        ("должност", "position"),
        ("класс", "class"),
        ("групп", "class"),
    ):
        if word in head:
            return column
    if head in ("д.р.", "др"):
        return "born"
    return _name_column(head)


def _name_column(head: str) -> str:
    bare = head.replace(".", "").replace(" ", "").replace(",", "")
    if "фио" in bare or "фамилияимя" in bare:
        return "name"
    for word, column in (("фамилия", "surname"), ("отчество", "patronymic")):
        if word in head:
            return column
    return "forename" if head.split(" ")[0] == "имя" else ""


def _pairs_column(head: str) -> str:
    for word, column in (
        ("приказ", "order_date" if "дата" in head else "order_number"),
        ("форма", "form"),
        ("модель", "variant"),
        ("начал", "first"),
        ("заверш", "last"),
        ("окончан", "last"),
        ("должност", ""),
        ("класс", ""),
    ):
        if word in head:
            return column
    side = "mentee" if "наставляем" in head else "mentor" if "наставник" in head else ""
    if not side:
        return ""
    if "рожд" in head or head.startswith("д.р."):
        return f"{side}_born"
    return f"{side}_{_name_column(head) or 'name'}"


def _consents_column(head: str) -> str:
    for word, column in (
        ("рожд", "born"),
        ("отзыв", "withdrawn"),
        ("отозв", "withdrawn"),
        ("действ", "until"),
        ("срок", "until"),
        ("вид", "kind"),
    ):
        if word in head:
            return column
    if "дата" in head:
        return "given"
    if "подпис" in head:
        return "signer"
    if "соглас" in head and ("№" in head or "номер" in head):
        return "number"
    return _name_column(head)


COLUMNS = {
    "контингент.xlsx": (_contingent_column, [{"born"}, {"name", "surname"}, {"admitted"}]),
    "пары.xlsx": (
        _pairs_column,
        [
            {"mentor_born"},
            {"mentee_born"},
            {"mentor_name", "mentor_surname"},
            {"mentee_name", "mentee_surname"},
            {"form"},
            {"first"},
        ],
    ),
    "согласия.xlsx": (_consents_column, [{"born"}, {"name", "surname"}, {"kind"}, {"given"}]),
}
"""For each workbook: how a heading is understood, and the groups of which a header row has one each."""

Row = dict[str, object]


def rows(path: Path) -> Iterator[tuple[str, int, list[object], Row]]:
    """Yield sheet title, Excel's row number, raw cells and understood cells of every row with content."""
    column_of, needed = COLUMNS[path.name]
    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        columns: dict[int, str] = {}
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if not columns:
                if number > HEADER_ROWS:
                    break
                heads = {place: column_of(fold(cell)) for place, cell in enumerate(cells) if text(cell)}
                if all(group & set(heads.values()) for group in needed):
                    columns = _without_repetition(heads)
                continue
            if any(text(cell) for cell in cells):
                understood: Row = {name: cells[place] for place, name in columns.items() if name}
                understood["is_teacher"] = "position" in columns.values()
                yield sheet.title, number, list(cells), understood


def _without_repetition(heads: dict[int, str]) -> dict[int, str]:
    named = [name for name in heads.values() if name]
    assert len(named) == len(set(named)), f"two columns are understood as one: {heads}"
    return heads


def is_total_line(cells: list[object]) -> bool:
    """Say whether the row only sums up: «Итого», «Всего» in its first cell with content."""
    first = next((fold(cell) for cell in cells if text(cell)), "")
    return first.rstrip(":").split(" ")[0].rstrip(":.,") in ("итого", "всего")


def full_name(row: Row, side: str = "") -> tuple[str, str, str]:
    """Read surname, given name and patronymic, folded, perhaps empty, from one or three columns."""
    if f"{side}name" in row:
        surname, given, patronymic, *more = [*fold(row[f"{side}name"]).split(" "), "", "", ""]
        return surname, given, " ".join(word for word in (patronymic, *more) if word)
    parts = (fold(row.get(f"{side}{part}")) for part in ("surname", "forename", "patronymic"))
    surname, given, patronymic = parts
    return surname, given, patronymic
