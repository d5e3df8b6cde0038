"""Logs: one JSON object a line on standard error, ids only, each with the number of its request and its context."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from core.audit.request import current_request_id
from core.tenancy import current

# Keys whose values may hold personal data; whoever logs one by mistake logs its absence.
_NEVER = frozenset(
    {
        "name",
        "surname",
        "patronymic",
        "full_name",
        "snils",
        "birth_date",
        "phone",
        "email",
        "password",
        "login",
        "query",
        "params",
        "sql",
        "body",
        "filename",
    }
)


def _add_place(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = current()
    if context is not None:
        event.setdefault("context", context.stamp)
    number = current_request_id()
    if number:
        event.setdefault("request", number)
    return event


def _scrub(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in _NEVER & event.keys():
        event[key] = "[removed]"
    return event


def _error_without_text(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep where an exception happened and its type; its text and the rows in it may name a person."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple) and error[0] is not None:
        event["error"] = error[0].__name__
        frames = []
        trace = error[2]
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["at"] = frames[-8:]
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _add_place,
    _scrub,
]


class _ErrorText:
    """A processor for foreign records: drops the message's arguments and the exception's text."""

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        record = event.get("_record")
        if record is not None:
            # The format string is code; its arguments are data.
            event["event"] = str(record.msg)
            event["logger"] = record.name
            if record.exc_info:
                event["exc_info"] = record.exc_info
        return _error_without_text(logger, method, event)


def configure() -> dict[str, Any]:
    """Configure structlog and return Django's ``LOGGING``."""
    structlog.configure(
        processors=[*_SHARED, _error_without_text, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_SHARED, _ErrorText()],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            # The path of a request is kept out: it may hold what somebody typed.
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "django.db.backends": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": False},
            **{
                name: {"handlers": ["stderr"], "level": "INFO", "propagate": False}
                for name in ("core", "tenants", "schools", "regional_bank", "reports", "config")
            },
        },
    }
