"""What of meetings and plans goes on when a pair was recorded twice, and what keeps a draft from being deleted."""

from __future__ import annotations

from django.utils.translation import gettext as _

from schools.meetings.models import Meeting, Plan
from schools.meetings.plans import move_plan
from schools.pairs.beside import PairLink, register_link, register_move, register_standing
from schools.pairs.models import Pair


def move_to(kept: Pair, gone: Pair) -> None:
    """Give everything of a pair that was recorded twice to the row that stays."""
    Meeting.objects.filter(pair=gone).update(pair=kept)
    move_plan(kept, gone)


def why_it_stays(pair: Pair) -> str:
    """Return why a draft of a pair cannot be deleted, or nothing."""
    if Meeting.objects.filter(pair=pair).exists() or Plan.objects.filter(pair=pair).exists():
        return _("У пары есть встречи или план: её можно только завершить.")
    return ""


def register() -> None:
    """Tell the package of pairs below."""
    register_move(move_to)
    register_standing(why_it_stays)
    register_link(PairLink(_("План и встречи"), "meetings:pair", "meetings.view"))
