"""What of a school goes into its archive, and how the layers above take part in a restore.

Everything that a school's schema holds goes along, but secrets and what is worth nothing elsewhere. A new table is
archived without a word here; one that holds a secret must be named, and a test looks for columns that sound like one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

# Table → why it stays behind.
LEFT_OUT: Final[Mapping[str, str]] = {
    "django_migrations": "the manifest names the migrations",
    "django_session": "open sessions",
    "mfa_authenticator": "secrets of second factors, recovery codes",
    "accounts_invitation": "hashes of one-time codes",
    "accounts_apitoken": "hashes of tokens",
    "accounts_signin": "records of sessions that end",
    "webhooks_webhook": "secrets of signatures; and a copy of a school must tell nobody what happens in it",
    "webhooks_delivery": "what was told to those addresses",
    "api_keptanswer": "answers kept for a day for programmes",
    "notifications_preference": "addresses of mail: a copy of a school must write to nobody",
    "notifications_letter": "letters to those addresses",
    "account_emailaddress": "not used by the platform",
    "account_emailconfirmation": "keys of confirmations, not used by the platform",
}

# (table, column) → what stands there in an archive.
_blanks: Final[dict[tuple[str, str], str]] = {("accounts_user", "password"): "!"}


@dataclass(frozen=True, slots=True)
class CodeColumn:
    """A column that holds codes of the region's reference data; ``known`` gives those of this region."""

    table: str
    column: str
    title: str | Promise
    known: Callable[[], Collection[str]]


_code_columns: Final[list[CodeColumn]] = []
_after_restore: Final[dict[str, Callable[[], object]]] = {}


def register_blank(table: str, column: str, value: str) -> None:
    """Write a constant instead of a column: a secret, or what only the installation itself can compute."""
    _blanks[table, column] = value


def register_code_column(column: CodeColumn) -> None:
    """Name a column whose codes the region must know before a school that uses them is restored."""
    _code_columns.append(column)


def register_after_restore(name: str, step: Callable[[], object]) -> None:
    """Run a step in a restored school, in the transaction that filled it, before anybody can open it.

    Steps run in the order of their names.
    """
    _after_restore[name] = step


def blanks() -> Mapping[tuple[str, str], str]:
    """Return the columns that are written as a constant."""
    return _blanks


def code_columns() -> Collection[CodeColumn]:
    """Return the columns that hold codes of the region's reference data."""
    return _code_columns


def run_after_restore() -> None:
    """Run the steps of the layers above in the current school."""
    for _name, step in sorted(_after_restore.items()):
        step()
