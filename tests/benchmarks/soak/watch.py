"""What an installation uses: memory of each kind of process and of the database's sessions, connections, what waits."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.benchmarks.soak.installation import Installation
from tests.support.database import superuser_url

EVERY_SECONDS = 5.0
_MEGABYTE = 1024.0


@dataclass(frozen=True)
class Sample:
    """One look: megabytes by kind of process (shared pages once), connections, rows of outbox and marks."""

    at: float
    memory: dict[str, float]
    connections: int
    waiting: int


@dataclass
class Watch:
    """Looks every few seconds until it is stopped."""

    running: Installation
    samples: list[Sample] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._stop.set()
        self._thread.join(10)

    def _look_on(self) -> None:
        with psycopg.connect(superuser_url(self.running.database), autocommit=True) as connection:
            while not self._stop.is_set():
                self.samples.append(self._look(connection))
                self._stop.wait(EVERY_SECONDS)

    def _look(self, connection: psycopg.Connection) -> Sample:
        memory = {
            name: sum(megabytes(pid) for pid in family(process.pid)) for name, process in self.running.processes.items()
        }
        sessions = connection.execute(
            "SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name LIKE 'mentoring-%'"
        ).fetchall()
        memory["sessions"] = sum(megabytes(pid) for (pid,) in sessions)
        row = connection.execute(
            # What is for a later hour, the night's chores, waits for nobody.
            "SELECT (SELECT count(*) FROM region.events_outbox WHERE created_at <= now()) "
            "+ (SELECT count(*) FROM region.events_mark)"
        ).fetchone()
        return Sample(time.monotonic(), memory, len(sessions), int(row[0]) if row else 0)

    def growth(self, name: str) -> tuple[float, float]:
        """Return the mean megabytes of the second fifth of the time and of the last."""
        values = [sample.memory[name] for sample in self.samples]
        fifth = max(1, len(values) // 5)
        early, late = values[fifth : 2 * fifth] or values[:1], values[-fifth:]
        return sum(early) / len(early), sum(late) / len(late)


def family(pid: int) -> list[int]:
    """Return a process and everything it forked."""
    found = [pid]
    for one in found:
        try:
            found += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except OSError:
            continue
    return found


def megabytes(pid: int) -> float:
    """Return the proportional memory of a process; 0 when it is gone or not ours to see."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / _MEGABYTE for line in lines if line.startswith("Pss:")), 0.0)
