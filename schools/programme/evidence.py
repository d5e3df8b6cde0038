"""What the school's data say about a task of the year: offered to people as words, never set by itself.

A task is known by its ``product``: two tasks done on one page that mean different things have different ones. What
nothing shows is left out; a page for the work of a whole year (regular meetings, coverage) never says «done».
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from core.authz import Actor
from schools.programme.home import Numbers, numbers
from schools.programme.known import Known, Survey, known_of
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.people import base_of
from schools.programme.year_words import address_of, page_of
from schools.programme.years import StageTasks

OPEN: Final = (ProgrammeTask.State.TODO, ProgrammeTask.State.WORK)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known in words, whether by it the task is done, and the address of what it left behind, if anything."""

    words: str
    is_done: bool
    url: str = ""


class YearEvidence:
    """What the data say about the tasks of one year; each sort of fact is read once, when a task asks for it.

    Only for who sees every number: by less nobody can be told that a task of the school is done.
    """

    def __init__(self, actor: Actor, year: ProgrammeYear, found: Numbers, day: date) -> None:
        self._actor, self._year, self._numbers, self._day = actor, year, found, day
        self._known: dict[str, Known] = {}

    def of(self, task: ProgrammeTask) -> Evidence | None:
        """Return what is known of a task; None for what the data do not show."""
        finder = _FINDERS.get(task.product)
        return finder(self, task) if finder is not None else None

    def offered(self, task: ProgrammeTask) -> Evidence | None:
        """Return the evidence by which an open task can be marked as done, if there is any."""
        if task.state not in OPEN or task.product in _NEVER_DONE:
            return None
        found = self.of(task)
        return found if found is not None and found.is_done else None

    def _of_profile(self, task: ProgrammeTask) -> Known:
        if task.profile not in self._known:
            self._known[task.profile] = known_of(self._year, task.profile, self._day)
        return self._known[task.profile]

    def _people(self, task: ProgrammeTask) -> Evidence:
        is_of_teachers = "teacher" in self._of_profile(task).mentee_kinds
        count = self._numbers.teachers if is_of_teachers else self._numbers.enrolled
        return Evidence(_("Числится: %(count)s") % {"count": count}, count > 0, self._page(task))

    def _consents(self, task: ProgrammeTask) -> Evidence:
        found = self._numbers
        words = _("Есть у %(done)s из %(total)s") % {"done": found.consented, "total": found.enrolled}
        return Evidence(words, found.consented > 0 and not found.without_consent, self._page(task))

    def _side_consents(self, task: ProgrammeTask) -> Evidence:
        """Of those who stand in the year's pairs: before there are pairs nobody knows who will."""
        pairs = self._of_profile(task).pairs
        is_mentors = task.product == "mentor-consents"
        done, total = (
            (pairs.mentors_consented, pairs.mentors) if is_mentors else (pairs.mentees_consented, pairs.mentees)
        )
        words = _("Согласие есть у %(done)s из %(total)s, кто состоит в парах") % {"done": done, "total": total}
        return Evidence(words, total > 0 and done == total, self._page(task))

    def _base(self, task: ProgrammeTask) -> Evidence:
        side = "mentor" if task.product == "mentors" else "mentee"
        return Evidence(_("В списке: %(count)s") % {"count": base_of(side, self._day).count()}, False, self._page(task))

    def _survey(self, task: ProgrammeTask) -> Evidence | None:
        kinds, role = _SURVEYS[task.product]
        rounds = [row for row in self._of_profile(task).surveys if row.kind in kinds and role in ("", row.role)]
        closed = [row for row in rounds if row.closed_on is not None]
        if not rounds:
            return None
        latest = closed[0] if closed else rounds[0]
        words = _("Опрос закрыт %(day)s: %(title)s") if closed else _("Опрос идёт: %(title)s")
        said = {"title": latest.title, "day": f"{latest.closed_on:%d.%m.%Y}" if latest.closed_on else ""}
        return Evidence(words % said, bool(closed), self._round(latest))

    def _round(self, survey: Survey) -> str:
        return page_of(self._actor, "questionnaires.view", "questionnaires:round", survey.pk)

    def _matching(self, task: ProgrammeTask) -> Evidence | None:
        rounds = self._of_profile(task).boards
        published = [row for row in rounds if row.published_on is not None]
        if not rounds:
            return None
        latest = published[0] if published else rounds[0]
        words = _("Подбор опубликован %(day)s: %(title)s") if published else _("Подбор готовится: %(title)s")
        said = {"title": latest.title, "day": f"{latest.published_on:%d.%m.%Y}" if latest.published_on else ""}
        url = page_of(self._actor, "matching.view", "matching:round", latest.pk)
        return Evidence(words % said, bool(published), url)

    def _pairs(self, task: ProgrammeTask) -> Evidence:
        known = self._of_profile(task)
        words = _("Составлено пар за год: %(made)s, ждут приказа: %(waiting)s")
        said = {"made": known.pairs.made, "waiting": known.pairs.waiting}
        is_done = known.pairs.made > 0 and all(row.published_on is not None for row in known.boards)
        return Evidence(words % said, is_done, self._page(task))

    def _orders(self, task: ProgrammeTask) -> Evidence:
        pairs, order = self._of_profile(task).pairs, self._of_profile(task).order
        words = _("Утверждено пар за год: %(ordered)s, ждут приказа: %(waiting)s")
        said = {"ordered": pairs.ordered, "waiting": pairs.waiting}
        url = page_of(self._actor, "orders.view", "orders:card", order) if order is not None else ""
        return Evidence(words % said, pairs.ordered > 0 and not pairs.waiting, url or self._page(task))

    def _plans(self, task: ProgrammeTask) -> Evidence:
        pairs = self._of_profile(task).pairs
        words = _("План есть у %(done)s из %(total)s действующих пар") % {"done": pairs.planned, "total": pairs.acting}
        return Evidence(words, 0 < pairs.acting == pairs.planned, self._page(task))

    def _first_meetings(self, task: ProgrammeTask) -> Evidence:
        pairs = self._of_profile(task).pairs
        words = _("Обе встречи провели %(done)s из %(total)s действующих пар")
        said = {"done": pairs.tried, "total": pairs.acting}
        return Evidence(words % said, 0 < pairs.acting == pairs.tried, self._page(task))

    def _planning_meetings(self, task: ProgrammeTask) -> Evidence:
        pairs = self._of_profile(task).pairs
        words = _("Встречу-планирование провели %(done)s из %(total)s действующих пар")
        said = {"done": pairs.planning, "total": pairs.acting}
        return Evidence(words % said, 0 < pairs.acting == pairs.planning, self._page(task))

    def _closing(self, task: ProgrammeTask) -> Evidence:
        """Done when no pair of the year goes on, and every one that ran to its end has its mentor's report."""
        pairs = self._of_profile(task).pairs
        words = _("Завершено до конца: %(ended)s, из них с отчётом: %(reported)s; ещё действует: %(acting)s")
        said = {"ended": pairs.completed, "reported": pairs.reported, "acting": pairs.acting}
        is_done = not pairs.acting and 0 < pairs.completed == pairs.reported
        return Evidence(words % said, is_done, self._page(task))

    def _page(self, task: ProgrammeTask) -> str:
        return address_of(self._actor, task.product)


def known_to(actor: Actor, year: ProgrammeYear | None, day: date, found: Numbers | None = None) -> YearEvidence | None:
    """Return what the data say of a year's tasks; None without a year, and for who does not see every number.

    ``found`` are the numbers of the home page where they are counted already.
    """
    if year is None or not actor.reach("people.view").everything:
        return None
    return YearEvidence(actor, year, numbers(actor, day) if found is None else found, day)


_Finder = Callable[[YearEvidence, ProgrammeTask], Evidence | None]
# Which rounds of asking show that a task is done: kinds, and the role, empty for either.
_SURVEYS: Final[dict[str, tuple[Collection[str], str]]] = {
    "entry-mentee": (("entry",), "mentee"),
    "entry-mentor": (("entry",), "mentor"),
    "preferences": (("preference",), ""),
    "interim": (("interim",), ""),
    "final-survey": (("after", "satisfaction"), ""),
}
_FINDERS: Final[dict[str, _Finder]] = {
    "people": YearEvidence._people,
    "consents": YearEvidence._consents,
    "mentee-consents": YearEvidence._side_consents,
    "mentor-consents": YearEvidence._side_consents,
    "mentees": YearEvidence._base,
    "mentors": YearEvidence._base,
    "matching": YearEvidence._matching,
    "pairs": YearEvidence._pairs,
    "orders": YearEvidence._orders,
    "plans": YearEvidence._plans,
    "first-meetings": YearEvidence._first_meetings,
    "planning-meetings": YearEvidence._planning_meetings,
    "closing": YearEvidence._closing,
    **dict.fromkeys(_SURVEYS, YearEvidence._survey),
}
# Lists that grow all year: words alone, and not worth a query where only what is done is asked for.
_NEVER_DONE: Final = frozenset({"mentees", "mentors"})


def offered_tasks(stages: Iterable[StageTasks], known: YearEvidence | None) -> Collection[UUID]:
    """Return the ids of the open tasks that by the data are done; none for who does not see every number."""
    if known is None:
        return frozenset()
    return {task.pk for stage in stages for task in stage.tasks if known.offered(task) is not None}
