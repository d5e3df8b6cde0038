"""Russian words told alike across their endings, crudely and without a dictionary: «химия» is «химии»."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[а-яa-z0-9+#]{3,}")
_ENDING: Final = re.compile(r"[аеиоуыэюяйь]+$")
_LETTERS: Final = 5
_SAYING_NOTHING: Final = frozenset(
    _WORD.findall(
        "без более будет буду будут был была были быть вам вами вас ваш весь вместе вот все всегда всего всем где "
        "даже для должен другие другое другой его если есть еще затем зато здесь или именно иметь имею иногда как "
        "какая какие какой когда которая которые который кроме кто куда либо лишь лучше любит люблю между меня мне "
        "много могу может можно мой моя над надо нас наставник наш некоторые несколько нет нигде никак никто ничего "
        "нужен нужна нужно она они оно опыт опыта особенно очень перед под подготовиться подготовка пока помогать "
        "помогу помочь помощь понять поскольку потом потому почему почти при про просто против пусть работа работы "
        "равно разве разное разные раньше сам сама сами себе себя сейчас скорее собой совсем среди так также такие "
        "такой там твой тебе тебя тема тех тогда того тоже только том тому тот три уже уметь умею учиться хорошо "
        "хотел хотела хотелось хотя хочет хочу чего чем через что чтобы чуть эта эти этим этих это этого этой этом"
    )
)


def alike_words(text: str) -> dict[str, str]:
    """Return the words of a text that say something, each by the root under which it is compared."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text.lower().replace("ё", "е")):
        if word not in _SAYING_NOTHING:
            found.setdefault((_ENDING.sub("", word) or word)[:_LETTERS], word)
    return found
