"""The sweeper: relays the outbox, folds marks, sees to it that what is due gets done, and keeps the calendar.

One process a region is enough; a second one does no harm. It does no roll-up itself while workers do: it wakes them,
and takes the work over when nobody has taken it within a few seconds, with or without a broker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, datetime

import structlog
from celery import Task
from django.conf import settings
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core.events.outbox import relay_once
from core.tenancy import rollup
from reports.rollup.fold import fold_marks, number_due, reconcile
from reports.rollup.models import Ledger, SchoolState
from reports.rollup.snapshots import freeze_due, months_due
from reports.rollup.tasks import keep_calendar, roll_up
from reports.rollup.work import audit, roll_up_due
from schools.mergers.tasks import forget, hand_over, plan, take_in
from schools.people.tasks import settle_release_task, tell_of_offer_task
from tenants.mergers.driving import Tasks, advance_mergers
from tenants.provisioning.daily import begin_round_if_due
from tenants.provisioning.services import is_any_late
from tenants.provisioning.tasks import provision_late
from tenants.transfers.services import call_schools

_log = structlog.get_logger(__name__)

TICK_SECONDS = 0.25
RECONCILE_SECONDS = 1.0
CALENDAR_SECONDS = 20.0
TRANSFERS_SECONDS = 2.0
SEEN_SECONDS = 15.0
TAKE_OVER_SECONDS = 2.0
CALENDAR_TAKE_OVER_SECONDS = 300.0
BROKER_REST_SECONDS = 30.0
RECONNECT_SECONDS = 300.0


class Sweeper:
    """The loop; ``now`` gives the region's local time (tests bring their own)."""

    def __init__(self, *, now: Callable[[], datetime] = timezone.localtime) -> None:
        self._now = now
        self._stop = threading.Event()
        self._last: dict[str, float] = {}
        self._due_since: float | None = None
        self._calendar_since: float | None = None
        self._broker_rests_until = 0.0
        self._house_kept_on: date | None = None

    def stop(self) -> None:
        """Finish the step in work and leave; safe from a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Tick until stopped. A failing step is logged and tried again: the database may be restarting."""
        _log.info("sweeper_started")
        while not self._stop.is_set():
            begun = time.monotonic()
            try:
                if self._is_time("reconnect", RECONNECT_SECONDS):
                    connection.close()
                self.tick()
            except Exception as error:  # noqa: BLE001  whatever it is, the next round must come
                _log.warning("sweeper_step_failed", error=type(error).__name__)
                connection.close()
                self._stop.wait(1.0)
            self._stop.wait(max(0.0, TICK_SECONDS - (time.monotonic() - begun)))
        connection.close()
        _log.info("sweeper_stopped")

    def tick(self) -> None:
        """Do one round: relay, reconcile, fold, wake or work, schools of transfers, what the calendar asks for."""
        relay_once()
        today = self._now().date()
        with rollup():
            if self._is_time("reconcile", RECONCILE_SECONDS):
                reconcile()
            if self._is_time("seen", SEEN_SECONDS):
                Ledger.objects.filter(pk=1).update(swept_at=timezone.now())
            fold_marks()
            due = number_due(today)
        self._see_to(due, today)
        if self._is_time("transfers", TRANSFERS_SECONDS):
            call_schools(settle=settle_release_task, tell=tell_of_offer_task)
            advance_mergers(Tasks(hand_over=hand_over, plan=plan, take_in=take_in, forget=forget))
        if self._is_time("calendar", CALENDAR_SECONDS):
            self._keep_calendar(today)

    def _is_time(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if now - self._last.get(what, -seconds) < seconds:
            return False
        self._last[what] = now
        return True

    def _see_to(self, due: int, today: date) -> None:
        now = time.monotonic()
        if not due:
            self._due_since = None
            return
        # A wake-up at most once in a second; while nobody comes it is repeated.
        is_resting = now < self._broker_rests_until
        woken = not is_resting and (not self._is_time("wake", 1.0) or self._publish(roll_up))
        if self._due_since is None:
            self._due_since = now
        if not woken or now - self._due_since >= TAKE_OVER_SECONDS:
            done = roll_up_due(today, seconds=5.0)
            self._due_since = None
            _log.info("sweeper_rolled_up", schools=done, broker=woken)

    def _publish(self, task: Task) -> bool:
        """Wake the workers; False when the broker cannot, which is then left in peace for a while."""
        now = time.monotonic()
        if now < self._broker_rests_until:
            return False
        try:
            task.apply_async(retry=False, expires=60)
        except (OperationalError, RedisError, OSError) as error:
            self._broker_rests_until = now + BROKER_REST_SECONDS
            _log.warning("broker_unavailable", error=type(error).__name__)
            return False
        return True

    def _keep_calendar(self, today: date) -> None:
        """Leave the month-ends and the night's audit to the workers; do them in small steps when nobody does.

        A step here holds up everything else, so it is one month, or two seconds.
        """
        self._wake_provisioner()
        self._keep_house()
        is_night = self._now().hour >= settings.COVERAGE_AUDIT_HOUR and self._awaits_audit(today)
        months = months_due(today)
        if not is_night and not months:
            self._calendar_since = None
            return
        now = time.monotonic()
        since = self._calendar_since = self._calendar_since or now
        if now - since < CALENDAR_TAKE_OVER_SECONDS and self._publish(keep_calendar):
            return
        if months:
            freeze_due(today, most=1)
        else:
            audit(today, seconds=2.0)
        self._last.pop("calendar", None)

    def _keep_house(self) -> None:
        """Hand out the day's chores, once."""
        now = self._now()
        if self._house_kept_on != now.date() and now.hour >= settings.HOUSEKEEPING_HOUR:
            begin_round_if_due(now)
            self._house_kept_on = now.date()

    def _wake_provisioner(self) -> None:
        """Ask again for schools whose task was lost or failed: a killed provisioner must not need a person."""
        with rollup():
            is_late = is_any_late()
        if is_late:
            self._publish(provision_late)

    @staticmethod
    def _awaits_audit(today: date) -> bool:
        with rollup():
            unseen = SchoolState.objects.exclude(audited_on__gte=today).exclude(computed_on=None)
            return unseen.exists()
