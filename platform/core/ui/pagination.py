"""Lists in pages of 25 rows, with the filters kept in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 25


def paginate(
    request: HttpRequest,
    rows: QuerySet[Any] | Sequence[Any],
    *,
    per_page: int = PAGE_SIZE,
    parameter: str = "page",
) -> Page[Any]:
    """Return the page asked for in the address; a wrong or too large number gives the nearest real page."""
    raw = request.GET.get(parameter, "1")
    # A million digits would be parsed by int() at quadratic cost.
    return Paginator(rows, per_page).get_page(raw if len(raw) <= 9 else 1)
