"""The words of the methodology by which a school works this year: «база» or «банк», a programme or a ППН.

Which profiles those are stands in the school's programme year, above this package; the app that has it says here how
it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from core.tenancy import Kind, current
from tenants.reference.remembered import remembered, remembered_by_school
from tenants.reference.selectors import forms_now, profiles_now

_BANK: Final = "bank"


@dataclass(frozen=True, slots=True)
class YearProfile:
    """A profile that the year was started from; ``mentee_kinds`` are those whose pairs it alone governs, none for all.

    ``base_word`` is ``base`` or ``bank``.
    """

    code: str
    base_word: str
    programme_word: str
    mentee_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What lists of participants and the programme are called, in the cases that sentences need.

    ``is_personalised``: each pair has a programme of its own instead of a plan.
    """

    base: str
    to_base: str
    from_base: str
    programme: str
    is_personalised: bool = False

    @property
    def base_title(self) -> str:
        """Return the word for lists of participants as a heading begins."""
        return self.base[:1].upper() + self.base[1:]


_Read = Callable[[], tuple[YearProfile, ...]]
_reads: Final[list[_Read]] = []


def register_profiles_of_year(read: _Read) -> None:
    """Say how the profiles of a school's current year are read."""
    _reads[:] = [read]


@remembered_by_school
def profiles_of_year() -> tuple[YearProfile, ...]:
    """Return the profiles of the current year of the school one stands in; none elsewhere, and without a year."""
    context = current()
    if context is None or context.kind is not Kind.SCHOOL:
        return ()
    return tuple(row for read in _reads for row in read())


def words_of(profiles: Sequence[YearProfile], mentee_kinds: Collection[str] | None = None) -> Words:
    """Return the words of a year's profiles; with the mentee's side of a form those of the one that governs its pairs.

    A year of both says both. Without a year teachers have персонализированные программы, as АЗ-1128 says, and the
    others the words of Р-145.
    """
    chosen = profiles
    if mentee_kinds is not None:
        special = [row for row in profiles if set(row.mentee_kinds) & set(mentee_kinds)]
        chosen = (special or [row for row in profiles if not row.mentee_kinds] or list(profiles))[:1]
    banks = {row.base_word == _BANK for row in chosen} or {False}
    base, to_base, from_base = (
        (_("база"), _("базу"), _("базы"))
        if banks == {False}
        else (_("банк"), _("банк"), _("банка"))
        if banks == {True}
        else (_("база (банк)"), _("базу (банк)"), _("базы (банка)"))
    )
    is_of_adults = bool(mentee_kinds) and not {"pupil", "student"} & set(mentee_kinds or ())
    if not profiles and is_of_adults:
        return Words(base, to_base, from_base, _("персонализированная программа наставничества"), is_personalised=True)
    programme = " / ".join(dict.fromkeys(row.programme_word for row in chosen)) or _("программа наставничества")
    is_personalised = len(chosen) == 1 and bool(chosen[0].mentee_kinds)
    return Words(base, to_base, from_base, programme, is_personalised=is_personalised)


def words_of_year() -> Words:
    """Return the words of the current year of the school one stands in."""
    return words_of(profiles_of_year())


def words_of_form(form_code: str) -> Words:
    """Return the words for pairs of one form in the current year of the school one stands in."""
    form = next((row for row in forms_now(with_withdrawn=True) if row.code == form_code), None)
    return words_of(profiles_of_year(), form.mentee_kinds if form is not None else ())


@remembered
def _manners() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Return mentee kinds and kinds of mentoring of each profile in force."""
    return tuple((row.mentee_kinds, row.manners) for row in profiles_now())


def manners_of_form(form_code: str) -> tuple[str, ...]:
    """Return the kinds of mentoring (виды) of the profiles that alone govern pairs of one form."""
    form = next((row for row in forms_now(with_withdrawn=True) if row.code == form_code), None)
    sides = set(form.mentee_kinds) if form is not None else set()
    return tuple(dict.fromkeys(manner for kinds, manners in _manners() if sides & set(kinds) for manner in manners))
