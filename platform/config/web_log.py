"""The log of gunicorn: what happened and how long it took, never who asked for what.

A path, a query, a header or an address may hold what somebody typed or who they are; the number of the request leads
to the application's own lines and to the audit.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import structlog
from gunicorn.glogging import Logger

from config.logging import configure
from config.request_notes import KEY

_access = structlog.get_logger("gunicorn.access")
# Of these messages only the first words are ours; the rest quotes a request or an exception.
_QUOTING = ("Invalid request", "Exception during")


def logging_of_the_web() -> dict[str, Any]:
    """Return gunicorn's ``logconfig_dict``: one JSON object a line on standard error, like the application's."""
    settings = configure()
    own = {"handlers": ["stderr"], "level": "INFO", "propagate": False}
    settings["loggers"] |= {"gunicorn.error": own, "gunicorn.access": own}
    return settings


class WebLogger(Logger):  # type: ignore[misc]
    """Gunicorn's logger without what a request says."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Note an answered request: its number, route, school and user by id, method, status and milliseconds.

        Health is not noted. A static file has no number, no route and no world.
        """
        if environ.get("PATH_INFO") == "/healthz":
            return
        _access.info(
            "request",
            **environ.get(KEY, {}),
            method=environ.get("REQUEST_METHOD", ""),
            status=int(str(resp.status).split(None, 1)[0]),
            took_ms=round(request_time.total_seconds() * 1000, 1),
        )

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Note where an exception happened; its arguments are the request's address."""
        words = msg.split(" %", 1)[0] if isinstance(msg, str) else type(msg).__name__
        self.error_log.error(words, exc_info=True)

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Note a warning of gunicorn's own; one about a request loses what it quotes."""
        self._note(logging.WARNING, msg, args)

    def info(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Note a step of gunicorn's own."""
        self._note(logging.INFO, msg, args)

    def error(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Note a failure of gunicorn's own."""
        self._note(logging.ERROR, msg, args)

    def _note(self, level: int, msg: Any, args: tuple[Any, ...]) -> None:
        text = str(msg)
        quoting = next((words for words in _QUOTING if text.startswith(words)), None)
        if quoting is None and args:
            # Process ids, signals and our own sockets; the JSON formatter would drop arguments.
            text = text % args
        self.error_log.log(level, quoting or text)
