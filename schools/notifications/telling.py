"""Events become news: whom each concerns, told in the event's own transaction by a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.accounts.holders import staff_with
from core.accounts.models import User
from core.audit.models import AuditRecord
from core.events.catalogue import Event
from schools.clearances.selectors import papers_on_the_clock
from schools.consents.selectors import consents_visible_to
from schools.imports.models import ImportJob
from schools.matching.domain.proposals import LIVE
from schools.matching.models import Proposal, Run
from schools.meetings.domain import MeetingState
from schools.meetings.models import Meeting
from schools.notifications.domain import News
from schools.notifications.services import tell
from schools.pairs.models import Pair
from schools.pairs.partner_requests import requests_to_settle
from schools.pairs.selectors import HAS_FULL_ORDER, acting_q
from schools.participants.selectors import concerns_to_answer
from schools.people.domain import ADULT_AGE_YEARS, latest_birth_date
from schools.people.models import Guardianship
from schools.people.selectors import representing_q
from schools.questionnaires.models import Response
from schools.worklist.domain import Matter
from schools.worklist.models import Reminder

# (whom it concerns, id of what it is about)
Concerned = Iterable[tuple[UUID, UUID]]


def tell_of(event: Event) -> None:
    """Tell whoever an event concerns; a subscriber of the catalogue. Most events concern nobody in person."""
    handler = _HANDLERS.get(event.kind.name)
    if handler is not None:
        handler(event)


def _ids(event: Event, member: str) -> Collection[UUID]:
    value = event.data[member]
    if isinstance(value, list):
        return [UUID(each) for each in value]
    return [UUID(str(value))] if value else []


def _tell_people(news: News, concerned: Concerned, *, but: UUID | None = None, day: date | None = None) -> None:
    """Tell people by their accounts; whoever has none hears it from the school. ``but``: the account that did it."""
    rows = list(concerned)
    users: defaultdict[UUID, list[UUID]] = defaultdict(list)
    known = _in_force().filter(person_id__in={person for person, _about in rows})
    for user, person in known.values_list("pk", "person_id"):
        if person is not None and user != but:
            users[person].append(user)
    tell(news, [(user, about) for person, about in rows for user in users[person]], day=day)


def _in_force() -> QuerySet[User]:
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    return User.objects.filter(in_force, is_active=True)


def _two_of(pairs: Collection[UUID], *, with_parents: bool = False) -> Concerned:
    """Return both of each pair, with its id, and if wanted who represents a minor of them today."""
    sides = Pair.objects.filter(pk__in=pairs).values_list("pk", "mentor", "mentee")
    rows = [(person, pair) for pair, *two in sides for person in two]
    if with_parents:
        day = timezone.localdate()
        # A grown-up's life in the programme is his own.
        minors = Q(ward__birth_date__gt=latest_birth_date(day, ADULT_AGE_YEARS))
        wards = {person for person, _pair in rows}
        known = Guardianship.objects.filter(representing_q(day), minors, ward__in=wards)
        parents: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for ward, guardian in known.values_list("ward", "guardian"):
            parents[ward].append(guardian)
        rows += [(parent, pair) for person, pair in rows for parent in parents[person]]
    return rows


def _proposed(event: Event) -> None:
    rows = Proposal.objects.filter(pk__in=_ids(event, "proposals"), state__in=LIVE).select_related("mentor", "mentee")
    told = []
    for row in rows:
        # A mentor among whom a mentee chooses is not asked yet; who has chosen has answered.
        told += [] if row.options or row.mentor_answer else [(row.mentor.person_id, row.pk)]
        told += [] if row.mentee_answer else [(row.mentee.person_id, row.pk)]
    _tell_people(News.PROPOSED, told)


def _asked(event: Event) -> None:
    rows = Response.objects.filter(round__in=_ids(event, "round"))
    _tell_people(News.ASKED, list(rows.values_list("person", "pk")))


def _asked_again(event: Event) -> None:
    rows = Response.objects.filter(pk__in=_ids(event, "responses"))
    _tell_people(News.ASKED_AGAIN, list(rows.values_list("person", "pk")))


def _reopened(event: Event) -> None:
    """Who gave the answers himself mends them; what came from paper is mended from paper, by staff."""
    rows = Response.objects.filter(pk__in=_ids(event, "response")).exclude(channel=Response.Channel.PAPER)
    _tell_people(News.REOPENED, list(rows.values_list("person", "pk")))


def _matched(event: Event) -> None:
    _tell_asker(News.MATCHED, event)


def _not_matched(event: Event) -> None:
    _tell_asker(News.NOT_MATCHED, event)


def _tell_asker(news: News, event: Event) -> None:
    runs = Run.objects.filter(pk__in=_ids(event, "run"))
    _tell_accounts(news, runs.values_list("asked_by", "pk"))


_OF_IMPORTS: Mapping[str, News] = {
    ImportJob.State.DONE.value: News.IMPORTED,
    ImportJob.State.CHECKED.value: News.IMPORT_CHECKED,
}


def _imported(event: Event) -> None:
    """Only of what the worker did: a short import is over before its page is. A feed is news when it needs a person."""
    news = _OF_IMPORTS.get(str(event.data["state"]), News.IMPORT_STOPPED)
    # Progress is counted of what the worker is given alone.
    jobs = ImportJob.objects.filter(Q(progress_total__gt=0) | Q(is_feed=True), pk__in=_ids(event, "import"))
    if news is News.IMPORTED:
        jobs = jobs.filter(is_feed=False)
    _tell_accounts(news, jobs.values_list(Coalesce("confirmed_by", "created_by"), "pk"))


def _tell_accounts(news: News, rows: Iterable[tuple[UUID | None, UUID]]) -> None:
    """Tell accounts of what they started, if they are still in force; a command has none."""
    started = [(user, about) for user, about in rows if user is not None]
    known = set(_in_force().filter(pk__in={user for user, _about in started}).values_list("pk", flat=True))
    tell(news, [(user, about) for user, about in started if user in known])


_OF_MATTERS = {Matter.NEVER_MET.value: News.NEVER_MET, Matter.STUCK.value: News.STUCK}


def _reminded(event: Event) -> None:
    for row in Reminder.objects.filter(pk__in=_ids(event, "reminder")):
        tell(_OF_MATTERS[row.matter], [(row.user_id, row.pair_id)])


def _ordered(event: Event) -> None:
    _tell_people(News.ORDERED, _two_of(_ids(event, "pairs"), with_parents=True))


def _ended(event: Event) -> None:
    """A day to come ends nothing yet: it is news of its own, and none of a draft, of which its two do not know."""
    if date.fromisoformat(str(event.data["ends_on"])) <= timezone.localdate():
        _tell_people(News.ENDED, _two_of(_ids(event, "pair"), with_parents=True))
        return
    pairs = Pair.objects.filter(HAS_FULL_ORDER, pk__in=_ids(event, "pair")).values_list("pk", flat=True)
    _tell_people(News.LAST_DAY, _two_of(list(pairs), with_parents=True))


_OF_MEETINGS = {MeetingState.PLANNED.value: News.PLANNED, MeetingState.CANCELLED.value: News.CANCELLED}


def _met(event: Event) -> None:
    """Only a meeting to come, or one that will not be, is news, to everybody of the pair or group but who wrote it."""
    news = _OF_MEETINGS.get(str(event.data["state"]))
    if news is None or date.fromisoformat(str(event.data["held_on"])) < timezone.localdate():
        return
    meeting = Meeting.objects.get(pk__in=_ids(event, "meeting"))
    last: dict[str, Any] = {"by": str(meeting.logged_by or ""), "was": {}}
    if meeting.corrections:
        last = meeting.corrections[-1]
    if news is News.CANCELLED and last["was"].get("state") != MeetingState.PLANNED:
        # It had been written down as held, by mistake: nobody waits for it.
        return
    by = UUID(last["by"]) if last["by"] else None
    unit = Q(pk__in=_ids(event, "pair"))
    if group := _ids(event, "group"):
        unit |= Q(group__in=group) & Q(pk__in=Pair.objects.filter(acting_q(timezone.localdate())).values("pk"))
    pairs = Pair.objects.filter(unit).values_list("pk", flat=True)
    _tell_people(news, _two_of(list(pairs)), but=by)


def _concern(event: Event) -> None:
    """Whoever would not be shown it is not told that there is one."""
    (concern,) = _ids(event, "concern")
    told = [
        actor.pk
        for actor in staff_with("concerns.answer")
        if actor.pk is not None and concerns_to_answer(actor).filter(pk=concern).exists()
    ]
    tell(News.CONCERN, [(user, concern) for user in told])


def _requested(event: Event) -> None:
    (request,) = _ids(event, "request")
    told = [
        actor.pk
        for actor in staff_with("partner_requests.settle")
        if actor.pk is not None and requests_to_settle(actor).filter(pk=request).exists()
    ]
    tell(News.REQUEST, [(user, request) for user in told])


def _withdrawn(event: Event) -> None:
    """Whoever looks after this person's consents is told, but for the one who recorded it himself."""
    (consent,) = _ids(event, "consent")
    (person,) = _ids(event, "person")
    acts = AuditRecord.objects.filter(object_type="people.person", object_id=str(person), action="consents.withdrawn")
    acts = acts.filter(details__contains={"consent": str(consent)}).order_by("-at")
    by = acts.values_list("actor_id", flat=True).first()
    told = [
        actor.pk
        for actor in staff_with("consents.view")
        if actor.pk is not None and actor.pk != by and consents_visible_to(actor).filter(pk=consent).exists()
    ]
    tell(News.WITHDRAWN, [(user, consent) for user in told])


def tell_of_papers() -> int:
    """Tell mentors from outside whose papers soon end, once at each stroke of the clock; return how many papers.

    A daily chore, safe to repeat, also after days without one: the news is of the day of the stroke. Who records papers
    has them in his work list and its digest.
    """
    due = papers_on_the_clock(timezone.localdate())
    by_stroke: defaultdict[date, list[tuple[UUID, UUID]]] = defaultdict(list)
    for paper in due:
        by_stroke[paper.struck_on].append((paper.person_id, paper.clearance_id))
    for day, rows in by_stroke.items():
        _tell_people(News.RENEW, rows, day=day)
    return len(due)


_HANDLERS: dict[str, Callable[[Event], None]] = {
    "matching.proposed": _proposed,
    "questionnaire.asked": _asked,
    "questionnaire.reminded": _asked_again,
    "questionnaire.reopened": _reopened,
    "matching.run_done": _matched,
    "matching.run_failed": _not_matched,
    "import.finished": _imported,
    "reminder.sent": _reminded,
    "order.signed": _ordered,
    "pair.ended": _ended,
    "meeting.logged": _met,
    "concern.told": _concern,
    "partner_request.made": _requested,
    "consent.withdrawn": _withdrawn,
}
