"""How rounds and candidates are said on screen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.ui.components import Status
from schools.matching.models import Candidate, Round


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
