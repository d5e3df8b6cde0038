"""Russian words told alike across their endings, crudely and without a dictionary: «химия» is «химии»."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[а-яa-z0-9+#]{3,}")
_ENDING: Final = re.compile(r"[аеиоуыэюяйь]+$")
_LETTERS: Final = 5
_SAYING_NOTHING: Final = frozenset(
    _WORD.findall(
        "без будет был быть вам вас все где для другие его если есть еще как кто люблю любит мне могу может "
        "мой над надо наставник нет нужен нужна нужно она они опыт опыта очень подготовка подготовиться под "
        "помогать помогу помочь помощь понять после при про просто работа работы разные себя так там тема "
        "тоже того умею уметь учиться хотел хотела хотелось хочет хочу хорошо через что чтобы эти это этом"
    )
)


def alike_words(text: str) -> dict[str, str]:
    """Return the words of a text that say something, each by the root under which it is compared."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text.lower().replace("ё", "е")):
        if word not in _SAYING_NOTHING:
            found.setdefault((_ENDING.sub("", word) or word)[:_LETTERS], word)
    return found
