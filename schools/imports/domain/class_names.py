"""The class that the name of a sheet or a line above its table says: many systems write one sheet for each class."""

import re
from typing import Final

from schools.people.domain import class_parts, class_title

_LAST_GRADE: Final = 12
_LETTER = r"""[-–—\s]{0,3}[«"'“„(]?\s?(?P<letter>[а-яёa-z])\s?[»"'”“)]?(?![а-яёa-z])"""
_CLASS_WORD = r"(?:класс\w*|кл\b\.?)"
_LETTER_AFTER = _LETTER.replace("letter", "letter_after")
_IN_NAME = re.compile(
    rf"(?<!\d)(?P<grade>\d{{1,2}}){_LETTER}(?!\d)|(?<!\d)(?P<bare>\d{{1,2}})\s*[-–]?\s*{_CLASS_WORD}", re.IGNORECASE
)
_IN_TITLE = re.compile(
    rf"(?<![\d.])(?P<grade>\d{{1,2}}){_LETTER}\s*{_CLASS_WORD}"
    rf"|{_CLASS_WORD}\s*:?\s*(?P<grade_after>\d{{1,2}}){_LETTER_AFTER}",
    re.IGNORECASE,
)


def class_in_name(name: str) -> str:
    """Return the class in the name of a sheet: «7А», «7-а», «Список 7 «А»», «11 класс»; empty for any other name."""
    whole = class_title(name)
    if class_parts(whole)[0] and whole != name.strip():
        return _in_range(whole)
    found = _IN_NAME.search(name)
    if not found:
        return ""
    return _in_range(class_title(f"{found['grade'] or found['bare']}{found['letter'] or ''}"))


def class_in_title(line: str) -> str:
    """Return the class in a line above the table: «Список обучающихся 7 «А» класса», «Класс: 7А»."""
    found = _IN_TITLE.search(line[:300])
    if not found:
        return ""
    return _in_range(class_title(f"{found['grade'] or found['grade_after']}{found['letter'] or found['letter_after']}"))


def _in_range(title: str) -> str:
    grade, _letter = class_parts(title)
    return title if grade is not None and 1 <= grade <= _LAST_GRADE else ""
