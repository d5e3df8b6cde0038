"""Accounts of a school that becomes a part of another one.

They come along with their roles, but nobody can sign in with them: passwords and second factors are carried by nobody,
so each opens only when this school's director or coordinator gives its owner a new code. Nobody becomes a director
by a merger. Two people who chose the same login stay two.
"""

from __future__ import annotations

from core.accounts.models import User
from tenants.mergers.contents import Row, Taking, register_rule

_LONGEST_LOGIN = 64


def _logins(rows: list[Row], taking: Taking) -> list[Row]:
    known: set[str] = taking.memo.setdefault("logins", set())
    if not known:
        known.update(User.objects.values_list("login", flat=True))
    for row in rows:
        # News stays behind.
        row["unread"] = 0
        if row["expires_at"] is not None:
            # Opened by the region for some hours, in the other school.
            row["is_active"] = False
        if row["login"] in known:
            row["login"] = free_name(row["login"], f".{taking.code}", known, _LONGEST_LOGIN)
            taking.counts["logins_changed"] += 1
        known.add(row["login"])
    taking.counts["accounts"] += len(rows)
    return rows


def _grants(rows: list[Row], taking: Taking) -> list[Row]:
    carried = [row for row in rows if row["role"] != "director"]
    taking.counts["directors"] += len(rows) - len(carried)
    return carried


def free_name(name: str, ending: str, known: set[str], longest: int) -> str:
    """Return the name with an ending, cut to fit, such as nobody has; with a number where even that one is taken."""
    number = 1
    while True:
        last = ending if number == 1 else f"{ending}{number}"
        made = f"{name[: longest - len(last)]}{last}"
        if made not in known:
            return made
        number += 1


def _marked(rows: list[Row], taking: Taking) -> list[Row]:
    for row in rows:
        row["details"] = {**row["details"], "school": taking.code}
    return rows


def register() -> None:
    """Say how accounts are carried, and that records of acts say where they were made."""
    register_rule("accounts_user", _logins, settles=("login",))
    register_rule("accounts_rolegrant", _grants)
    register_rule("audit_auditrecord", _marked)
