"""The exporter of metrics as a process: `manage metrics`."""

from __future__ import annotations

import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError
from prometheus_client import generate_latest

from core.tenancy.limits import become
from reports.operations.exporter import registry, server

_log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Serve the metrics until SIGTERM or Ctrl-C."""

    help = "Answers Prometheus at METRICS_BIND (127.0.0.1:9108), path /metrics; with METRICS_TOKEN only to its bearer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the single look."""
        parser.add_argument("--once", action="store_true", help="print the metrics and leave")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve, or print once."""
        become("metrics")
        if options["once"]:
            self.stdout.write(generate_latest(registry()).decode())
            return
        host, _colon, port = os.environ.get("METRICS_BIND", "127.0.0.1:9108").rpartition(":")
        if not port.isdigit():
            raise CommandError("METRICS_BIND is an address and a port: 127.0.0.1:9108")
        listening = server((host or "127.0.0.1", int(port)), os.environ.get("METRICS_TOKEN", ""))
        for number in (signal.SIGTERM, signal.SIGINT):
            # shutdown() waits for the loop that this very thread runs.
            signal.signal(number, lambda *_: threading.Thread(target=listening.shutdown).start())
        _log.info("metrics_served", port=int(port))
        listening.serve_forever()
        listening.server_close()
