"""Logs hold ids only: no message argument, exception text or named field of a person gets through."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from config.logging import configure
from tests.support.log_watch import watch_logs

CANARY = "Канарейкин"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch):
    """Collect what a handler with the product's formatter writes."""
    configured = configure()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    specification = dict(configured["formatters"]["json"])
    handler.setFormatter(specification.pop("()")(**specification))
    logger = logging.getLogger("tests.logging")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_foreign_record_loses_its_arguments(written):
    logging.getLogger("tests.logging").warning("Not Found: %s", f"/people/?q={CANARY}")
    (row,) = written()
    assert row["event"] == "Not Found: %s"
    assert CANARY not in json.dumps(row, ensure_ascii=False)


def test_an_exception_keeps_its_place_and_loses_its_text(written):
    try:
        raise ValueError(f"duplicate key value ({CANARY})")
    except ValueError:
        logging.getLogger("tests.logging").exception("failed for %s", CANARY)
        structlog.get_logger("tests.logging").exception("failed", surname=CANARY)
    rows = written()
    assert rows[0]["error"] == "ValueError"
    assert rows[0]["at"]
    assert rows[1]["error"] == "ValueError"
    assert CANARY not in json.dumps(rows, ensure_ascii=False)


def test_ids_and_counts_stay(written):
    structlog.get_logger("tests.logging").info("school_state", school="42", rows=3)
    (row,) = written()
    assert (row["school"], row["rows"], row["event"]) == ("42", 3, "school_state")


def test_the_watch_over_the_logs_sees():
    """P19 is looked for at the end of the check; here the watch is shown what it has to find, past the scrubber."""
    watch = watch_logs()
    watch.detach()
    logger = logging.getLogger("schools.rights")
    for text in ("Открыта карточка Канарейкааа", json.dumps({"x": "КАНАРЕЙКАБББ"})):
        watch.emit(logger.makeRecord("schools.rights", logging.INFO, "f", 1, text, (), None))
    watch.emit(logger.makeRecord("schools.rights", logging.INFO, "f", 1, "всё в порядке", (), None))
    assert (watch.lines, len(watch.found)) == (3, 2)
