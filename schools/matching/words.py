"""How rounds and candidates are said on screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.ui.components import Status
from core.ui.numbers import plural_form
from schools.matching.domain.problem import ProblemError
from schools.matching.domain.proposals import REFUSED_BY_RULE, ProposalState, Reason
from schools.matching.models import Candidate, Proposal, Round, Run
from schools.matching.reasons import problem_in_words


def status_of_round(found: Round) -> Status:
    """Return the state of a round in a word."""
    if found.state == Round.State.PUBLISHED:
        return Status("work", _("Опубликован"))
    if found.state == Round.State.CLOSED:
        return Status("none", _("Закрыт"))
    return Status("wait", _("Готовится"))


def side_titles() -> dict[str, str]:
    """Return the titles of the two sides' lists."""
    return {Candidate.Side.MENTEE: _("Наставляемые"), Candidate.Side.MENTOR: _("Наставники")}


def wished_ages(wishes: dict[str, Any]) -> str:
    """Return the ages somebody wishes for: «10–13», «от 10», «до 13»; empty when he has said nothing."""
    low, high = wishes.get("age_from"), wishes.get("age_to")
    if low is not None and high is not None:
        return f"{low}–{high}"
    if low is not None:
        return _("от %(age)s") % {"age": low}
    if high is not None:
        return _("до %(age)s") % {"age": high}
    return ""


def proof_in_words(run: Run) -> list[str]:
    """Return what the separate checker has proven of a run, a sentence each."""
    # Codes of ``domain.checker.Proven``, which stands beside the checker's heavy library: a page does not load it.
    said = {
        "cover": _("Больше наставляемых обеспечить наставником нельзя."),
        "total": _("При стольких парах общее соответствие не может быть выше."),
        "fairness": _("Из равных по сумме выбран самый ровный вариант: худшее соответствие поднято до предела."),
        "given_groups": _("Доказано для тех мест, которые достались группам."),
        "stable": _("Нет двух людей, которые оба предпочли бы друг друга своей паре (кроме закреплённых)."),
    }
    return [said[code] for code in run.report.get("proven", [])]


def failure_in_words(run: Run, names: Sequence[str] = ()) -> str:
    """Return why a run failed, and what to do; ``names`` are of those whom it is about."""
    code, *about = run.failure or ["unknown"]
    if code == "round_published":
        return _("Пока шёл подбор, его опубликовали. Доска осталась такой, какой её опубликовали.")
    if code == "board_busy":
        return _("Пока шёл подбор, доску всё время меняли вручную. Она осталась как есть; подберите снова.")
    if code == "not_proven":
        return _("Проверка не подтвердила результат, поэтому доска не изменена. Сообщите администратору платформы.")
    said = problem_in_words(ProblemError(code, *about))
    return f"{said} ({' – '.join(names)})" if names else said


def status_of_proposal(proposal: Proposal) -> Status:
    """Return where a proposal stands, and whose answer is missing."""
    match proposal.state:
        case ProposalState.AGREED:
            return Status("ok", _("Оба согласны"))
        case ProposalState.DECLINED:
            return Status("stop", _("Отказ"))
        case ProposalState.EXPIRED:
            return Status("none", _("Срок прошёл"))
        case ProposalState.WITHDRAWN:
            return Status("none", _("Отозвано"))
        case ProposalState.OFFERED:
            return Status("wait", _("Ждёт выбора наставляемого"))
    if not proposal.mentor_answer and not proposal.mentee_answer:
        return Status("wait", _("Ждёт ответа обоих"))
    return Status("wait", _("Ждёт ответа наставляемого") if proposal.mentor_answer else _("Ждёт ответа наставника"))


def decline_reasons() -> list[tuple[str, str]]:
    """Return (code, words) of the reasons to decline; none blames anybody."""
    return [
        (Reason.NO_TIME, _("Сейчас нет времени")),
        (Reason.OTHER_TOPIC, _("Нужна помощь в другом")),
        (Reason.OTHER_PERSON, _("Хочется работать с кем-то другим")),
        (Reason.NO_MORE, _("Больше не участвую")),
        (Reason.OTHER, _("Другая причина")),
    ]


def reasons_in_words() -> dict[str, str]:
    """Return words by code of why nothing came of a proposal, for whoever leads the round."""
    return {**dict(decline_reasons()), REFUSED_BY_RULE: _("Оба согласны, но составить пару не даёт правило")}


def age_in_words(since: date, day: date) -> str:
    """Return how long somebody has waited by a day; a pair whose end was moved may have been to last longer."""
    days = max(0, (day - since).days)
    return f"{days} {plural_form(days, _('день|дня|дней'))}"


def status_of_waiting(*, has_support: bool) -> Status:
    """Return what is being done for somebody who waits; the search goes on in any case."""
    if has_support:
        return Status("work", _("Психологическое сопровождение, поиск продолжается"))
    return Status("wait", _("Поиск продолжается"))
