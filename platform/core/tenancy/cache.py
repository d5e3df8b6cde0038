"""Cache keys carry the context and a purpose; a broken Redis is a cache miss, never a hanging page."""

from __future__ import annotations

import time
from typing import Any, ClassVar

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

from core.tenancy.context import require
from core.tenancy.errors import DoorError

_log = structlog.get_logger(__name__)

_PAUSE_SECONDS = 5.0


def make_key(key: str, key_prefix: str, version: int) -> str:
    """Return the stored form of a key: context, prefix, version, key.

    :raises NoContextError: outside every context.
    """
    return f"{require().stamp}:{key_prefix}:{version}:{key}"


class _KeptClient(RedisCacheClient):
    """Keeps the client that Django makes anew for every operation: making it costs several times the operation.

    A client is a pool and a table of parsers, so it may be kept; after a fork the pool drops its connections itself.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return the client for reads or the one for writes; of several servers to read from, the same each time."""
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]


class DoorCache(RedisCache):
    """Django's Redis cache with the context in every key; errors of the server count as a miss."""

    _away_until: ClassVar[float] = 0.0

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _KeptClient

    def _guard(self, name: str, default: Any, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < self._away_until:
            return default
        try:
            return getattr(super(), name)(*args, **kwargs)
        except RedisError as error:
            # One page asks the cache several times: only the first waits for a silent server.
            type(self)._away_until = time.monotonic() + _PAUSE_SECONDS
            _log.warning("cache_unavailable", operation=name, error=type(error).__name__)
            return default

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the cached value, or the default."""
        return self._guard("get", default, key, default, version=version)

    def set(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> None:
        """Store a value; quietly not when the server is away."""
        extra = {} if timeout is ... else {"timeout": timeout}
        self._guard("set", None, key, value, version=version, **extra)

    def add(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> bool:
        """Store a value unless there is one; True when stored, or when the server is away."""
        extra = {} if timeout is ... else {"timeout": timeout}
        return bool(self._guard("add", True, key, value, version=version, **extra))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count up and return the new value; 0 when the server is away.

        :raises ValueError: for a key that is not there.
        """
        return int(self._guard("incr", 0, key, delta, version=version))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Delete a key."""
        return bool(self._guard("delete", False, key, version=version))

    def clear(self) -> None:
        """Refuse: it would empty the cache of every school.

        :raises DoorError: always.
        """
        raise DoorError("cache.clear() empties every school's cache; delete keys instead")
