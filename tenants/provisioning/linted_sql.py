"""What raw SQL of a migration does that a release may not: read clause by clause, as text, without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

_TAKING_AWAY: Final = re.compile(
    r"\b(DROP|RENAME|TRUNCATE)\b|\bSET\s+NOT\s+NULL\b|\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b", re.IGNORECASE
)
# Comments and quoted texts say nothing to the server; bodies between dollars may be run, and are read.
_SILENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_NAME: Final = r'((?:"[^"]+"|[\w{}]+)(?:\.(?:"[^"]+"|[\w{}]+))?)'
_ALTER_TABLE: Final = re.compile(rf"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?{_NAME}\s+(.*)", re.I | re.DOTALL)
_CREATE_TABLE: Final = re.compile(rf"\bCREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}", re.I)
_CREATE_INDEX: Final = re.compile(
    rf"\bCREATE\s+(?:UNIQUE\s+)?INDEX\b(?!\s+CONCURRENTLY\b)(?:(?!\bON\b).)*\bON\s+(?:ONLY\s+)?{_NAME}",
    re.I | re.DOTALL,
)
_ADD_CONSTRAINT: Final = re.compile(r"ADD\s+(CONSTRAINT|CHECK|UNIQUE|PRIMARY\s+KEY|FOREIGN\s+KEY|EXCLUDE)\b", re.I)
_CHECKED_LATER: Final = re.compile(r"\bNOT\s+VALID\b|\bUSING\s+INDEX\b", re.I)
_ADD_COLUMN: Final = re.compile(r"ADD\s+(?:COLUMN\s+)?", re.I)
_REQUIRED: Final = re.compile(r"\bNOT\s+NULL\b|\bPRIMARY\s+KEY\b", re.I)
_FILLED: Final = re.compile(r"\bDEFAULT\b|\bGENERATED\b|\b(?:small|big)?serial\b", re.I)
_UNIQUE_COLUMN: Final = re.compile(r"\bUNIQUE\b|\bPRIMARY\s+KEY\b|\bCHECK\b", re.I)


def broken_by_sql(sql: str | Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Give (rule, words) for what the SQL of a ``RunSQL`` breaks.

    A table that the same text makes may be changed at will.

    :param sql: a text, or a sequence of texts and of pairs (text, parameters), as Django takes it.
    """
    text = _SILENT.sub(" ", _joined(sql))
    if _TAKING_AWAY.search(text):
        yield "sql", "SQL that takes something away from older code"
    made = {_bare(name) for name in _CREATE_TABLE.findall(text)}
    for statement in text.split(";"):
        if (found := _ALTER_TABLE.search(statement)) and _bare(found[1]) not in made:
            for clause in _clauses(found[2]):
                yield from _added(clause.strip())
        if (found := _CREATE_INDEX.search(statement)) and _bare(found[1]) not in made:
            yield "index", "SQL that makes an index while nobody can write: CREATE INDEX CONCURRENTLY"


def _joined(sql: str | Sequence[Any]) -> str:
    if isinstance(sql, str):
        return sql
    return ";\n".join(one if isinstance(one, str) else str(one[0]) for one in sql)


def _bare(name: str) -> str:
    """Return the last part of a name, as the server folds it: the schema is the path's."""
    last = name.rpartition(".")[2]
    return last.strip('"') if last.startswith('"') else last.lower()


def _clauses(text: str) -> list[str]:
    """Split the actions of an ALTER TABLE at the commas outside brackets."""
    clauses, depth = [""], 0
    for sign in text:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            clauses.append("")
        else:
            clauses[-1] += sign
    return clauses


def _added(clause: str) -> Iterator[tuple[str, str]]:
    if _ADD_CONSTRAINT.match(clause):
        if not _CHECKED_LATER.search(clause):
            yield "constraint", "SQL that reads a whole table under a lock: ADD CONSTRAINT … NOT VALID, then validate"
    elif _ADD_COLUMN.match(clause):
        if _REQUIRED.search(clause) and not _FILLED.search(clause):
            yield "no-default", "SQL that adds a column which older code leaves empty: give it a DEFAULT, or allow NULL"
        if _UNIQUE_COLUMN.search(clause):
            yield "constraint", "SQL that adds a column with a constraint: add the column, then the constraint"
