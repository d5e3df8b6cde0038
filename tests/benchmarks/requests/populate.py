"""Fills school A of the benchmark's database and signs one director in."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import gettempdir

_KEY_FILE = Path(gettempdir()) / f"bench-session-{os.environ.get('TEST_DATABASE_NAME', '')}"


def session_key() -> str:
    """Return the key of the director's session."""
    return _KEY_FILE.read_text()


def populate(people: int) -> None:
    """Insert people in school A, and a session of a director."""
    from core.tenancy import school
    from schools.people.models import Enrolment, Person, PersonKind
    from tests.support import world
    from tests.support.accounts import make_user, session_for

    now = datetime(2026, 9, 1, tzinfo=UTC)
    with school(world.SCHOOL_A.schema):
        rows = [
            Person(
                surname=f"Проверкин{number:04d}",
                name="Иван",
                patronymic="Иванович",
                folded_name=f"проверкин{number:04d} иван иванович",
                birth_date=date(2012, 1, 1 + number % 28),
                name_key=f"{number:032d}",
                created_at=now,
                updated_at=now,
            )
            for number in range(people)
        ]
        Person.objects.bulk_create(rows)
        PersonKind.objects.bulk_create([PersonKind(person=row, kind="pupil") for row in rows])
        Enrolment.objects.bulk_create(
            [
                Enrolment(person=row, kind="pupil", admitted_on=world.SEPTEMBER, school_class_id=world.CLASS)
                for row in rows
            ]
        )
        _KEY_FILE.write_text(session_for(make_user("director")))


if __name__ == "__main__":
    import django

    django.setup()
    populate(int(sys.argv[1]))
