"""Figures as people read them: «1 234», «58,9 %», «3 пары»."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

NO_FIGURE = "—"


def format_count(value: int | None) -> str:
    """Group thousands by the language's rule; a dash when there is no figure."""
    return NO_FIGURE if value is None else str(number_format(value, use_l10n=True, force_grouping=True))


def share_percent(numerator: int, denominator: int) -> Decimal | None:
    """Return the percentage rounded half up to one decimal, or None when there is nobody to count."""
    if denominator <= 0:
        return None
    exact = Decimal(numerator) * 100 / Decimal(denominator)
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def format_percent(value: Decimal | float | None, *, decimals: int = 1) -> str:
    """Write a percentage with the language's comma and space: «58,9 %»; a dash when there is none."""
    if value is None:
        return NO_FIGURE
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    number = number_format(rounded, decimal_pos=decimals, use_l10n=True, force_grouping=True)
    return _("%(number)s\u00a0%%") % {"number": number}


def format_target(value: Decimal | float | None) -> str:
    """Write a target: a whole percentage without decimals, «70 %», another one with one; empty when there is none."""
    if value is None:
        return ""
    return format_percent(value, decimals=0 if value == int(value) else 1)


def plural_form(count: int, forms: str) -> str:
    """Choose the word for a number from ``"пара|пары|пар"`` (two forms ``"pair|pairs"`` outside Russian).

    :raises ValueError: not two or three forms.
    """
    words = forms.split("|")
    if len(words) not in (2, 3):
        message = f"two or three forms expected, got {forms!r}"
        raise ValueError(message)
    if len(words) == 2 or not (get_language() or "ru").startswith("ru"):
        return words[0] if abs(count) == 1 else words[-1]
    tail, teens = abs(count) % 10, abs(count) % 100
    if tail == 1 and teens != 11:
        return words[0]
    return words[1] if 2 <= tail <= 4 and not 12 <= teens <= 14 else words[2]
