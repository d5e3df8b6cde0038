"""Looks at every line that the check logs, as it would be written, for somebody of the two schools."""

from __future__ import annotations

import logging
import re

from tests.support.world import SCHOOL_A, SCHOOL_B

# Stand in names of the seeded people and in whatever they typed; no other text of ours holds them.
CANARIES = tuple(text.lower() for place in (SCHOOL_A, SCHOOL_B) for text in (place.canary, place.surname))

_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")


class LogWatch(logging.Handler):
    """Reads each record through the formatter of the platform's own handler; keeps the lines that name somebody."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.lines = 0
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one line."""
        self.lines += 1
        line = self.format(record)
        # JSON, once or within JSON, may have escaped the letters of a name.
        plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), line)
        if any(canary in text.lower() for canary in CANARIES for text in (line, plain)):
            self.found.append(line)

    def attach(self) -> None:
        """Stand beside the platform's handler wherever it stands."""
        loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
        for logger in loggers:
            if any(handler.formatter is self.formatter for handler in logger.handlers):
                logger.addHandler(self)

    def detach(self) -> None:
        """Leave all of them."""
        for logger in [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]:
            logger.removeHandler(self)


def watch_logs() -> LogWatch:
    """Return a watch that stands beside the platform's handler."""
    handler = next(handler for handler in logging.getLogger("schools").handlers if handler.formatter is not None)
    watch = LogWatch(handler.formatter)  # type: ignore[arg-type]
    watch.attach()
    return watch
