"""Reading xlsx and CSV files that strangers send and writing xlsx files that are safe to open."""

from core.spreadsheets.errors import MESSAGES, SpreadsheetRefusedError
from core.spreadsheets.files import read_file
from core.spreadsheets.guard import DEFAULT_LIMITS, Limits
from core.spreadsheets.reading import Cell, Sheet, Workbook, read_workbook
from core.spreadsheets.text_tables import read_text_table
from core.spreadsheets.writing import Column, Table, write_workbook

__all__ = [
    "DEFAULT_LIMITS",
    "MESSAGES",
    "Cell",
    "Column",
    "Limits",
    "Sheet",
    "SpreadsheetRefusedError",
    "Table",
    "Workbook",
    "read_file",
    "read_text_table",
    "read_workbook",
    "write_workbook",
]
