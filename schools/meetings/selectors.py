"""Reads about meetings and plans; each takes the actor, or pairs that were granted already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from uuid import UUID

from django.db.models import DateField, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404

from core.authz import Actor
from schools.meetings.domain import FIRST_MEETING_DAYS, STUCK_DAYS, MeetingKind, MeetingState, joined_periods
from schools.meetings.models import Meeting, Plan
from schools.pairs.continuing import earlier_of, first_day, first_order_day, of_outer_pair
from schools.pairs.models import Group, Pair
from schools.pairs.selectors import acting_q, own_pairs, pairs_named, pairs_visible_to
from schools.pairs.substitutes import stood_in_since

# A meeting of the last weeks is often logged after the pair's end.
_LOGGED_AFTER_END_DAYS = 60
_FAR = date(9999, 12, 31)
# Of how many pairs a meeting can be logged without a search.
MOST_UNITS = 30
_BY_NAME = ("mentee__folded_name", "mentor__folded_name", "pk")


class Sight(IntEnum):
    """How much of a pair's meetings somebody sees; each step includes the ones before."""

    DAYS = 0  # a parent: when, of which kind, whether it took place
    WHOLE = 1  # the mentee and whoever follows the pair: results and the plan
    WRITES = 2  # the mentor, and whoever may log for him: notes too, unless they are about himself


def pairs_with_meetings(actor: Actor, permission: str = "meetings.view") -> QuerySet[Pair]:
    """Return the pairs whose meetings the actor may see, or log, or whose plans he may write.

    Beside those on which a role carries the permission: one's own. A mentor writes about his own pairs alone, a
    mentee and a parent about none.
    """
    rows = pairs_visible_to(actor, permission)
    if not actor.reach(permission).own or actor.person_id is None:
        return rows
    own = Pair.objects.filter(mentor=actor.person_id) if permission != "meetings.view" else own_pairs(actor)
    # Two subqueries, because one side may be «everything».
    return Pair.objects.filter(Q(pk__in=rows.values("pk")) | Q(pk__in=own.values("pk")))


def pair_with_meetings(*, actor: Actor, pair_id: UUID, permission: str = "meetings.view", lock: bool = False) -> Pair:
    """Return one pair; ``lock`` holds its row until the transaction ends.

    :raises Http404: no such pair among those of :func:`pairs_with_meetings`.
    """
    rows = pairs_with_meetings(actor, permission).filter(pk=pair_id)
    rows = rows.select_for_update(of=("self",)) if lock else rows.select_related("mentor", "mentee", "group", "order")
    pair = rows.first()
    if pair is None:
        raise Http404
    return pair


def sight_of(actor: Actor, pair: Pair) -> Sight:
    """Return how much the actor sees of a pair that was granted to him; two queries at most."""
    if pairs_with_meetings(actor, "meetings.log").filter(pk=pair.pk).exists():
        return Sight.WRITES
    if actor.person_id is not None and actor.person_id in (pair.mentor_id, pair.mentee_id):
        return Sight.WHOLE
    return Sight.WHOLE if pairs_visible_to(actor, "meetings.view").filter(pk=pair.pk).exists() else Sight.DAYS


def pair_seen_whole(*, actor: Actor, pair_id: UUID) -> Pair:
    """Return one pair whose results and plan the actor sees.

    :raises Http404: no such pair, or he sees the days alone.
    """
    pair = pair_with_meetings(actor=actor, pair_id=pair_id)
    if sight_of(actor, pair) < Sight.WHOLE:
        raise Http404
    return pair


def reads_notes(actor: Actor, meeting: Meeting, sight: Sight) -> bool:
    """Tell whether the actor reads a mentor's note: nobody reads one about himself or his group, whatever he is."""
    if sight is not Sight.WRITES or actor.person_id is None:
        return sight is Sight.WRITES
    unit = Q(pk=meeting.pair_id) if meeting.pair_id else Q(group=meeting.group_id)
    return not Pair.objects.filter(unit, mentee=actor.person_id).exists()


def meetings_of(pair: Pair) -> QuerySet[Meeting]:
    """Return the meetings of a pair and those of its group within the pair's days, the latest first.

    Those of a pair that it continues, with the same mentor, are among them: :mod:`schools.pairs.continuing`.
    """
    return Meeting.objects.filter(_of_pair(pair, earlier_of(pair))).order_by("-held_on", "-created_at", "pk")


def own_meetings_of(pair: Pair) -> QuerySet[Meeting]:
    """Return those of :func:`meetings_of` that are of this row alone."""
    return Meeting.objects.filter(_of_pair(pair, []))


def pairs_by_rhythm(actor: Actor, rhythm: str, day: date) -> QuerySet[Pair]:
    """Return the pairs that the actor sees which are going on, have not met, not met lately, or have ended.

    :param rhythm: ``going``, ``without``, ``stuck`` or ``ended``; anything else gives all.
    """
    match rhythm:
        case "without":
            return pairs_without_meeting(actor, day)
        case "stuck":
            return stuck_pairs(actor, day)
        case "going":
            return pairs_with_meetings(actor).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
        case "ended":
            return pairs_with_meetings(actor).filter(ends_on__lt=day)
    return pairs_with_meetings(actor)


def meetings_of_pair_seen_by(actor: Actor, pair_id: UUID) -> QuerySet[Meeting]:
    """Return those of :func:`meetings_seen_by` that are of a pair or of its group within its days.

    :raises Http404: no such pair among those of :func:`pairs_with_meetings`.
    """
    pair = pair_with_meetings(actor=actor, pair_id=pair_id)
    return meetings_seen_by(actor).filter(pk__in=meetings_of(pair).values("pk"))


def meetings_seen_by(actor: Actor) -> QuerySet[Meeting]:
    """Return the meetings of all pairs that the actor sees whole, cancelled ones too, the latest first.

    A parent's children's are not among them: of those he sees the days alone, on the pair's page. Of a group, a mentee
    sees what took place while he was in it.
    """
    mine = _of_pairs(pairs_visible_to(actor, "meetings.view"))
    if actor.reach("meetings.view").own and actor.person_id is not None:
        mine |= _of_pairs(Pair.objects.filter(mentor=actor.person_id))
        mine |= _within(Pair.objects.filter(mentee=actor.person_id))
    rows = Meeting.objects.filter(mine).select_related("pair__mentor", "pair__mentee", "group")
    return rows.order_by("-held_on", "-created_at", "pk")


def _of_pairs(pairs: QuerySet[Pair]) -> Q:
    """Return the condition «of one of these pairs, or of a group of theirs» on meetings."""
    return Q(pair__in=pairs.values("pk")) | Q(group__in=pairs.filter(group__isnull=False).values("group"))


def _within(pairs: QuerySet[Pair]) -> Q:
    """Return the condition «of one of these pairs, or of its group within the pair's days» on meetings."""
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("held_on"))
    there = pairs.filter(going_on, group=OuterRef("group"), starts_on__lte=OuterRef("held_on"))
    return Q(pair__in=pairs.values("pk")) | Q(Exists(there))


def meeting_for(*, actor: Actor, meeting_id: UUID, permission: str = "meetings.view", lock: bool = False) -> Meeting:
    """Return one meeting that the actor sees whole, or may correct.

    :raises Http404: no such meeting among them.
    """
    if permission == "meetings.view":
        rows = meetings_seen_by(actor)
    else:
        rows = Meeting.objects.filter(_of_pairs(pairs_with_meetings(actor, permission))).order_by()
        rows = rows.select_for_update(of=("self",)) if lock else rows.select_related("pair", "group")
    meeting = rows.filter(pk=meeting_id).first()
    if meeting is None:
        raise Http404
    return meeting


def pair_of_meeting(actor: Actor, meeting: Meeting) -> Pair:
    """Return the pair on whose page a granted meeting stands for the actor; of a group the first that he sees.

    Rather one that went on that day: on the pages of the others it does not stand.

    :raises Http404: the group has no pair that he sees.
    """
    rows = pairs_with_meetings(actor).select_related("mentor", "mentee", "group")
    rows = rows.filter(pk=meeting.pair_id) if meeting.pair_id else rows.filter(group=meeting.group_id)
    there = Q(starts_on__lte=meeting.held_on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=meeting.held_on))
    pair = rows.annotate(was_there=there).order_by("-was_there", "mentee__folded_name", "pk").first()
    if pair is None:
        raise Http404
    return pair


def days_of_group(group_id: UUID) -> list[tuple[date, date | None]]:
    """Return the days on which any pair of a group goes on: a meeting on another day would be nobody's."""
    return joined_periods(Pair.objects.filter(group=group_id).values_list("starts_on", "ends_on"))


@dataclass(frozen=True, slots=True)
class Unit:
    """A pair or a group for which meetings can be logged; ``pair`` is the pair, or one of the group."""

    pair: Pair
    group: Group | None = None

    @property
    def code(self) -> str:
        """Return how a form names it."""
        return f"group:{self.group.pk}" if self.group is not None else f"pair:{self.pair.pk}"


def units_to_log(actor: Actor, day: date, *, typed: str = "", chosen: str = "") -> tuple[list[Unit], bool]:
    """Return pairs and groups for which the actor may log meetings, and whether there are more; two queries.

    Going on, or ended within 60 days, in which somebody is named, or a group is called, as was typed: of 30 pairs by
    the mentee's name and their groups. Pairs of a group stand beside their group: its mentor may meet one of them
    alone. The ``chosen`` one (a code of :class:`Unit`) comes first, whatever was typed.
    """
    rows = _to_log(actor, day)
    named = pairs_named(rows, typed)
    if title := " ".join(typed.split()):
        named = rows.filter(Q(pk__in=named.values("pk")) | Q(group__title__icontains=title))
    pairs = list(named.order_by(*_BY_NAME)[: MOST_UNITS + 1])
    has_more, pairs = len(pairs) > MOST_UNITS, pairs[:MOST_UNITS]
    groups = {pair.group_id: Unit(pair, pair.group) for pair in reversed(pairs) if pair.group_id is not None}
    units = [*reversed(groups.values()), *(Unit(pair) for pair in pairs)]
    if chosen and chosen not in {unit.code for unit in units} and (found := _unit(rows, chosen)) is not None:
        units.insert(0, found)
    return units, has_more


def _to_log(actor: Actor, day: date) -> QuerySet[Pair]:
    recent = Q(ends_on__isnull=True) | Q(ends_on__gte=day - timedelta(days=_LOGGED_AFTER_END_DAYS))
    return pairs_with_meetings(actor, "meetings.log").filter(recent).select_related("mentor", "mentee", "group")


def _unit(rows: QuerySet[Pair], code: str) -> Unit | None:
    """Return the pair or the group of a code, if meetings can be logged for it; a group by its first pair."""
    sort, _colon, key = code.partition(":")
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    found = rows.filter(pk=wanted) if sort == "pair" else rows.filter(group=wanted)
    pair = found.order_by(*_BY_NAME).first()
    return None if pair is None else Unit(pair, pair.group if sort == "group" else None)


def kinds_held(pair: Pair) -> set[str]:
    """Return the kinds of meeting that a pair has had."""
    held = meetings_of(pair).filter(state=MeetingState.HELD).order_by()
    return set(held.values_list("kind", flat=True).distinct())


def next_planned(pair: Pair, day: date) -> Meeting | None:
    """Return the nearest planned meeting from a day on."""
    rows = meetings_of(pair).filter(state=MeetingState.PLANNED, held_on__gte=day)
    return rows.order_by("held_on", "created_at", "pk").first()


def plan_of(pair: Pair) -> Plan | None:
    """Return a pair's plan, or None while nobody has written one."""
    return Plan.objects.filter(pair=pair).first()


def has_held(kind: MeetingKind, day: date) -> Exists:
    """Return the expression «has had a meeting of a kind by the day» for pairs; one of their group counts too."""
    return Exists(_held_by(day).filter(kind=kind))


# --- Who meets, and who does not -------------------------------------------------------------------------------------


def with_rhythm(pairs: QuerySet[Pair], day: date) -> QuerySet[Pair]:
    """Annotate pairs with ``last_met`` and ``next_meeting`` (days or NULL) and ``met_times``, as of a day."""
    held = _held_by(day)
    planned = Meeting.objects.filter(_of_outer_pair(), state=MeetingState.PLANNED, held_on__gte=day)
    # COUNT as a plain function: an aggregate of Django's would group by the meeting.
    counted = held.order_by().annotate(n=Func(F("pk"), function="COUNT", output_field=IntegerField())).values("n")
    return pairs.annotate(
        last_met=Subquery(held.order_by("-held_on").values("held_on")[:1], output_field=DateField()),
        next_meeting=Subquery(planned.order_by("held_on").values("held_on")[:1], output_field=DateField()),
        met_times=Coalesce(Subquery(counted), 0),
    )


def last_meetings(pair_ids: Collection[UUID], day: date) -> dict[UUID, date]:
    """Return the day of the last meeting held by a day, for those of the pairs that had one; one query."""
    held = _held_by(day).order_by("-held_on").values("held_on")[:1]
    rows = Pair.objects.filter(pk__in=pair_ids).annotate(last_met=Subquery(held, output_field=DateField()))
    return dict(rows.filter(last_met__isnull=False).values_list("pk", "last_met"))


def pairs_without_meeting(actor: Actor, day: date, *, after_days: int = FIRST_MEETING_DAYS) -> QuerySet[Pair]:
    """Return the acting pairs without any meeting held, ``after_days`` or more after they took effect.

    A pair takes effect on the later of its first day and its order's date, of the first that it continues. While
    somebody stands in for its mentor he meets the mentee: from his last day on the days are counted anew.
    """
    effective = Greatest(first_day(), first_order_day())
    rows = pairs_with_meetings(actor).filter(acting_q(day)).annotate(effective=effective)
    since = day - timedelta(days=after_days)
    return rows.filter(~Exists(_held_by(day)), ~_stood_in_after(since, day), effective__lte=since)


def stuck_pairs(actor: Actor, day: date, *, after_days: int = STUCK_DAYS) -> QuerySet[Pair]:
    """Return the acting pairs that have met, but not within the last ``after_days`` days.

    Those days count from the last one of whoever stood in for the mentor: meanwhile he meets the mentee.
    """
    since = day - timedelta(days=after_days)
    lately = _held_by(day).filter(held_on__gt=since)
    rows = pairs_with_meetings(actor).filter(acting_q(day))
    return rows.filter(Exists(_held_by(day)), ~Exists(lately), ~_stood_in_after(since, day))


def _stood_in_after(since: date, day: date) -> Exists:
    return Exists(stood_in_since(since + timedelta(days=1), day))


def _of_pair(pair: Pair, earlier: Sequence[Pair]) -> Q:
    rows = [pair, *earlier]
    own = Q(pair__in=[row.pk for row in rows])
    if pair.group_id is None:
        return own
    of_group = Q(group=pair.group_id, held_on__gte=rows[-1].starts_on)
    return own | (of_group & Q(held_on__lte=pair.ends_on) if pair.ends_on is not None else of_group)


def _of_outer_pair() -> Q:
    """Return the condition of :func:`meetings_of` for a subquery over pairs."""
    last_day = Coalesce(OuterRef("ends_on"), Value(_FAR, output_field=DateField()))
    of_group = Q(group=OuterRef("group"), held_on__gte=first_day(OuterRef), held_on__lte=last_day)
    return of_outer_pair() | of_group


def _held_by(day: date) -> QuerySet[Meeting]:
    return Meeting.objects.filter(_of_outer_pair(), state=MeetingState.HELD, held_on__lte=day)
