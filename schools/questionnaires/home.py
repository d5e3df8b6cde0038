"""What the home page says to whoever is asked something."""

from __future__ import annotations

from django.http import HttpRequest

from core.authz import actor_of
from core.ui.home import HomeBlock
from schools.questionnaires.selectors import UNANSWERED, own_responses

_ON_HOME = 4


def home_block(request: HttpRequest) -> HomeBlock | None:
    """Return the questionnaires that wait for the reader's answers; None when there are none."""
    actor = actor_of(request)
    if actor.person_id is None or not actor.has("participation.view"):
        return None
    waiting = own_responses(actor).filter(state__in=UNANSWERED, round__closed_at__isnull=True)
    rows = list(waiting[:_ON_HOME])
    if not rows:
        return None
    return HomeBlock("questionnaires/home.html", {"rows": rows, "is_reminded": any(row.reminded_at for row in rows)})
