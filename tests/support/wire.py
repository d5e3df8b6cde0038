"""Every statement that goes to the server, read where it leaves the process: libpq's own trace, past all our layers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

from django.db import connection
from psycopg.pq import Trace

_MESSAGE = re.compile(r"^([FB])\t\d+\t(\w+)", re.MULTILINE)
# The name of a school's schema or role anywhere but in a text of its own, where it is a value of a row.
_SCHOOL = re.compile(r"(?<!')\bs_[0-9a-f]{12}\b|\bs_[0-9a-f]{12}\b(?!')")
_ROLE = re.compile(r"SET\s+(?:SESSION\s+|LOCAL\s+)?ROLE\s+\"?(\w+)\"?", re.IGNORECASE)


class Statements:
    """What was sent, in order; complete once the block that listened has ended."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    @property
    def roles(self) -> set[str]:
        """Return the database roles that the session took."""
        return {role for statement in self.sent for role in _ROLE.findall(statement)}

    @property
    def naming_a_school(self) -> list[str]:
        """Return the statements that name a school's schema or role."""
        return [statement for statement in self.sent if _SCHOOL.search(statement)]


@contextmanager
def listened() -> Iterator[Statements]:
    """Listen to the connection of this thread."""
    connection.ensure_connection()
    found, wire = Statements(), connection.connection.pgconn
    with TemporaryFile() as file:
        wire.trace(file.fileno())
        wire.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        try:
            yield found
        finally:
            wire.untrace()
        file.seek(0)
        text = file.read().decode("utf-8", "replace")
    messages = list(_MESSAGE.finditer(text))
    ends = [message.start() for message in messages[1:]] + [len(text)]
    found.sent = [
        text[message.end() : end].strip()
        for message, end in zip(messages, ends, strict=True)
        if message[1] == "F" and message[2] in ("Query", "Parse")
    ]
