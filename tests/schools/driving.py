"""What drives acts by URL in a state: a case, its two doors, and what is stored of what it is about."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.test import Client


@dataclass(frozen=True)
class Case:
    """An act in a state by one door, what is stored of the thing, and what must stand there then (None: something)."""

    name: str
    who: str
    call: Callable[[Client], Any]
    stored: Callable[[], Any]
    expected: Any


def doors(page: str, fields: dict[str, Any], method: str, path: str, body: dict[str, Any] | None) -> Any:
    """Yield the two doors of one act: a form of a page, an operation."""
    yield "page", lambda client: client.post(page, fields)
    act = partial(ask, method=method, path=f"/api/v1/{path}", body=body)
    yield "api", act


def ask(client: Client, *, method: str, path: str, body: dict[str, Any] | None) -> Any:
    return client.generic(method, path, b"" if body is None else _json(body), content_type="application/json")


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def state_of(row: Any) -> str:
    return str(type(row).objects.get(pk=row.pk).state)


def pair_of(pk: Any) -> Any:
    from django.db.models import Q

    from schools.pairs.models import Pair

    return list(Pair.objects.filter(Q(pk=pk) | Q(replaces=pk)).order_by("pk").values())
