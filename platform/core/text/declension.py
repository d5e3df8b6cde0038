"""Cases of Russian full names, for papers: «закрепить Петрову Анну Борисовну за Ивановым Петром».

By rules of endings, and only when the patronymic tells the sex: a name whose case is not certain stays as it is, for a
wrong form on an order is worse than a nominative. The rules are those of Russian words: a name written with a letter of
another alphabet («Гөлнара») stays whole.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from core.text.names import FullName

_ALPHABET: Final = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_VOWELS: Final = "аеёиоуыэюя"
_HUSHING: Final = "гкхжчшщ"
_SIBILANT: Final = "жчшщ"


class Case(StrEnum):
    """The cases papers need."""

    GENITIVE = "genitive"
    DATIVE = "dative"
    ACCUSATIVE = "accusative"
    INSTRUMENTAL = "instrumental"


# Endings in the order of the cases above.
_MALE_PATRONYMIC: Final = ("а", "у", "а", "ем")
_FEMALE_PATRONYMIC: Final = ("ы", "е", "у", "ой")
_HARD: Final = ("а", "у", "а", "ом")
_HUSHED: Final = ("а", "у", "а", "ем")
_SOFT: Final = ("я", "ю", "я", "ем")
_SURNAME_OV: Final = ("а", "у", "а", "ым")
_ADJECTIVE: Final = ("ого", "ому", "ого", "ым")
_ADJECTIVE_SOFT: Final = ("ого", "ому", "ого", "им")
_FEMALE_OVA: Final = ("ой", "ой", "у", "ой")
_FEMALE_ADJECTIVE: Final = ("ой", "ой", "ую", "ой")
_ORDER: Final = tuple(Case)
_FLEETING: Final = {"лев": "льв", "павел": "павл", "пётр": "петр", "петр": "петр"}


def initials(name: FullName) -> str:
    """Return «Иванов П. С.», as names stand in orders."""
    parts = [f"{part[0]}." for part in (name.first_name, name.patronymic) if part]
    return " ".join([name.surname, *parts])


def in_case(name: FullName, case: Case) -> FullName:
    """Return the name in a case; parts of which nobody can be certain stay as they are.

    Without a patronymic on -ич, -вна or -чна the sex is not known, and the whole name stays; so does a name with a
    letter that is not of the Russian alphabet.
    """
    sex = _sex_of(name.patronymic.lower())
    if not sex or not _is_in_russian(str(name)):
        return name
    at = _ORDER.index(case)
    return FullName(
        surname=_each(name.surname, lambda part: _surname(part, sex, at)),
        first_name=_each(name.first_name, lambda part: _first_name(part, sex, at)),
        patronymic=_patronymic(name.patronymic, sex, at),
    )


def _is_in_russian(text: str) -> bool:
    return all(sign in _ALPHABET for sign in text.lower() if sign.isalpha())


def _sex_of(patronymic: str) -> str:
    if patronymic.endswith("ич"):
        return "m"
    return "f" if patronymic.endswith(("вна", "чна", "шна")) else ""


def _patronymic(word: str, sex: str, at: int) -> str:
    if sex == "f":
        return _ended(word, "а", _FEMALE_PATRONYMIC[at])
    # «Ильич», «Лукич»: the ending is stressed; «Никитич» is not.
    return word + (_MALE_PATRONYMIC if word.lower().endswith(("вич", "тич")) else _HARD)[at]


def _each(text: str, decline: Callable[[str], str]) -> str:
    # Of several words nobody knows which is the surname proper («де ла Крус»); signs may stand at either end.
    if not all(part.isalpha() for part in text.split("-")):
        return text
    return "-".join(decline(part) for part in text.split("-"))


def _ended(word: str, old: str, new: str) -> str:
    return (word[: -len(old)] if old else word) + new


def _surname(word: str, sex: str, at: int) -> str:
    lower = word.lower()
    if lower.endswith(("ых", "их", "ко", "аго", "яго", "ово")) or lower[-1] in "оеиуыэю":
        return word
    # «Гулиа», «Моруа».
    if lower[-1] == "а" and lower[-2:-1] in tuple(_VOWELS):
        return word
    return _surname_of_her(word, lower, at) if sex == "f" else _surname_of_him(word, lower, at)


def _surname_of_her(word: str, lower: str, at: int) -> str:
    if lower.endswith(("ова", "ева", "ёва", "ина", "ына")):
        return _ended(word, "а", _FEMALE_OVA[at])
    if lower.endswith("няя"):
        return _ended(word, "яя", ("ей", "ей", "юю", "ей")[at])
    if lower.endswith("ая"):
        # «Чужой», but «Рыжей»: what is stressed is not written.
        uncertain = lower[-3:-2] in tuple(_SIBILANT) and at != _ORDER.index(Case.ACCUSATIVE)
        return word if uncertain else _ended(word, "ая", _FEMALE_ADJECTIVE[at])
    return _on_a(word, at) if lower[-1] in "ая" else word


def _surname_of_him(word: str, lower: str, at: int) -> str:
    if lower.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return word + _SURNAME_OV[at]
    # «Цой» is no adjective: nothing with a vowel stands before the ending.
    if lower.endswith(("ский", "цкий", "ый", "ой")) and set(lower[:-2]) & set(_VOWELS):
        ending = _ADJECTIVE_SOFT if lower[-3] in _HUSHING else _ADJECTIVE
        return _ended(word, word[-2:], ending[at])
    if lower[-1] in "ая":
        return _on_a(word, at)
    # «Заяц», «Коваль», «Орёл» and other ordinary words lose a vowel or do not: nobody is certain.
    if lower.endswith(("ец", "ок", "ек", "ёк", "яц", "ел", "ёл", "й", "ь")):
        return word
    if lower[-1] in _SIBILANT and not lower.endswith("ич") and at == _ORDER.index(Case.INSTRUMENTAL):
        # «Ткачом», «Бабичем»; whether «Стрижом», «Лукашем» is stressed nobody knows of every surname.
        return word + "ом" if lower.endswith("ач") else word
    return word + (_HUSHED if lower[-1] in "жчшщц" else _HARD)[at]


def _first_name(word: str, sex: str, at: int) -> str:
    lower = word.lower()
    if lower in _FLEETING and sex == "m":
        stem = _FLEETING[lower]
        return stem.capitalize() + _HARD[at]
    if lower == "илья":
        return word[:-1] + ("и", "е", "ю", "ёй")[at]
    if lower[-1] in "ая":
        return _on_a(word, at)
    if sex == "f":
        # «Любовь», «Нинель»: the soft sign gives way; «Мадлен» stays.
        return _ended(word, "ь", ("и", "и", "ь", "ью")[at]) if lower.endswith("ь") else word
    if lower[-1] in "йь":
        return _ended(word, word[-1], _SOFT[at])
    return word if lower[-1] in _VOWELS else word + (_HUSHED if lower[-1] in "жчшщц" else _HARD)[at]


def _on_a(word: str, at: int) -> str:
    lower = word.lower()
    if lower.endswith("ия"):
        return _ended(word, word[-1], ("и", "и", "ю", "ей")[at])
    if lower.endswith("я"):
        return _ended(word, word[-1], ("и", "е", "ю", "ей")[at])
    soft = len(lower) > 1 and lower[-2] in "жчшщц"
    genitive = "и" if len(lower) > 1 and lower[-2] in _HUSHING else "ы"
    return _ended(word, word[-1], (genitive, "е", "у", "ей" if soft else "ой")[at])
