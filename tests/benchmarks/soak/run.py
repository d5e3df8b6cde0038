"""The soak itself, and what it says at the end."""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter, defaultdict

from tests.benchmarks.soak.installation import installation
from tests.benchmarks.soak.traffic import ACTS, CANARY, HEAVY, Answer, Visitors
from tests.benchmarks.soak.watch import Watch

# What may be between the second fifth and the last: caches of schools that come late, and the unevenness of garbage.
# A short run is all warming up: its memory is told and not judged.
JUDGED_AFTER_MINUTES = 10
MOST_GROWTH = 0.15
MOST_GROWTH_MEGABYTES = 30.0
# Web processes, worker and its processes, sweeper, the look itself; and somebody who is being replaced.
MOST_CONNECTIONS = 14
PROMISED_P95_SECONDS = 0.2


def main(arguments: list[str]) -> int:
    """Run the soak; 0 when nothing grew, nothing was lost, nothing was seen that should not be."""
    parser = argparse.ArgumentParser(prog="bench soak")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--schools", type=int, default=200)
    parser.add_argument("--rate", type=float, default=8, help="requests a second")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with installation(options.schools) as running:
        print(f"{options.schools} schools made and served after {time.monotonic() - began:.0f} s", flush=True)
        visitors = Visitors(running.port, running.schools, running.region, options.rate, acts=(*ACTS, *HEAVY))
        watch = Watch(running)
        visitors.start()
        end = time.monotonic() + options.minutes * 60
        while time.monotonic() < end:
            time.sleep(min(60.0, max(0.0, end - time.monotonic())))
            _tell_minute(visitors.answers, watch)
        visitors.stop()
        settled = _settles(watch)
        watch.stop()
        faults = _tell(visitors.answers, watch, settled=settled)
        faults += [
            f"{name}'s log names somebody" for name in running.processes if CANARY.search(running.log(name).lower())
        ]
    for fault in faults:
        print(f"FAULT: {fault}")
    p95 = percentile([answer.seconds for answer in visitors.answers], 95)
    print(f"ratio={PROMISED_P95_SECONDS / p95:.2f}")
    return int(bool(faults))


def percentile(values: list[float], per_cent: int) -> float:
    """Return a percentile of seconds."""
    return sorted(values)[min(len(values) - 1, len(values) * per_cent // 100)] if values else 0.0


def _tell_minute(answers: list[Answer], watch: Watch) -> None:
    last = [answer for answer in answers if answer.at > time.monotonic() - 60]
    sample = watch.samples[-1]
    memory = " ".join(f"{name} {size:.0f} MB" for name, size in sample.memory.items())
    print(
        f"{len(answers):7} answers, p95 of the minute {percentile([one.seconds for one in last], 95) * 1000:.0f} ms,"
        f" {sample.connections} connections, {sample.waiting} wait; {memory}",
        flush=True,
    )


def _settles(watch: Watch) -> bool:
    """Wait until outbox and marks are empty; False when they do not get so within a minute."""
    deadline = time.monotonic() + 60
    while watch.samples[-1].waiting and time.monotonic() < deadline:
        time.sleep(1)
    return not watch.samples[-1].waiting


def _tell(answers: list[Answer], watch: Watch, *, settled: bool) -> list[str]:
    by_name: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_name[answer.name].append(answer)
    print(f"{'what':12} {'answers':>8} {'median, ms':>11} {'p95, ms':>9} {'p99, ms':>9}")
    for name, group in [*sorted(by_name.items()), ("all", answers)]:
        seconds = [answer.seconds for answer in group]
        print(
            f"{name:12} {len(group):8} {statistics.median(seconds) * 1000:11.0f}"
            f" {percentile(seconds, 95) * 1000:9.0f} {percentile(seconds, 99) * 1000:9.0f}"
        )
    faults = [f"{number} × {what}" for what, number in Counter(one.fault for one in answers if one.fault).items()]
    for name in watch.samples[0].memory:
        early, late = watch.growth(name)
        print(f"memory of {name}: {early:.0f} MB, at the end {late:.0f} MB")
        is_long = watch.samples[-1].at - watch.samples[0].at >= JUDGED_AFTER_MINUTES * 60
        if is_long and late - early > max(early * MOST_GROWTH, MOST_GROWTH_MEGABYTES):
            faults.append(f"memory of {name} grows")
    most = max(sample.connections for sample in watch.samples)
    print(f"connections: at most {most}; waiting rows: at most {max(sample.waiting for sample in watch.samples)}")
    if most > MOST_CONNECTIONS:
        faults.append(f"{most} connections")
    if not settled:
        faults.append("outbox and marks do not become empty")
    return faults
