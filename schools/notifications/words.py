"""What news says, and where it leads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from core.authz import Actor, actor_of
from core.ui.home import HomeBlock
from schools.notifications import selectors
from schools.notifications.domain import ON_HOME, News
from schools.notifications.models import Notice
from schools.pairs.models import Pair
from schools.participants.asked import title_of
from schools.questionnaires.models import Response

_ON_HOME: Final = 4
# News → (page, the permission without which it does not open).
_PAGES: Final[Mapping[News, tuple[str, str]]] = {
    News.PROPOSED: ("proposals:card", "proposals.answer"),
    News.ASKED: ("questionnaires:fill", "participation.view"),
    News.ASKED_AGAIN: ("questionnaires:fill", "participation.view"),
    News.CONCERN: ("participants:concern", "concerns.answer"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """News in words; ``url`` is empty where there is no page any more, or none for this reader."""

    notice: Notice
    title: str
    detail: str
    url: str

    @property
    def is_new(self) -> bool:
        """Tell whether its reader sees it for the first time."""
        return self.notice.seen_at is None


def lines(actor: Actor, notices: Collection[Notice]) -> list[Line]:
    """Return news in words; two queries however many there are."""
    pairs = selectors.pairs_told_of(actor, notices)
    responses = selectors.responses_told_of(actor, notices)
    return [_line(actor, row, pairs.get(row.about), responses.get(row.about)) for row in notices]


def _line(actor: Actor, row: Notice, pair: Pair | None, response: Response | None) -> Line:
    news = News(row.news)
    title = row.title
    if pair is not None:
        words = _("%(mentor)s – %(mentee)s") % {"mentor": pair.mentor.full_name, "mentee": pair.mentee.full_name}
        return Line(row, title, words, reverse("meetings:pair", args=[pair.pk]))
    if news is News.REQUEST:
        return Line(row, title, "", reverse("pairs:requests") if actor.has("partner_requests.settle") else "")
    name, permission = _PAGES.get(news, ("", ""))
    is_open = bool(name) and bool(actor.has(permission)) and _is_there(news, response)
    detail = title_of(response) if response is not None else ""
    return Line(row, title, detail, reverse(name, args=[row.about]) if is_open else "")


def _is_there(news: News, response: Response | None) -> bool:
    return response is not None or news in (News.PROPOSED, News.CONCERN)


def home_block(request: HttpRequest) -> HomeBlock | None:
    """Return what the reader has not seen of what nothing else on his home page tells; None when there is nothing."""
    if not getattr(request.user, "unread", None):
        return None
    actor = actor_of(request)
    fresh = list(selectors.unseen_for(actor).filter(news__in=ON_HOME)[:_ON_HOME])
    return HomeBlock("notifications/home.html", {"lines": lines(actor, fresh)}) if fresh else None
