"""Russian full names: cleaning, the key by which two spellings are one, and the parts of a name.

Schools type the same person with a no-break space, with two spaces, in capitals, with «е» for «ё», with a dash for a
hyphen. None of these makes another person, and nothing else is forgiven: a different letter is a different name.
"""

import re
import unicodedata
from dataclasses import dataclass

# Hyphens and dashes that keyboards and word processors put into a double surname.
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
# Marks without width: they come along when text is pasted from a web page or a PDF.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
# The database holds no zero byte, and nobody's name holds a bell.
_CONTROL = "".join(map(chr, [*range(9), *range(14, 28), 127]))
_CLEANING = str.maketrans({**dict.fromkeys(_HYPHENS, "-"), **dict.fromkeys(_INVISIBLE + _CONTROL), ",": " ", ";": " "})
_SPACED_HYPHEN = re.compile(r" ?- ?")
_PATRONYMIC = re.compile(r"(?:ич|вна|чна|шна)$", re.IGNORECASE)
_TAILS_OF_PATRONYMIC = frozenset({"оглы", "оглу", "оглыевич", "кызы", "гызы", "улы", "уулу", "заде", "кизи"})
_HEADS_OF_SURNAME = frozenset(
    {"де", "дель", "ди", "да", "дю", "фон", "ван", "дер", "ла", "ле", "аль", "эль", "бен", "ибн"}
)


@dataclass(frozen=True, slots=True)
class FullName:
    """A person's name in three parts, cleaned; a part that is not there is an empty string."""

    surname: str
    first_name: str
    patronymic: str = ""

    def __str__(self) -> str:
        """Return the parts in the order of Russian papers, separated by single spaces."""
        return " ".join(part for part in (self.surname, self.first_name, self.patronymic) if part)

    @property
    def key(self) -> str:
        """Return the folded full name, equal for all spellings of one name."""
        return ru_key(str(self))


def ru_key(text: str) -> str:
    """Return the sorting and searching key of a text: lower case, «ё» as «е»; spaces are left alone."""
    return text.lower().replace("ё", "е")


def clean_name(text: str) -> str:
    """Return the name as one line: usual hyphens, single spaces, nothing invisible; letters and case are kept."""
    if not text.isprintable() or not text.isascii() or "," in text or ";" in text:
        text = unicodedata.normalize("NFC", text).translate(_CLEANING)
    line = " ".join(text.split())
    return _SPACED_HYPHEN.sub("-", line).strip("-") if "-" in line else line


def name_key(text: str) -> str:
    """Return the key by which two spellings of a full name are the same name."""
    return ru_key(clean_name(text))


def split_full_name(text: str) -> FullName:
    """Split «Фамилия Имя Отчество» typed in one cell.

    A single word is a surname alone; two words have no patronymic. A surname of several words is recognised by its
    particle («де ла Крус») or, in four words and more, by a patronymic at the very end («Салтыков Щедрин Михаил
    Евграфович»). «Али Гусейн оглы» keeps its patronymic whole.
    """
    words = clean_name(text).split(" ")
    length = _length_of_surname(words)
    surname, rest = " ".join(words[:length]), words[length:]
    return FullName(
        surname=proper_case(surname),
        first_name=proper_case(rest[0]) if rest else "",
        patronymic=proper_case(" ".join(rest[1:])),
    )


def full_name_from_columns(surname: str, first_name: str, patronymic: str) -> FullName:
    """Build a name from three cells; each is cleaned, none is moved to another part."""
    return FullName(
        surname=proper_case(clean_name(surname)),
        first_name=proper_case(clean_name(first_name)),
        patronymic=proper_case(clean_name(patronymic)),
    )


def proper_case(text: str) -> str:
    """Return the words with capital first letters when they were typed all in one case; mixed case is kept."""
    if not (text.isupper() or text.islower()):
        return text
    return " ".join(_proper_word(word) for word in text.split(" "))


def _proper_word(word: str) -> str:
    lower = word.lower()
    if lower in _TAILS_OF_PATRONYMIC or lower in _HEADS_OF_SURNAME:
        return lower
    return "-".join(part[:1].upper() + part[1:] for part in lower.split("-"))


def _length_of_surname(words: list[str]) -> int:
    length = 1
    while length < len(words) - 1 and words[length - 1].lower() in _HEADS_OF_SURNAME:
        length += 1
    if length == 1 and len(words) == 4 and _PATRONYMIC.search(words[3]) and not _PATRONYMIC.search(words[2]):
        length = 2
    return length
