"""Many more of everything that is seeded: what a list of a few rows asks the database, a list of many must ask too.

Each row is copied in three ways, as often as is asked: with everything it refers to; with other people, but where it
stood (the same round, the same class); and beside itself, of the same people. A copy that a table refuses, because
there may be only one of its kind, is left out: no list of tables has to be kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Set
from typing import Any
from uuid import UUID, uuid5

from django.apps import apps
from django.db import models

PEOPLE = {"people.person", "matching.candidate", "accounts.user"}
_CODES = {"news", "kind"}
Way = Callable[[Any], bool]
_WAYS: tuple[Way, ...] = (
    lambda field: True,
    lambda field: field.related_model._meta.label_lower in PEOPLE,
    lambda field: False,
)


def crowd(count: int, *, labels: Set[str]) -> None:
    """Copy every row of these apps or tables ``count`` times in each way, in the context that is entered.

    A copy may refer to one that was left out, which the database finds when the transaction ends: roll it back.
    """
    for model in apps.get_models():
        if model._meta.managed and not labels.isdisjoint((model._meta.app_label, model._meta.label_lower)):
            rows = list(model._base_manager.all())
            model._base_manager.bulk_create(_copies(rows, count), ignore_conflicts=True, batch_size=500)


def _copies(rows: Collection[Any], count: int) -> Iterator[Any]:
    for row in rows:
        for number in range(count):
            for at, way in enumerate(_WAYS):
                yield _copy(row, number, at, way)


def _copy(row: Any, number: int, at: int, way: Way) -> Any:
    values: dict[str, Any] = {}
    single = _only_ones(type(row))
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.generated:
            continue
        if field.primary_key and not field.is_relation:
            value = uuid5(value, f"{number}/{at}") if isinstance(value, UUID) else None
        elif field.is_relation and isinstance(value, UUID) and way(field):
            value = uuid5(value, f"{number}/{at}")
        elif field.name in single and not field.is_relation:
            value = _another(field, value, 1 + number * len(_WAYS) + at)
        values[field.attname] = value
    return type(row)(**values)


def _another(field: Any, value: Any, number: int) -> Any:
    """Return a value that nobody has, of the same shape; codes and empty words stay."""
    if isinstance(value, UUID):
        return uuid5(value, str(number))
    if isinstance(value, int) and not isinstance(value, bool):
        return value + 100 * number
    if not isinstance(value, str) or not value or field.choices or field.name in _CODES:
        return value
    if field.name == "schema_name":
        return f"s_{number:012x}"
    tail = f"-{number}"
    return value[: (field.max_length or 200) - len(tail)] + tail


def _only_ones(model: type[models.Model]) -> set[str]:
    """Return the fields that stand in a rule of uniqueness, under a function too."""
    found = {field.name for field in model._meta.concrete_fields if field.unique and not field.primary_key}
    rules = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    for rule in rules:
        parts = [part for each in rule.expressions for part in each.flatten()]
        found |= {*rule.fields, *(part.name for part in parts if isinstance(part, models.F))}
    return found
