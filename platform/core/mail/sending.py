"""One letter to the server, and a plain word of what became of it. Never raises for what the other side does.

What a server has said no to can be sent again. When it falls silent after it was given the letter, nobody knows whether
it took it: such a letter is never sent again, because twice is worse than not at all.
"""

from __future__ import annotations

from enum import StrEnum
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from types import TracebackType
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage, get_connection

from core.metrics import count_letter

_log = structlog.get_logger(__name__)
_FOR_GOOD = 500


class Verdict(StrEnum):
    """What became of a letter."""

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"
    NO_SUCH_ADDRESS = "no_such_address"
    UNKNOWN = "unknown"


def is_on() -> bool:
    """Tell whether this installation sends letters at all."""
    return bool(settings.MAIL_SERVER.scheme and settings.MAIL_FROM)


class NoServerError(Exception):
    """The server does not answer, or does not let us in: nothing was sent."""


class Post:
    """A conversation with the server for several letters; to be entered with ``with``.

    :raises NoServerError: on entering, or when the server has gone and does not come back between two letters.
    """

    def __init__(self) -> None:
        self._connection: Any = get_connection()

    def __enter__(self) -> Post:
        """Begin it."""
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._close()

    def send(self, message: EmailMessage) -> Verdict:
        """Hand one letter over."""
        self._begin_again_if_gone()
        verdict, why = self._attempt(message)
        count_letter(verdict.value)
        if verdict is not Verdict.TAKEN:
            _log.warning("letter_not_taken", verdict=verdict.value, error=why)
        if verdict is Verdict.UNKNOWN:
            self._close()
        return verdict

    def _attempt(self, message: EmailMessage) -> tuple[Verdict, str]:
        try:
            self._connection.send_messages([message])
        except SMTPRecipientsRefused as refusal:
            codes = [code for code, _said in refusal.recipients.values()]
            verdict = Verdict.NO_SUCH_ADDRESS if min(codes, default=0) >= _FOR_GOOD else Verdict.LATER
            return verdict, f"{min(codes, default=0)}"
        except SMTPResponseException as refusal:
            # Of a sender, or of the letter as a whole: the operator's matter, or the content's.
            return (Verdict.REFUSED if refusal.smtp_code >= _FOR_GOOD else Verdict.LATER), f"{refusal.smtp_code}"
        except (BadHeaderError, UnicodeError) as refusal:
            return Verdict.REFUSED, type(refusal).__name__
        except (SMTPException, OSError) as silence:
            return Verdict.UNKNOWN, type(silence).__name__
        return Verdict.TAKEN, ""

    def _begin_again_if_gone(self) -> None:
        """Ask whether the server still listens before it is given anything: what is not begun cannot be lost."""
        talk = getattr(self._connection, "connection", None)
        if talk is not None and hasattr(talk, "noop"):
            try:
                talk.noop()
            except (SMTPException, OSError):
                self._close()
                self._open()
        elif talk is None:
            self._open()

    def _open(self) -> None:
        try:
            self._connection.open()
        except (SMTPException, OSError) as error:
            raise NoServerError(type(error).__name__) from error

    def _close(self) -> None:
        try:
            self._connection.close()
        except (SMTPException, OSError) as error:
            _log.info("mail_server_left_rudely", error=type(error).__name__)
            self._connection.connection = None
