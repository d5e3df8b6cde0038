"""Writes about meetings: logging one, planning one, correcting what was written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.selectors import names_of
from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.meetings import policies
from schools.meetings.domain import BEGINNINGS, MeetingKind, MeetingState, fits_day, is_within, may_become
from schools.meetings.models import LONGEST_RESULT, Meeting
from schools.meetings.selectors import days_of_group, meeting_for, pairs_with_meetings
from schools.meetings.words import periods_in_words
from schools.pairs.models import Group, Pair
from schools.people.domain import FIRST_BIRTH_YEAR
from schools.people.errors import Fault, FaultyActError

LONGEST_MINUTES = 24 * 60
# What a correction may change, and what the past of a meeting therefore keeps.
COLUMNS = ("state", "held_on", "kind", "duration_minutes", "place", "topic", "result", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingData:
    """A meeting as typed. ``state`` and ``kind`` are values of the domain's enumerations."""

    held_on: date
    kind: str
    state: str = MeetingState.HELD
    duration_minutes: int | None = None
    place: str = ""
    topic: str = ""
    result: str = ""
    # None: as it is. Somebody who may correct a meeting without reading its note must not empty it.
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """A meeting that is recorded now; ``is_repetition``: it had been recorded before under the same key."""

    meeting: Meeting
    is_repetition: bool = False


def log_meeting(
    *,
    actor: Actor,
    data: MeetingData,
    pair_id: UUID | None = None,
    group_id: UUID | None = None,
    key: UUID | None = None,
    is_another: bool = False,
) -> Logged:
    """Record a meeting of a pair or a group that took place, or one that is planned.

    ``key`` is made by whoever sends: the same key again changes nothing and returns the first meeting. Another
    meeting on the same day is a conflict that has to be confirmed by ``is_another``: two people often log the same
    one. A meeting that was planned for the day becomes the one that took place.

    :raises FaultyActError: no such pair or group among those the actor may log for, a day in the future (or, of a
        planned meeting, in the past) or on which no pair of the group goes on, a conflict, a key of another meeting.
    :raises RefusedError: when the actor may not log meetings.
    """
    enforce(policies.may_log_meetings(actor))
    data = _trimmed(data)
    try:
        with transaction.atomic():
            pair, group = _held_unit(actor, pair_id, group_id)
            if (known := _known(actor, key, pair, group)) is not None:
                if _is_rewritten(known, data):
                    raise _used_key()
                return Logged(known, is_repetition=True)
            faults = _faults(data)
            if not faults and data.state == MeetingState.PLANNED and data.held_on < timezone.localdate():
                sentence = _("Этот день уже прошёл: запишите встречу или выберите день, который наступит.")
                faults.append(Fault("in_past", sentence, "held_on"))
            if not faults and MeetingState(data.state) not in BEGINNINGS:
                faults.append(Fault("bad_state", _("Новая встреча состоялась или запланирована."), "state"))
            if not faults and group is not None:
                faults += _faults_of_group_day(group.pk, data.held_on)
            there = list(_same_day(pair, group, data.held_on))
            if not faults and not is_another:
                faults += _conflict(there)
            if faults:
                raise FaultyActError(*faults)
            meeting = _write(actor, data, pair, group, there, key)
    except IntegrityError:
        # The key was used for another pair in the same moment.
        raise _used_key() from None
    return Logged(meeting)


def correct_meeting(*, actor: Actor, meeting_id: UUID, data: MeetingData, version: int) -> Meeting:
    """Correct a meeting or say what became of it; what it said before is kept.

    ``version`` is how many corrections the editor saw: somebody else's since then is a conflict, not overwritten.

    :raises FaultyActError: a state that the meeting cannot take, a day that does not fit it or its group, a conflict.
    :raises Http404: no such meeting among those the actor may write.
    :raises RefusedError: when the actor may not log meetings.
    """
    enforce(policies.may_log_meetings(actor))
    data = _trimmed(data)
    with transaction.atomic():
        meeting = meeting_for(actor=actor, meeting_id=meeting_id, permission="meetings.log", lock=True)
        faults = _faults(data)
        if not faults and not may_become(MeetingState(meeting.state), MeetingState(data.state)):
            faults.append(Fault("bad_state", refused_move(meeting), "state"))
        if not faults and meeting.group_id is not None and _is_placed_anew(meeting, data):
            faults += _faults_of_group_day(meeting.group_id, data.held_on)
        if version != len(meeting.corrections):
            who = names_of([meeting.corrections[-1]["by"]] if meeting.corrections else [])
            sentence = _("Пока вы писали, встречу исправили (%(who)s). Проверьте, что в ней теперь, и сохраните снова.")
            faults.append(Fault("stale", sentence % {"who": next(iter(who.values()), "—")}))
        if faults:
            raise FaultyActError(*faults)
        was = _overwrite(meeting, actor, _values(data))
        if was:
            meeting.save(update_fields=[*was, "corrections"])
            _tell(actor, meeting, "meetings.corrected", {"changed": sorted(was)})
    return meeting


def _trimmed(data: MeetingData) -> MeetingData:
    # A result may have several lines; what stands on one line in the log is one line.
    return replace(
        data,
        place=" ".join(data.place.split())[:120],
        topic=" ".join(data.topic.split())[:200],
        result=data.result.strip()[:LONGEST_RESULT],
        note=None if data.note is None else data.note.strip()[:LONGEST_RESULT],
    )


def _held_unit(actor: Actor, pair_id: UUID | None, group_id: UUID | None) -> tuple[Pair, Group | None]:
    """Return a pair, or a group with one of its pairs; rows are held, so that two cannot log the same day at once."""
    rows = pairs_with_meetings(actor, "meetings.log").order_by("pk")
    if group_id is not None:
        rows = rows.filter(group=group_id)
    elif pair_id is not None:
        rows = rows.filter(pk=pair_id)
    else:
        rows = rows.none()
    pair = rows.select_for_update(of=("self",)).first()
    if pair is None:
        raise FaultyActError.of("no_unit", _("Выберите пару или группу, которая встречалась."), "unit")
    return pair, None if group_id is None else Group.objects.select_for_update().get(pk=group_id)


def _known(actor: Actor, key: UUID | None, pair: Pair, group: Group | None) -> Meeting | None:
    """Return the meeting that the same page has sent already.

    :raises FaultyActError: the key belongs to another person's or another pair's meeting.
    """
    known = Meeting.objects.filter(key=key).first() if key is not None else None
    if known is None:
        return None
    is_same_unit = known.group_id == group.pk if group is not None else known.pair_id == pair.pk
    if known.logged_by != actor.pk or not is_same_unit:
        raise _used_key()
    return known


def _is_rewritten(known: Meeting, data: MeetingData) -> bool:
    """Tell whether a page was gone back to and sent with another meeting: what it says now must not get lost.

    One that was corrected since says something else itself; the kind follows from the meetings there are.
    """
    return not known.corrections and (known.held_on, known.result) != (data.held_on, data.result)


def _used_key() -> FaultyActError:
    sentence = _("Эта отправка уже записала другую встречу. Откройте страницу «Записать встречу» заново.")
    return FaultyActError.of("key_used", sentence)


def _faults(data: MeetingData) -> list[Fault]:
    faults = []
    if data.kind not in list(MeetingKind):
        faults.append(Fault("no_kind", _("Выберите вид встречи."), "kind"))
    if data.state not in list(MeetingState):
        return [*faults, Fault("bad_state", _("Отметьте, что со встречей."), "state")]
    if data.duration_minutes is not None and not 0 < data.duration_minutes <= LONGEST_MINUTES:
        faults.append(Fault("bad_duration", _("Продолжительность: от 1 до 1440 минут."), "duration_minutes"))
    if data.held_on.year < FIRST_BIRTH_YEAR:
        faults.append(Fault("too_early", _("Проверьте год в дате встречи."), "held_on"))
    elif not fits_day(MeetingState(data.state), data.held_on, timezone.localdate()):
        sentence = _("Этот день ещё не наступил. Выберите день встречи или запланируйте её.")
        faults.append(Fault("in_future", sentence, "held_on"))
    return faults


def _faults_of_group_day(group_id: UUID, day: date) -> list[Fault]:
    """Refuse a day on which nobody is in the group: the meeting would stand on no page and count for nobody."""
    days = days_of_group(group_id)
    if is_within(day, days):
        return []
    sentence = _(
        "В этот день в группе никого не было, дни её пар: %(days)s. Проверьте дату встречи; если неверны дни пар, "
        "сначала измените их сроки."
    )
    return [Fault("outside_group", sentence % {"days": periods_in_words(days)}, "held_on")]


def _is_placed_anew(meeting: Meeting, data: MeetingData) -> bool:
    """Tell whether a correction says that a meeting is on its day; the rest can always be mended."""
    moves = data.held_on != meeting.held_on and data.state != MeetingState.CANCELLED
    return moves or (data.state == MeetingState.HELD and meeting.state != MeetingState.HELD)


def _same_day(pair: Pair, group: Group | None, day: date) -> Any:
    own = {"group": group} if group is not None else {"pair": pair}
    return Meeting.objects.filter(held_on=day, **own).order_by("created_at", "pk").select_for_update(of=("self",))


def _conflict(there: list[Meeting]) -> list[Fault]:
    """Return the conflict with a meeting of the same day that somebody has recorded already."""
    held = next((row for row in there if row.state == MeetingState.HELD), None)
    if held is None:
        return []
    names = names_of([held.logged_by])
    words = {
        "who": names.get(str(held.logged_by), "—"),
        "at": f"{timezone.localtime(held.created_at):%d.%m.%Y %H:%M}",
        "result": held.result or _("без результата"),
    }
    sentence = _("Встреча этого дня уже записана: %(who)s, %(at)s (%(result)s). Если была ещё одна, отметьте это.")
    return [Fault("same_day", sentence % words, "is_another")]


def _write(
    actor: Actor, data: MeetingData, pair: Pair, group: Group | None, there: list[Meeting], key: UUID | None
) -> Meeting:
    values = _values(data)
    sent = {"logged_by": actor.pk, "is_for_mentor": actor.person_id != pair.mentor_id, "key": key}
    planned = next((row for row in there if row.state == MeetingState.PLANNED), None)
    if planned is not None and data.state == MeetingState.HELD:
        meeting = planned
        _overwrite(meeting, actor, values)
        for name, value in sent.items():
            setattr(meeting, name, value)
        meeting.save()
    else:
        unit = {"group": group} if group is not None else {"pair": pair}
        meeting = Meeting.objects.create(created_at=timezone.now(), **unit, **values, **sent)
    _tell(actor, meeting, "meetings.logged", {"state": meeting.state})
    return meeting


def _values(data: MeetingData) -> dict[str, Any]:
    values = {name: getattr(data, name) for name in COLUMNS}
    return {name: value for name, value in values.items() if name != "note" or value is not None}


def _overwrite(meeting: Meeting, actor: Actor, values: dict[str, Any]) -> list[str]:
    """Set what is different, keep what it was; return the names of the columns."""
    was = {name: getattr(meeting, name) for name, value in values.items() if getattr(meeting, name) != value}
    if was:
        past = {name: old.isoformat() if isinstance(old, date) else old for name, old in was.items()}
        by = str(actor.pk) if actor.pk is not None else ""
        meeting.corrections = [*meeting.corrections, {"at": timezone.now().isoformat(), "by": by, "was": past}]
    for name in was:
        setattr(meeting, name, values[name])
    return list(was)


def _tell(actor: Actor, meeting: Meeting, action: str, details: dict[str, Any]) -> None:
    record(actor=actor, action=action, object_type="meetings.meeting", object_id=meeting.pk, details=details)
    tell_of_state(meeting)


def tell_of_state(meeting: Meeting) -> None:
    """Announce what a meeting says now; in the transaction in which it was written."""
    announce(
        "meeting.logged",
        {
            "meeting": meeting.pk,
            "pair": meeting.pair_id,
            "group": meeting.group_id,
            "held_on": meeting.held_on,
            "state": MeetingState(meeting.state),
        },
    )


def refused_move(meeting: Meeting) -> str:
    """Return why a meeting is not corrected so."""
    if meeting.state == MeetingState.CANCELLED:
        return _("Встреча отменена, её больше не исправляют. Запишите новую.")
    return _("Так встречу не исправить: выберите одно из предложенных состояний.")
