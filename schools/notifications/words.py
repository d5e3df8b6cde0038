"""What news says, and where it leads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from core.authz import Actor, actor_of
from core.ui.home import HomeBlock
from schools.consents.words import kind_titles
from schools.notifications import selectors
from schools.notifications.domain import ON_HOME, News
from schools.notifications.models import Notice
from schools.pairs.models import Pair
from schools.participants.asked import title_of

_ON_HOME: Final = 4
# News → (page, the permission without which it does not open).
_PAGES: Final[Mapping[News, tuple[str, str]]] = {
    News.PROPOSED: ("proposals:card", "proposals.answer"),
    News.CONCERN: ("participants:concern", "concerns.answer"),
}
# What news says besides its title, and the address it leads to; empty where there is none for the reader.
Told = tuple[str, str]


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
    """Return news in words; a few queries however many there are, none for sorts of which there is nothing."""
    pairs = selectors.pairs_told_of(actor, notices)
    told = {
        **_of_responses(actor, notices),
        **_of_runs(actor, notices),
        **_of_imports(actor, notices),
        **_of_papers(actor, notices),
        **_of_consents(actor, notices),
    }
    return [_line(actor, row, pairs.get(row.about), told.get(row.about)) for row in notices]


def _line(actor: Actor, row: Notice, pair: Pair | None, told: Told | None) -> Line:
    news = News(row.news)
    title = row.title
    if pair is not None:
        words = _("%(mentor)s – %(mentee)s") % {"mentor": pair.mentor.full_name, "mentee": pair.mentee.full_name}
        return Line(row, title, words, reverse("meetings:pair", args=[pair.pk]))
    if told is not None:
        return Line(row, title, *told)
    if news is News.REQUEST:
        return Line(row, title, "", reverse("pairs:requests") if actor.has("partner_requests.settle") else "")
    name, permission = _PAGES.get(news, ("", ""))
    is_open = bool(name) and bool(actor.has(permission))
    return Line(row, title, "", reverse(name, args=[row.about]) if is_open else "")


def _of_responses(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Told]:
    is_open = bool(actor.has("participation.view"))
    return {
        key: (title_of(row), reverse("questionnaires:fill", args=[key]) if is_open else "")
        for key, row in selectors.responses_told_of(actor, notices).items()
    }


def _of_runs(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Told]:
    return {
        key: (run.round.title, reverse("matching:run", args=[key]))
        for key, run in selectors.runs_told_of(actor, notices).items()
    }


def _of_imports(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Told]:
    # Who may feed and nothing else has no page of imports.
    is_open = bool(actor.has("imports.run"))
    return {
        key: (str(job.get_state_display()), reverse("imports:job", args=[key]) if is_open else "")
        for key, job in selectors.imports_told_of(actor, notices).items()
    }


def _of_papers(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Told]:
    # His checklist stands on his home page.
    titles = selectors.papers_told_of(actor, notices)
    return {key: (title, reverse("home")) for key, title in titles.items()}


def _of_consents(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Told]:
    found = selectors.consents_told_of(actor, notices)
    titles = kind_titles() if found else {}
    return {
        key: (
            _("%(name)s: %(kind)s, с %(day)s")
            % {
                "name": row.person.full_name,
                "kind": titles.get(row.kind, row.kind),
                "day": f"{row.withdrawn_on:%d.%m.%Y}",
            },
            reverse("consents:person", args=[row.person_id]),
        )
        for key, row in found.items()
    }


def home_block(request: HttpRequest) -> HomeBlock | None:
    """Return what the reader has not seen of what nothing else on his home page tells; None when there is nothing."""
    if not getattr(request.user, "unread", None):
        return None
    actor = actor_of(request)
    fresh = list(selectors.unseen_for(actor).filter(news__in=ON_HOME)[:_ON_HOME])
    return HomeBlock("notifications/home.html", {"lines": lines(actor, fresh)}) if fresh else None
