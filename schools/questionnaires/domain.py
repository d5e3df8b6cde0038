"""States of a round and of a response, and what an answer may be. Pure Python."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, Protocol

LONGEST_ANSWER: Final = 4000
LOWEST, HIGHEST = 1, 10
# What entry questionnaires, and matching after them, call the question about taking part.
TAKES_PART: Final = "takes_part"


class ResponseState(StrEnum):
    """Where one person's answers stand."""

    ASKED = "asked"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    REOPENED = "reopened"


class Act(StrEnum):
    """What can be done with a response."""

    SAVE = "save"
    SUBMIT = "submit"
    REOPEN = "reopen"


_MOVES: Final[Mapping[tuple[ResponseState, Act], ResponseState]] = {
    (ResponseState.ASKED, Act.SAVE): ResponseState.DRAFT,
    (ResponseState.DRAFT, Act.SAVE): ResponseState.DRAFT,
    (ResponseState.REOPENED, Act.SAVE): ResponseState.REOPENED,
    (ResponseState.ASKED, Act.SUBMIT): ResponseState.SUBMITTED,
    (ResponseState.DRAFT, Act.SUBMIT): ResponseState.SUBMITTED,
    (ResponseState.REOPENED, Act.SUBMIT): ResponseState.SUBMITTED,
    (ResponseState.SUBMITTED, Act.REOPEN): ResponseState.REOPENED,
}


class IllegalMoveError(Exception):
    """An act that the state does not allow; ``code`` is ``closed``, ``submitted`` or ``not_submitted``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def next_state(state: ResponseState, act: Act, *, is_open: bool) -> ResponseState:
    """Return the state after an act; ``is_open`` is the round's.

    :raises IllegalMoveError: for what the state, or a closed round, does not allow.
    """
    if not is_open:
        raise IllegalMoveError("closed")
    after = _MOVES.get((state, act))
    if after is None:
        raise IllegalMoveError("not_submitted" if act is Act.REOPEN else "submitted")
    return after


class Choice(Protocol):
    """An option of an item, as the reference data holds it."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...


class Question(Protocol):
    """An item, as the reference data holds it."""

    @property
    def code(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def is_required(self) -> bool: ...
    @property
    def options(self) -> Sequence[Choice]: ...
    @property
    def most(self) -> int: ...


class AnswerError(ValueError):
    """An answer that does not fit its item.

    ``code`` is ``scale``, ``yes_no``, ``text``, ``long``, ``option`` or ``people``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def checked_answer(item: Question, typed: Any, people: Collection[str]) -> Any:
    """Return an answer in its stored shape, None for none given.

    scale → int 1–10; yes_no → bool; text → str; choice → code of the option; choices → codes in the item's order;
    people → ids in the order of the wish. ``people`` are the ids that may be named.

    :raises AnswerError: for anything else.
    """
    if typed is None or typed == "" or typed == []:
        return None
    match item.type:
        case "scale":
            return _scale(typed)
        case "yes_no":
            return _yes_no(typed)
        case "text":
            return _text(typed)
        case "choice":
            return _option(item, typed)
        case "choices":
            return _options(item, typed)
        case _:
            return _people(item, typed, people)


def checked_answers(
    items: Sequence[Question], typed: Mapping[str, Any], people: Collection[str], *, is_final: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the answers that fit and, by item, the code of what is wrong with the others (``required`` for a gap).

    Of a draft nothing is demanded, nor anything else of who does not take part: his «нет» is whole, or it would
    stay a draft and count nowhere. What an unknown item is answered with is left out.
    """
    answers: dict[str, Any] = {}
    faults: dict[str, str] = {}
    gaps = []
    for item in items:
        try:
            answer = checked_answer(item, typed.get(item.code), people)
        except AnswerError as error:
            faults[item.code] = error.code
            continue
        if answer is not None:
            answers[item.code] = answer
        elif item.is_required:
            gaps.append(item.code)
    if is_final and answers.get(TAKES_PART) is not False:
        faults |= dict.fromkeys(gaps, "required")
    return answers, faults


def is_whole_by_no(item: Question) -> bool:
    """Tell whether «нет» to an item is the whole answer, as :func:`checked_answers` takes it."""
    return item.code == TAKES_PART and item.type == "yes_no"


_PAPER_YES: Final = frozenset({"да", "д", "+", "1", "y", "l"})
_PAPER_NO: Final = frozenset({"нет", "н", "-", "–", "0", "n"})


def from_paper(item: Question, written: str, people: Sequence[str]) -> Any:
    """Return what a cell of the sheet for paper means; options and people are written by their numbers from 1.

    What cannot be read comes back as it is, for :func:`checked_answer` to refuse.
    """
    written = written.strip()
    match item.type:
        case "yes_no":
            short = written.lower()
            return True if short in _PAPER_YES else False if short in _PAPER_NO else written
        case "choice":
            return next(iter(_numbered([row.code for row in item.options], written)), "")
        case "choices":
            return _numbered([row.code for row in item.options], written)
        case "people":
            return _numbered(people, written)
        case _:
            return written


def on_paper(item: Question, answer: Any, people: Sequence[str]) -> str:
    """Return how an answer stands in a cell of the sheet for paper: the reverse of :func:`from_paper`."""
    if answer is None:
        return ""
    match item.type:
        case "yes_no":
            return "да" if answer else "нет"
        case "choice" | "choices":
            codes = [row.code for row in item.options]
            given = [answer] if isinstance(answer, str) else answer
            return " ".join(str(codes.index(code) + 1) for code in given if code in codes)
        case "people":
            return " ".join(str(people.index(one) + 1) for one in answer if one in people)
        case _:
            return str(answer)


def _numbered(known: Sequence[str], written: str) -> list[str]:
    parts = written.replace(",", " ").replace(";", " ").split()
    return [known[int(each) - 1] if _is_number(each) and 1 <= int(each) <= len(known) else each for each in parts]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _scale(typed: Any) -> int:
    if isinstance(typed, str) and _is_number(typed.strip()):
        typed = int(typed)
    if isinstance(typed, bool) or not isinstance(typed, int) or not LOWEST <= typed <= HIGHEST:
        raise AnswerError("scale")
    return typed


def _yes_no(typed: Any) -> bool:
    if isinstance(typed, bool):
        return typed
    if typed in ("yes", "no"):
        return bool(typed == "yes")
    raise AnswerError("yes_no")


def _text(typed: Any) -> str | None:
    if not isinstance(typed, str):
        raise AnswerError("text")
    # A file or a database keeps no zero byte.
    text = typed.replace("\x00", "").strip()
    if len(text) > LONGEST_ANSWER:
        raise AnswerError("long")
    return text or None


def _option(item: Question, typed: Any) -> str:
    if not isinstance(typed, str) or typed not in {row.code for row in item.options}:
        raise AnswerError("option")
    return typed


def _options(item: Question, typed: Any) -> list[str]:
    given = [typed] if isinstance(typed, str) else typed
    known = [row.code for row in item.options]
    if not isinstance(given, list) or any(not isinstance(each, str) or each not in known for each in given):
        raise AnswerError("option")
    return [code for code in known if code in given]


def _people(item: Question, typed: Any, people: Collection[str]) -> list[str] | None:
    given = [typed] if isinstance(typed, str) else typed
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise AnswerError("people")
    named = list(dict.fromkeys(each for each in given if each))
    if len(named) > item.most or any(each not in people for each in named):
        raise AnswerError("people")
    return named or None
