"""Celery tasks that know their school.

Every task says which world it works in. A school's task is refused at publication and again in the worker when no
school comes with it, also when it is sent by name past this class.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

from celery import Task
from django.db import InterfaceError, OperationalError

from core.tenancy.context import current, is_school_schema, region, rollup, school
from core.tenancy.errors import ContextError

World = Literal["school", "region", "rollup", "migrator"]


class DoorTask(Task):  # type: ignore[misc]
    """Base of every task of the project; ``world`` is declared by each subclass or task."""

    abstract = True
    world: ClassVar[World | None] = None
    ignore_result = True
    acks_late = True
    reject_on_worker_lost = True
    # A database that restarts must not lose an invitation or an order: tasks are idempotent, so they are tried again.
    autoretry_for = (OperationalError, InterfaceError)
    max_retries = 8
    retry_backoff = True
    retry_backoff_max = 300

    def _school_of(self, headers: dict[str, Any] | None) -> str:
        name = (headers or {}).get("school")
        if not isinstance(name, str) or not is_school_schema(name):
            raise ContextError(f"task {self.name}: no school in its headers")
        return name

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Publish the task.

        :raises ContextError: a school's task without a school.
        """
        if self.world is None:
            raise ContextError(f"task {self.name} does not say which world it works in")
        if self.world == "school":
            self._school_of(options.get("headers"))
        return super().apply_async(args=args, kwargs=kwargs, **options)

    def for_school(self, schema: str, **kwargs: Any) -> Any:
        """Publish the task for one school."""
        return self.apply_async(kwargs=kwargs, headers={"school": schema})

    @contextmanager
    def _world(self) -> Iterator[None]:
        if current() is not None:
            raise ContextError(f"task {self.name}: a context was left over in the worker")
        if self.world == "school":
            with school(self._school_of(self.request.headers)):
                yield
        elif self.world == "region":
            with region():
                yield
        elif self.world == "rollup":
            with rollup():
                yield
        elif self.world == "migrator":
            yield
        else:
            raise ContextError(f"task {self.name} does not say which world it works in")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task inside its world."""
        with self._world():
            return super().__call__(*args, **kwargs)


class SchoolTask(DoorTask):
    """A task that works inside one school, named in the header ``school``."""

    abstract = True
    world = "school"


class RegionTask(DoorTask):
    """A task that works in the region's schema."""

    abstract = True
    world = "region"


class RollupTask(DoorTask):
    """A task that works as the roll-up."""

    abstract = True
    world = "rollup"


class MigratorTask(DoorTask):
    """A task of the provisioner: opens the contexts it needs itself, under the migrator's login."""

    abstract = True
    world = "migrator"
