"""Lists in pages by cursor: stable while rows come and go, and with ids and times alone in the address."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

# The key of a row of a list that was worked out: made of codes, times and ids alone, and never twice in a list.
Key = Callable[[Any], str]
PAGE_SIZE = 100
MOST_ON_A_PAGE = 500


class CursorPage(CursorPagination):
    """One page. The order is by key or by time, never by name: a cursor stands in addresses."""

    page_size = PAGE_SIZE
    max_page_size = MOST_ON_A_PAGE
    page_size_query_param = "limit"
    cursor_query_param = "cursor"

    def __init__(self, ordering: tuple[str, ...]) -> None:
        super().__init__()
        self._wanted = ordering

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        """Return the order of the endpoint; nobody asks for another."""
        return self._wanted

    def encode_cursor(self, cursor: Cursor) -> str:
        """Return the cursor alone: the client keeps its own filters."""
        address = super().encode_cursor(cursor)
        return address.partition(f"{self.cursor_query_param}=")[2].partition("&")[0]

    def decode_cursor(self, request: Request) -> Any:
        """Return the cursor of the request.

        :raises ValidationError: for one that we never gave.
        """
        try:
            return super().decode_cursor(request)
        except exceptions.NotFound:
            raise _bad_cursor() from None

    def rows(self, queryset: QuerySet[Any], request: Request) -> tuple[list[Any], str | None]:
        """Return the rows of the page and the cursor of the next one.

        :raises ValidationError: for a cursor that we never gave.
        """
        self.base_url = "/"
        try:
            found = self.paginate_queryset(queryset, request)
        except (ValueError, OverflowError, DjangoValidationError):
            raise _bad_cursor() from None
        return list(found or []), self.get_next_link()


class KeyedPage:
    """One page of a list that was worked out rather than read from a table, in the order of the keys of its rows."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def rows(self, found: Iterable[Any], request: Request) -> tuple[list[Any], str | None]:
        """Return the rows of the page and the cursor of the next one.

        :raises ValidationError: for a cursor that we never gave.
        """
        after = _told(request.query_params.get("cursor", ""))
        size = CursorPage(()).get_page_size(request) or PAGE_SIZE
        keyed = sorted(((self._key(row), row) for row in found), key=lambda each: each[0])
        left = [(key, row) for key, row in keyed if key > after]
        page = left[:size]
        following = _cursor(page[-1][0]) if len(left) > size else None
        return [row for _key, row in page], following


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _told(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise _bad_cursor() from None


def _bad_cursor() -> exceptions.ValidationError:
    return exceptions.ValidationError({"cursor": [_("Такой страницы нет: начните список сначала.")]})
