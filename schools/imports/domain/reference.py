"""The region's reference data as an import needs it, and how typed words are found in it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from core.text import clean_name, ru_key

_NOT_LETTERS = re.compile(r"[^а-яa-z0-9]+")
_BEFORE_FORM = re.compile(r"^(?:форма )?(?:наставничества )?")
_STEM: Final = 6


@dataclass(frozen=True, slots=True)
class Form:
    """A form of mentoring. Sides are kinds of people; `outside_kind` is set when the mentor comes from outside."""

    id: str
    title: str
    mentor_kinds: frozenset[str] = frozenset()
    mentee_kinds: frozenset[str] = frozenset()
    outside_kind: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentKind:
    """A purpose of consent."""

    id: str
    title: str


@dataclass(frozen=True)
class Reference:
    """What typed words are compared with.

    `main_consent_kind` is meant where a sheet has no column for the kind. With `other_consent_kind` a kind that is
    not in the reference data is kept under it with its words; without it such a row is refused. Without a consent of
    one of `deciding_consent_kinds` nobody counts.
    """

    forms: tuple[Form, ...]
    consent_kinds: tuple[ConsentKind, ...]
    main_consent_kind: str
    other_consent_kind: str | None = None
    self_words: frozenset[str] = frozenset()
    deciding_consent_kinds: frozenset[str] = frozenset()
    pupil_kind: str = "pupil"
    teacher_kind: str = "teacher"
    adult_age_years: int = 18

    @cached_property
    def _forms_by_title(self) -> dict[str, Form]:
        return {fold_title(form.title): form for form in self.forms}

    @cached_property
    def outside_kinds(self) -> frozenset[str]:
        """Return the kinds of people that forms bring in from outside the school."""
        return frozenset(form.outside_kind for form in self.forms if form.outside_kind)

    @cached_property
    def forms_by_id(self) -> dict[str, Form]:
        """Return the forms by their ids."""
        return {form.id: form for form in self.forms}

    @cached_property
    def _kinds_by_title(self) -> dict[str, str]:
        return {fold_title(kind.title): kind.id for kind in self.consent_kinds}

    def find_form(self, text: str) -> Form | None:
        """Return the form of this title in any case, with any dash and any quotes."""
        return self._forms_by_title.get(fold_title(text))

    def find_consent_kind(self, text: str) -> str | None:
        """Return the id of a kind; «согласие на обработку ПДн» is found by the beginnings of its words."""
        folded = fold_title(text)
        exact = self._kinds_by_title.get(folded)
        if exact is not None:
            return exact
        typed = _stems(folded.replace("пдн", "персональных данных").split("-"))
        found = [
            (len(words & typed), kind)
            for title, kind in self._kinds_by_title.items()
            if (words := _stems([title])) <= typed or (len(typed) > 1 and typed <= words)
        ]
        return max(found, key=lambda pair: pair[0])[1] if found else None


def fold_title(text: str) -> str:
    """Return a title without quotes, in lower case, «ё» as «е», a dash of any kind and width as «-»."""
    return _BEFORE_FORM.sub("", ru_key(clean_name(text.translate(_QUOTES))).strip(" ."))


def _stems(parts: Iterable[str]) -> set[str]:
    return {word[:_STEM] for part in parts for word in _NOT_LETTERS.split(part) if len(word) > 2}


_QUOTES = str.maketrans(dict.fromkeys("«»\"'“”„"))
