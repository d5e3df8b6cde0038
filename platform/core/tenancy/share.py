"""A school's share of the web processes: nobody's hundredfold load may slow the others.

What is shared out is the work of web processes, not a number of requests: a cheap page costs little. Each school has a
bucket of seconds that fills at its rate and never above its burst; a request takes what it cost. While the bucket
is less than half full, one request of the school runs at a time; while it is empty, its requests are refused at once,
which costs a fraction of a millisecond. What somebody has typed may owe as much as a full bucket holds: a page is asked
for again, a refused form is work lost. All this is for the others' sake: while nobody else has come for half a minute
and nobody else is at work, nothing is refused, and what was taken then is no debt when the others come back.

The buckets lie in memory that the web processes of one machine share (a map made before they fork): no round trip
anywhere, no lock. Two processes that write one bucket at the same moment may lose one of the two amounts: a limit may
be inexact by a request. Each machine shares out its own processes.
"""

from __future__ import annotations

import mmap
import struct
import time
from dataclasses import dataclass
from typing import Final

from django.conf import settings

# key of the school, seconds left, when that was, how many were refused, when last
_BUCKET: Final = struct.Struct("<Qdddd")
_PLACE: Final = struct.Struct("<Q")
_BUCKETS: Final = 8192
_PLACES: Final = 256
_LONGEST_PROBE: Final = 64
# who came last and when, who came last of all others and when
_LATEST: Final = struct.Struct("<QdQd")
_LATEST_AT: Final = _PLACES * _PLACE.size
_TABLE_AT: Final = _LATEST_AT + _LATEST.size
# No school has this key.
_REGION: Final = 2**64 - 1
# Whoever reads a page comes back within this; the first of them to come finds processes that are not given up to one.
_ALONE_AFTER_SECONDS: Final = 30.0

# What the database works for a request, beside each second of our own; measured on the list of people.
_WITH_THE_DATABASE: Final = 1.6
_PATIENCE_SECONDS: Final = 1.0
# What a new process has yet to load makes its first answers slow: nobody's share, whoever happens to come first.
_LOADING_REQUESTS: Final = 20
_LOADING_SECONDS: Final = 0.1


def cost(*, held: float, worked: float) -> float:
    """Return what a request took, in seconds, that held its process so long and had the processor so long.

    Not the time it lasted: on a busy machine everybody's requests last, and whoever did nothing more than before would
    be refused. Waiting counts beyond the first second: a slow statement holds a process, whoever made it slow.
    """
    return _WITH_THE_DATABASE * worked + max(0.0, held - worked - _PATIENCE_SECONDS)


@dataclass(frozen=True, slots=True)
class Share:
    """What a school may take of each web process: ``rate`` of its time lastingly, ``burst`` seconds at once.

    ``version`` says which edition of the reference values this is.
    """

    version: str
    rate: float
    burst: float


@dataclass(frozen=True, slots=True)
class Refused:
    """A school that was refused: how often since the web was started, and how many seconds ago last."""

    schema: str
    times: int
    seconds_ago: float


class Shares:
    """The buckets of this machine's schools; ``place`` is this process's own among the web processes."""

    def __init__(self) -> None:
        self._map = mmap.mmap(-1, _TABLE_AT + _BUCKETS * _BUCKET.size)
        self._slots: dict[str, int] = {}
        self._place = 0
        self._workers = 1
        self._loading = 0
        self.configure()

    def configure(self, *, place: int = 0, workers: int = 1, is_new: bool = False) -> None:
        """Say which process this is and how many there are; whoever was in this place before has left nothing.

        ``is_new``: it has loaded nothing yet, and of its first requests little counts.
        """
        share: Share = settings.SCHOOL_SHARE
        self._place = min(place, _PLACES - 1) * _PLACE.size
        self._workers = min(workers, _PLACES)
        self._loading = _LOADING_REQUESTS if is_new else 0
        self._rate = share.rate * workers
        self._burst = share.burst * workers
        _PLACE.pack_into(self._map, self._place, 0)

    def admit(self, schema: str, *, may_owe: bool = False) -> float:
        """Begin a request of a school: 0 when it may run, else the seconds after which to come again.

        :param may_owe: it runs beside others, and into a debt of a full bucket, before it is refused.
        """
        now = time.monotonic()
        self._note(_key_of(schema), now)
        at = self._slots.get(schema) or self._find(schema)
        if not at:
            return 0.0
        key, left, since, times, _last = _BUCKET.unpack_from(self._map, at)
        left = min(self._burst, left + (now - since) * self._rate)
        enough = -self._burst if may_owe else self._burst / 2
        if left > enough or (left > 0 and not self._is_running(key)) or self._is_alone(key, now):
            _PLACE.pack_into(self._map, self._place, key)
            return 0.0
        _BUCKET.pack_into(self._map, at, key, left, now, times + 1, now)
        return float(max(1.0, (min(enough, 0.0) - left) / self._rate))

    def settle(self, schema: str, seconds: float) -> None:
        """End a request that was admitted: what it cost is gone from the bucket."""
        _PLACE.pack_into(self._map, self._place, 0)
        if self._loading:
            self._loading -= 1
            seconds = min(seconds, _LOADING_SECONDS)
        at = self._slots.get(schema)
        if not at:
            return
        key, left, since, times, last = _BUCKET.unpack_from(self._map, at)
        now = time.monotonic()
        left = min(self._burst, left + (now - since) * self._rate)
        # One endless request must not lock its school out for longer than a full bucket would last; of one that ran in
        # debt more counts, or what may owe would be free at the bottom.
        bottom = -self._burst if left > 0 else -2 * self._burst
        lowest = min(left, 0.0) if self._is_alone(key, now) else bottom
        _BUCKET.pack_into(self._map, at, key, max(left - seconds, lowest, bottom), now, times, last)

    def note_region(self) -> None:
        """Note a request of the region's host: it has no share, and a school is not alone beside it."""
        self._note(_REGION, time.monotonic())

    def refused(self, *, within_seconds: float) -> list[Refused]:
        """Return the schools refused lately, the latest first."""
        now = time.monotonic()
        found = []
        for at in range(_TABLE_AT, len(self._map), _BUCKET.size):
            key, _left, _since, times, last = _BUCKET.unpack_from(self._map, at)
            if key and times and now - last <= within_seconds:
                found.append(Refused(f"s_{key - 1:012x}", int(times), now - last))
        return sorted(found, key=lambda one: one.seconds_ago)

    def _note(self, key: int, now: float) -> None:
        latest, at, other, other_at = _LATEST.unpack_from(self._map, _LATEST_AT)
        if latest != key:
            other, other_at = latest, at
        _LATEST.pack_into(self._map, _LATEST_AT, key, now, other, other_at)

    def _is_alone(self, key: int, now: float) -> bool:
        """Tell whether nobody else has come lately, nor is at work: then there is nobody to leave anything to."""
        latest, at, other, other_at = _LATEST.unpack_from(self._map, _LATEST_AT)
        who, came = (other, other_at) if latest == key else (latest, at)
        if who and now - came <= _ALONE_AFTER_SECONDS:
            return False
        places = range(0, self._workers * _PLACE.size, _PLACE.size)
        return all(_PLACE.unpack_from(self._map, place)[0] in (0, key) for place in places)

    def _is_running(self, key: int) -> bool:
        """Tell whether another process is at work for this school."""
        own = self._place
        return any(
            at != own and _PLACE.unpack_from(self._map, at)[0] == key
            for at in range(0, self._workers * _PLACE.size, _PLACE.size)
        )

    def _find(self, schema: str) -> int:
        """Return where a school's bucket lies, a full one when it is new; 0 when the table has no room near it."""
        key = _key_of(schema)
        for step in range(_LONGEST_PROBE):
            at = _TABLE_AT + (key + step) % _BUCKETS * _BUCKET.size
            known = _PLACE.unpack_from(self._map, at)[0]
            if known == 0:
                _BUCKET.pack_into(self._map, at, key, self._burst, time.monotonic(), 0.0, 0.0)
            if known in (0, key):
                self._slots[schema] = at
                return at
        return 0


def _key_of(schema: str) -> int:
    # Zero means nobody, and a schema's name may be all zeros.
    return int(schema[2:], 16) + 1


_shares: list[Shares] = []


def shares() -> Shares:
    """Return the buckets; the web server asks before it forks, so that its processes share them."""
    if not _shares:
        _shares.append(Shares())
    return _shares[0]
