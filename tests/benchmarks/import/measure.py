"""Imports one workbook in two ways in turn; run as the login ``app``.

``python -m tests.benchmarks.import.measure ROWS RUNS``.
"""

from __future__ import annotations

import importlib
import logging
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

LEAST = 25.0
TOLD = {
    "library": "openpyxl (read_only), full_clean() and save() of each row",
    "ours": "ours: import_at_once, from bytes to commit",
}


def by_library(content: bytes) -> None:
    """Read with openpyxl and store with the models' own validation, a row at a time, in one transaction."""
    from django.db import transaction
    from django.utils import timezone
    from openpyxl import load_workbook

    from core.text import full_name_from_columns, snils_digits
    from schools.people.domain import class_parts, class_title
    from schools.people.keys import name_key, snils_key
    from schools.people.models import Enrolment, Person, PersonKind, SchoolClass

    now = timezone.now()
    with transaction.atomic():
        sheet = load_workbook(BytesIO(content), read_only=True, data_only=True).active
        for surname, name, patronymic, born, room, snils, admitted in sheet.iter_rows(min_row=2, values_only=True):
            full = full_name_from_columns(surname, name, patronymic or "")
            digits = (snils_digits(snils) if snils else "") or ""
            person = Person(
                surname=full.surname,
                name=full.first_name,
                patronymic=full.patronymic,
                folded_name=full.key,
                birth_date=_day(born),
                snils=digits,
                name_key=name_key(full.key, _day(born)),
                snils_key=snils_key(digits),
                created_at=now,
                updated_at=now,
            )
            _store(person)
            _store(PersonKind(person=person, kind="pupil"))
            title = class_title(room)
            school_class = SchoolClass.objects.filter(title=title).first()
            if school_class is None:
                grade, letter = class_parts(title)
                school_class = SchoolClass(title=title, grade=grade, letter=letter)
                _store(school_class)
            _store(Enrolment(person=person, kind="pupil", school_class=school_class, admitted_on=_day(admitted)))


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def _store(row: Any) -> None:
    row.full_clean()
    row.save()


def by_us(content: bytes) -> None:
    """Import as the product does: every rule of the wizard, the journal for undo, the audit."""
    from core.authz import system_actor
    from schools.imports.applying import import_at_once
    from schools.imports.services import Upload

    job = import_at_once(actor=system_actor("bench"), uploads=[Upload("контингент.xlsx", content)])
    assert job is not None
    assert job.state == "done"


def result() -> list[tuple[object, ...]]:
    """Return everything that was stored, without ids and moments, in one order."""
    from schools.people.models import Enrolment, Person, PersonKind

    people = Person.objects.values_list(
        "surname", "name", "patronymic", "folded_name", "birth_date", "sex", "snils", "name_key", "snils_key", "phone"
    )
    kinds = PersonKind.objects.values_list("person__name_key", "kind")
    enrolments = Enrolment.objects.values_list(
        "person__name_key", "kind", "school_class__title", "school_class__grade", "school_class__letter", "post",
        "experience_years", "admitted_on", "left_on",
    )  # fmt: skip
    return sorted((*people, *kinds, *enrolments), key=repr)


def empty() -> None:
    """Empty the school, so that every run finds it alike."""
    from schools.consents.models import Consent
    from schools.imports.models import ImportJob
    from schools.pairs.models import Order, Pair
    from schools.people.models import Person, SchoolClass

    for model in (Consent, Pair, Order, ImportJob, Person, SchoolClass):
        model.objects.all().delete()


def measure(content: bytes, runs: int) -> dict[str, tuple[float, float]]:
    """Take each way in turn, the order reversed every time; return medians of seconds, by the clock and of the CPU.

    The first round only warms. CPU is this process's own: the server's share is in the clock alone.
    """
    from core.tenancy import school
    from tests.support.world import SCHOOL_A

    ways: dict[str, Callable[[bytes], None]] = {"library": by_library, "ours": by_us}
    times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for number in range(runs + 1):
        left = {}
        for way in list(ways) if number % 2 else list(reversed(ways)):
            with school(SCHOOL_A.schema):
                empty()
                begun, cpu = time.perf_counter(), time.process_time()
                ways[way](content)
                taken = time.perf_counter() - begun, time.process_time() - cpu
                left[way] = result()
            if number:
                times[way].append(taken)
        assert left["library"] == left["ours"], "the two ways leave different rows"
    return {
        way: (statistics.median(one for one, _ in taken), statistics.median(cpu for _, cpu in taken))
        for way, taken in times.items()
    }


def main(rows: int, runs: int) -> int:
    """Measure and print the table; 0 when the promise is kept."""
    import django

    django.setup()
    logging.disable(logging.INFO)
    content = importlib.import_module("tests.benchmarks.import.book").workbook(rows)
    found = measure(content, runs)
    ratio, of_cpu = (found["library"][place] / found["ours"][place] for place in (0, 1))
    kept = ratio >= LEAST
    print(
        f"\n{rows} rows of xlsx, {len(content) // 1024} KiB, medians of {runs} alternating runs; equal rows every time"
    )
    print(f"{'':58} {'clock':>12} {'own CPU':>12}")
    for way, told in TOLD.items():
        clock, cpu = found[way]
        print(f"{told:58} {1000 * clock:9.1f} ms {1000 * cpu:9.1f} ms")
    print(f"faster {ratio:.1f} times (promised ≥ {LEAST:g}; of CPU {of_cpu:.1f}): {'kept' if kept else 'NOT KEPT'}")
    print(f"ratio={ratio:.2f}")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2])))
