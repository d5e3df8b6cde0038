"""Provisions schools as the migrator and kills itself on the way; run as a program by the tests.

``python -m tests.tenants.provisioning.interrupted ID POINT [ID POINT …]`` with DOOR_LOGIN=migrator: for each pair a
child dies by SIGKILL at the point, a second child completes the school. Prints one JSON line per pair: how the first
child ended, the state in between, the state at the end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable

POINTS = (
    "before role",
    "after role",
    "after schema",
    "half-way through the script",
    "after the script",
    "before the script is committed",
    "after the script is committed",
    "before ready is committed",
    "while the script is made",
    "inside the first migration",
    "between migrations",
    "after migrations",
)


def _die(*args: object, **kwargs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(point: str) -> None:
    """Replace the step at which this process is to die."""
    from tenants.provisioning import schema, script, services

    if point in POINTS[8:]:
        _arm_django(point)
    elif point == "before role":
        script.ensure_school_role = _die
    elif point == "after role":
        script.ensure_school_role = _then_die(script.ensure_school_role)
    elif point == "after schema":
        script._run = _die
    elif point == "half-way through the script":
        real_run = script._run
        script._run = lambda text, name: (real_run(_first_half(text), name), _die())
    elif point == "after the script":
        script._run = _then_die(script._run)
    elif point == "before the script is committed":
        schema.note_version = _then_die(schema.note_version)
    elif point == "after the script is committed":
        schema.make_schema = _then_die(schema.make_schema)
    elif point == "before ready is committed":
        services._set_state = _then_die(services._set_state)
    else:
        raise SystemExit(f"no such point: {point}")


def _then_die(real: Callable[..., object]) -> Callable[..., object]:
    return lambda *args, **kwargs: (real(*args, **kwargs), _die())


def _first_half(text: str) -> str:
    """Return the statements of a script up to its middle; tables come one by one, so some are made."""
    return text[: text.index(";\nCREATE TABLE", len(text) // 2)]


def _arm_django(point: str) -> None:
    """Replace a step of Django's own migration, which makes the script and the schools that have none."""
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.migration import Migration

    from core.tenancy import region
    from tenants.provisioning import schema, script
    from tenants.provisioning.models import SchemaScript

    if point == "while the script is made":
        with region():
            SchemaScript.objects.all().delete()
        Migration.apply = _then_die(Migration.apply)
        return
    schema.ensure_script = lambda: None
    if point == "inside the first migration":
        Migration.apply = _then_die(Migration.apply)
    elif point == "between migrations":
        applied = []
        real = MigrationExecutor.apply_migration

        def fourth(self, *args, **kwargs):
            applied.append(1)
            return _die() if len(applied) == 4 else real(self, *args, **kwargs)

        MigrationExecutor.apply_migration = fourth
    else:
        assert script.call_command is schema.call_command
        schema.call_command = _then_die(schema.call_command)


def _child(work: Callable[[], object]) -> int:
    """Run in a child process; return its wait status."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException as error:  # noqa: BLE001
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1]


def main(arguments: list[str]) -> None:
    """Interrupt and complete each school named on the command line."""
    import django

    django.setup()
    from django.db import connection

    from core.tenancy import region
    from tenants.provisioning.services import provision
    from tenants.registry.models import School

    def state(pk: str) -> str:
        with region():
            found = School.objects.get(pk=pk).state
        connection.close()  # the next child must not share this socket
        return found

    for pk, point in zip(arguments[::2], arguments[1::2], strict=True):
        killed = _child(lambda pk=pk, point=point: (_arm(point), provision(pk)))
        between = state(pk)
        completed = _child(lambda pk=pk: provision(pk))
        result = {
            "point": point,
            "signal": os.WTERMSIG(killed) if os.WIFSIGNALED(killed) else 0,
            "between": between,
            "retry": os.waitstatus_to_exitcode(completed),
            "state": state(pk),
        }
        print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
