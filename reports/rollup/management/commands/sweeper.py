"""The sweeper as a process: `manage sweeper`."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand

from core.metrics import take_slot
from core.tenancy.limits import become
from reports.rollup.sweeper import Sweeper


class Command(BaseCommand):
    """Run the sweeper until SIGTERM or Ctrl-C."""

    help = "Relays the outbox, keeps coverage up to date, freezes month-ends; runs until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the single round."""
        parser.add_argument("--once", action="store_true", help="one round, then leave")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, unless this is another region's database or its door is open."""
        become("sweeper")
        take_slot("sweeper", 0)
        self.check(tags=[Tags.database], databases=["default"])
        sweeper = Sweeper()
        if options["once"]:
            sweeper.tick()
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sweeper.stop())
        sweeper.run()
