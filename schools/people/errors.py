"""Refusals of a school's acts for reasons a person can mend: a stable code, a sentence, the field it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from core.api.problems import Problem


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: ``code`` is stable, ``sentence`` is shown, ``field`` is the input's name or empty."""

    code: str
    sentence: str
    field: str = ""


class FaultyActError(Exception):
    """An act was refused for reasons that the person who asked can mend; nothing was changed."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.code for fault in faults))
        self.faults: Sequence[Fault] = faults

    @classmethod
    def of(cls, code: str, sentence: str, field: str = "") -> FaultyActError:
        """Make a refusal with one reason."""
        return cls(Fault(code, sentence, field))


@contextmanager
def refusing_second(constraint: str, fault: Fault) -> Iterator[None]:
    """Refuse in words a row that somebody else has stored since it was looked for; nothing of the block is kept.

    Locks do not tell: an import and a correction hold no person. ``constraint`` is the one that such a row breaks.

    :raises FaultyActError: with the fault.
    :raises IntegrityError: for whatever else the database refuses.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) != constraint:
            raise
        raise FaultyActError(fault) from error


def problem_of(error: FaultyActError) -> Problem:
    """Return a refusal as the API tells it: each sentence at the field it is about, as on the form."""
    fields: dict[str, list[str]] = {}
    for fault in error.faults:
        fields.setdefault(fault.field, []).append(fault.sentence)
    codes = {fault.code for fault in error.faults}
    return Problem(
        422,
        codes.pop() if len(codes) == 1 else "faulty_act",
        " ".join(dict.fromkeys(fault.sentence for fault in error.faults)),
        fields,
    )
