"""Objects and querysets remember the context they were made in; elsewhere they refuse.

Objects are checked through Django's own router hooks (every save, delete, dereference and deferred load asks a router
with the instance as a hint). Loading, compiling and taking an object's key into a statement have no such hook, so six
methods of Django are wrapped; a guard test fails when an upgrade moves one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.sql import Query

from core.tenancy.context import current
from core.tenancy.errors import StampError

STAMP = "_door_stamp"


def stamp_of(instance: Model) -> str | None:
    """Return the name of the context an object belongs to; None for one that was never stored."""
    return getattr(instance._state, STAMP, None)


def check_instance(instance: Model) -> None:
    """Check that an object belongs to the current context.

    :raises StampError: when it was loaded or stored in another one.
    """
    stamp = stamp_of(instance)
    context = current()
    if stamp is not None and (context is None or context.stamp != stamp):
        raise StampError(f"a {type(instance).__name__} of another context")


def _check_unstored(instance: Model) -> None:
    """Check what a new object belongs to: it may have been made, with its relations, in another context.

    A stored one needs no look: nothing of another context can be put into its relations (``allow_relation``).
    """
    for related in instance._state.fields_cache.values():
        if isinstance(related, Model):
            check_instance(related)


class StampRouter:
    """A database router that routes nothing and checks the stamp of every instance it is asked about."""

    def _check(self, hints: dict[str, Any]) -> None:
        instance = hints.get("instance")
        if isinstance(instance, Model):
            check_instance(instance)

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        """Check the instance a read starts from."""
        self._check(hints)
        return None

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        """Check the instance a write starts from; a new object gets the stamp of the context that stores it."""
        self._check(hints)
        instance = hints.get("instance")
        context = current()
        if isinstance(instance, model) and stamp_of(instance) is None and context is not None:
            _check_unstored(instance)
            setattr(instance._state, STAMP, context.stamp)
        return None

    def allow_relation(self, obj1: Model, obj2: Model, **hints: Any) -> bool | None:
        """Refuse to join objects of two contexts."""
        check_instance(obj1)
        check_instance(obj2)
        return None


def _check_query(query: Query) -> None:
    made_in = getattr(query, STAMP, None)
    context = current()
    if made_in is not None and (context is None or context.stamp != made_in):
        raise StampError("a queryset of one context was used in another")


def _wrap(owner: type, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    original = owner.__dict__[name]
    function = original.__func__ if isinstance(original, classmethod) else original
    if getattr(function, "_door", False):
        return
    wrapped = wraps(function)(make(function))
    wrapped._door = True  # type: ignore[attr-defined]
    setattr(owner, name, classmethod(wrapped) if isinstance(original, classmethod) else wrapped)


def _stamp_all(instances: Iterable[Model]) -> None:
    context = current()
    for instance in instances:
        if context is not None:
            setattr(instance._state, STAMP, context.stamp)


def install() -> None:
    """Wrap the six methods; safe to call twice."""

    def from_db(original: Callable[..., Any]) -> Callable[..., Any]:
        def stamped(cls: type[Model], *args: Any, **kwargs: Any) -> Model:
            instance: Model = original(cls, *args, **kwargs)
            context = current()
            if context is not None:
                setattr(instance._state, STAMP, context.stamp)
            return instance

        return stamped

    def query_init(original: Callable[..., Any]) -> Callable[..., Any]:
        def stamped(self: Query, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            context = current()
            # Made at import time (a form field's queryset): belongs to nobody until it runs.
            setattr(self, STAMP, None if context is None else context.stamp)

        return stamped

    def get_compiler(original: Callable[..., Any]) -> Callable[..., Any]:
        def checked(self: Query, *args: Any, **kwargs: Any) -> Any:
            _check_query(self)
            return original(self, *args, **kwargs)

        return checked

    def bulk(original: Callable[..., Any]) -> Callable[..., Any]:
        def checked(self: QuerySet[Any], objs: Iterable[Model], *args: Any, **kwargs: Any) -> Any:
            instances = list(objs)
            for instance in instances:
                check_instance(instance)
                if stamp_of(instance) is None:
                    _check_unstored(instance)
            result = original(self, instances, *args, **kwargs)
            _stamp_all(instances)
            return result

        return checked

    def key_taken(original: Callable[..., Any]) -> Callable[..., Any]:
        def checked(self: Model, *args: Any, **kwargs: Any) -> Any:
            check_instance(self)
            return original(self, *args, **kwargs)

        return checked

    _wrap(Model, "from_db", from_db)
    _wrap(Model, "prepare_database_save", key_taken)
    _wrap(Query, "__init__", query_init)
    _wrap(Query, "get_compiler", get_compiler)
    _wrap(QuerySet, "bulk_create", bulk)
    _wrap(QuerySet, "bulk_update", bulk)
