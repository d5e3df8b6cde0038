"""Publishes the witnesses in every way there is: ``python -m tests.faults.publisher SEED``.

Prints what is to be expected: ``{"expected": {number: [school, task, least times]}, "refused": {number: why}}``.
"""

from __future__ import annotations

import json
import sys
from random import Random
from typing import Any

import django
from celery import chain, group

django.setup()

from config.celery_app import app
from tests.faults.witness import (
    again,
    break_sql,
    die,
    fail,
    hang_up,
    in_region,
    in_rollup,
    leave_open,
    nowhere,
    see,
    swallow,
    wander,
)
from tests.support.world import SCHOOL_A, SCHOOL_B

TASKS = 240
# How often each looks at least.
OF_SCHOOLS = {
    see: 1, fail: 1, break_sql: 1, swallow: 1, leave_open: 1, wander: 1, hang_up: 1, again: 3, die: 2
}  # fmt: skip


class Publisher:
    """Publishes at random, and remembers what must come of it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.expected: dict[int, tuple[str, str, int]] = {}
        self.refused: dict[int, str] = {}
        self.number = 0

    def one(self, kinds: Any = None) -> Any:
        """Make a signature of some task for one of the schools."""
        # A death costs a new process: those are published by themselves.
        return self.of(self.random.choice([see, *(kinds or [task for task in OF_SCHOOLS if task is not die])]))

    def of(self, task: Any) -> Any:
        """Make a signature of a task for one of the schools."""
        self.number += 1
        schema = self.random.choice((SCHOOL_A, SCHOOL_B)).schema
        self.expected[self.number] = (schema, task.name, OF_SCHOOLS[task])
        return task.si(number=self.number).set(headers={"school": schema})

    def publish(self) -> None:
        """Publish some tasks in one of the ways."""
        # A failing link ends its chain, so links only look and retry.
        links = [see, again, hang_up]
        way = self.random.randrange(8)
        if way == 0:
            chain(*(self.one(links) for _ in range(4))).apply_async()
        elif way == 1:
            group(self.one() for _ in range(4)).apply_async()
        elif way == 2:
            self.one().apply_async(countdown=self.random.choice((1, 2)))
        elif way == 3:
            chain(self.one(links), group(self.one() for _ in range(3))).apply_async()
        elif way == 4:
            signature = self.one()
            app.send_task(signature.task, kwargs=signature.kwargs, headers=signature.options["headers"])
        elif way == 5:
            self.number += 1
            task = self.random.choice((in_region, in_rollup))
            self.expected[self.number] = ("", task.name, 1)
            task.apply_async(kwargs={"number": self.number})
        elif way == 6:
            with_errback = self.one([fail])
            with_errback.apply_async(link=self.one(links) if with_errback.task == see.name else None)
        else:
            self.one().apply_async()

    def smuggle(self) -> None:
        """Publish past the class what a worker has to refuse."""
        for why, headers in {
            "no headers": None,
            "no school": {},
            "the region": {"school": "region"},
            "nothing": {"school": ""},
            "no such school": {"school": "s_000000000000"},
            "a statement": {"school": f'{SCHOOL_A.schema}"; RESET ROLE; --'},
            "several": {"school": [SCHOOL_A.schema]},
        }.items():
            self.number += 1
            self.refused[self.number] = why
            app.send_task(see.name, kwargs={"number": self.number}, headers=headers)
        self.number += 1
        self.refused[self.number] = "an undeclared world"
        app.send_task(nowhere.name, kwargs={"number": self.number})
        first = self.one([see])
        self.number += 1
        self.refused[self.number] = "a chain's link without a school"
        chain(first, see.si(number=self.number)).apply_async()


def publish(seed: int) -> dict[str, Any]:
    """Publish everything and return what is to be expected."""
    publisher = Publisher(seed)
    while len(publisher.expected) < TASKS:
        publisher.publish()
        if publisher.random.random() < 0.03:
            publisher.smuggle()
            publisher.of(publisher.random.choice(list(OF_SCHOOLS))).apply_async()
    for task in [*OF_SCHOOLS, *OF_SCHOOLS]:
        publisher.of(task).apply_async()
    publisher.smuggle()
    return {"expected": publisher.expected, "refused": publisher.refused}


if __name__ == "__main__":
    app.set_default()
    sys.stdout.write(json.dumps(publish(int(sys.argv[1]))))
