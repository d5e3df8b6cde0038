"""Tasks that write down where they find themselves, and misbehave on the way out.

Loaded into a real worker by ``--include tests.faults.witness``; notes go to the file named by WITNESS_NOTES.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any
from uuid import uuid4

from celery import shared_task
from django.db import connection, transaction

from core.tenancy import current, school, shared
from core.tenancy.tasks import DoorTask, RegionTask, RollupTask, SchoolTask
from schools.people.models import Person, SchoolClass

_kept: list[Any] = []


def note(task: Any, number: int) -> None:
    """Write down where this is: the context, what the server says of it, and whose rows are in sight."""
    context = current()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('search_path'), session_user::text")
        role, path, login = cursor.fetchone()
    seen = {
        "number": number,
        "task": task.name,
        "header": (task.request.headers or {}).get("school", ""),
        "stamp": context.stamp if context else "",
        "role": role,
        "path": path,
        "login": login,
        "pid": os.getpid(),
        "canaries": [],
    }
    if role.startswith("s_"):
        seen["canaries"] = sorted(set(Person.objects.values_list("patronymic", flat=True)))
        SchoolClass.objects.create(title=f"{number}-{uuid4().hex[:8]}")
    file = os.open(os.environ["WITNESS_NOTES"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(file, (json.dumps(seen, ensure_ascii=False) + "\n").encode())
    os.close(file)


@shared_task(base=SchoolTask, bind=True, name="witness.see")
def see(self: Any, number: int) -> None:
    """Look and leave."""
    note(self, number)


@shared_task(base=SchoolTask, bind=True, name="witness.fail")
def fail(self: Any, number: int) -> None:
    """Look and raise."""
    note(self, number)
    raise ValueError(number)


@shared_task(base=SchoolTask, bind=True, name="witness.break_sql")
def break_sql(self: Any, number: int) -> None:
    """Look and leave by a failed statement."""
    note(self, number)
    connection.cursor().execute("SELECT 1/0")


@shared_task(base=SchoolTask, bind=True, name="witness.swallow")
def swallow(self: Any, number: int) -> None:
    """Look, and swallow a failed statement inside a transaction, which cannot be committed then."""
    note(self, number)
    with transaction.atomic():
        try:
            connection.cursor().execute("SELECT 1/0")
        except Exception:  # noqa: BLE001  the fault under test
            connection.needs_rollback = False


@shared_task(base=SchoolTask, bind=True, name="witness.leave_open")
def leave_open(self: Any, number: int) -> None:
    """Look, and leave a transaction and a cursor open behind, kept alive for the next task to stumble over."""
    note(self, number)
    connection.set_autocommit(False)
    rows = Person.objects.all().iterator(chunk_size=1)
    next(rows)
    _kept.append(rows)


@shared_task(base=SchoolTask, bind=True, name="witness.wander")
def wander(self: Any, number: int) -> None:
    """Look, and raise from within the shared tables and a nested context."""
    note(self, number)
    context = current()
    assert context is not None
    with shared(), school(context.schema):
        raise ValueError(number)


@shared_task(base=SchoolTask, bind=True, name="witness.hang_up")
def hang_up(self: Any, number: int) -> None:
    """Lose the connection, then look."""
    connection.cursor().execute("SELECT 1")
    connection.close()
    note(self, number)


@shared_task(base=SchoolTask, bind=True, name="witness.again", max_retries=2)
def again(self: Any, number: int) -> None:
    """Look three times: twice it asks to be tried again."""
    note(self, number)
    if self.request.retries < 2:
        raise self.retry(countdown=self.request.retries)


@shared_task(base=SchoolTask, bind=True, name="witness.die")
def die(self: Any, number: int) -> None:
    """Look, and be killed the first time."""
    note(self, number)
    mark = Path(f"{os.environ['WITNESS_NOTES']}.{number}")
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


@shared_task(base=RegionTask, bind=True, name="witness.region")
def in_region(self: Any, number: int) -> None:
    """Look as the region."""
    note(self, number)


@shared_task(base=RollupTask, bind=True, name="witness.rollup")
def in_rollup(self: Any, number: int) -> None:
    """Look as the roll-up."""
    note(self, number)


@shared_task(base=DoorTask, bind=True, name="witness.nowhere")
def nowhere(self: Any, number: int) -> None:
    """A task that never says where it works."""
    note(self, number)
