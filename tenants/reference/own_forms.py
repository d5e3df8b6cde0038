"""Forms of mentoring that a school adds to the region's list, for everybody who reads forms in that school.

The table stands in the school's schema, above this package; the app that has it says here how it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from core.tenancy import Kind, current
from tenants.reference.remembered import remembered_by_school

# Codes of schools' own forms begin so and the region's never do: they mean something in one school alone.
OWN_PREFIX: Final = "own-"

_Read = Callable[[], tuple[Any, ...]]
_reads: dict[str, _Read] = {}


def register_own_forms(read: _Read, read_variants: _Read) -> None:
    """Say how a school's own forms, and their role variants, are read.

    As ``selectors.Form`` and ``selectors.RoleVariant`` rows; withdrawn forms and their variants too.
    """
    _reads.update(forms=read, variants=read_variants)


@remembered_by_school
def own_forms() -> tuple[Any, ...]:
    """Return the own forms of the school one stands in; none elsewhere."""
    return _read("forms")


@remembered_by_school
def own_variants() -> tuple[Any, ...]:
    """Return the role variants of the own forms of the school one stands in; none elsewhere."""
    return _read("variants")


def _read(what: str) -> tuple[Any, ...]:
    context = current()
    is_in_school = context is not None and context.kind is Kind.SCHOOL
    return _reads[what]() if is_in_school and what in _reads else ()
