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

_reads: list[Callable[[], tuple[Any, ...]]] = []


def register_own_forms(read: Callable[[], tuple[Any, ...]]) -> None:
    """Say how a school's own forms are read: as ``selectors.Form`` rows, withdrawn ones too."""
    _reads[:] = [read]


@remembered_by_school
def own_forms() -> tuple[Any, ...]:
    """Return the own forms of the school one stands in; none elsewhere."""
    context = current()
    if context is None or context.kind is not Kind.SCHOOL:
        return ()
    return tuple(row for read in _reads for row in read())
