"""One way into every kind of file that is read: its first bytes say what it is."""

from core.spreadsheets.errors import SpreadsheetRefusedError
from core.spreadsheets.guard import DEFAULT_LIMITS, Limits, is_text
from core.spreadsheets.reading import Workbook, read_workbook
from core.spreadsheets.text_tables import read_text_table


def read_file(content: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS) -> Workbook:
    """Read an xlsx workbook, or a table saved as text (CSV) as a workbook of one sheet named after the file.

    A text that calls itself .xlsx is refused: whoever sent it believes to have sent something else.

    :param name: the name under which the file came; the sheet of a CSV is named after it.
    :raises SpreadsheetRefusedError: with the code of what is wrong and what the sender can do.
    """
    if not content:
        raise SpreadsheetRefusedError("empty_file")
    if is_text(content) and not name.lower().endswith(".xlsx"):
        return read_text_table(content, name, limits)
    return read_workbook(content, limits)
