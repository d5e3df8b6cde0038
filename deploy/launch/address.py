"""Where the web of an instance answers: a port that stays the same from run to run as long as it is free."""

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

from deploy.launch import instance, machine
from deploy.launch.report import LaunchError, say

USUAL_PORTS = range(8000, 8100)
LET_GO_SECONDS = 5


def remembered_port(home: Path) -> int:
    """Return the port of the last run, 0 when there was none."""
    return urlsplit(instance.load(home)["base_url"]).port or 0


def choose_port(home: Path) -> int:
    """Return the port to answer on: MENTORING_PORT, else the last run's, else the first free one from 8000.

    :raises LaunchError: when MENTORING_PORT is taken or no number.
    """
    asked = os.environ.get("MENTORING_PORT")
    if asked:
        return _asked_port(asked)
    last = remembered_port(home)
    if last and machine.becomes_free(last, LET_GO_SECONDS):
        return last
    port = next((port for port in USUAL_PORTS if machine.is_free(port)), 0) or machine.free_port()
    if last:
        say(f"port {last}, used so far, is taken by another program: this time it is {port}")
    return port


def _asked_port(asked: str) -> int:
    if not asked.isdigit() or not 0 < int(asked) < 65536:
        raise LaunchError(f"MENTORING_PORT={asked} is no port. Give a number from 1024 to 65535, or leave it out.")
    if not machine.becomes_free(int(asked), LET_GO_SECONDS):
        raise LaunchError(
            f"Port {asked} (MENTORING_PORT) is taken by another program. Stop it, give another number, "
            "or leave MENTORING_PORT out to have a free one found."
        )
    return int(asked)


def ensure_address(home: Path) -> int:
    """Return the port of the instance; an instance that never answered yet gets one, so that hosts can be told."""
    port = remembered_port(home)
    if not port:
        port = choose_port(home)
        instance.set_address(home, port)
    return port


def open_listener(home: Path) -> socket.socket:
    """Return a listening socket on the port of the instance.

    :raises LaunchError: when every port that was found free was taken before we could have it.
    """
    for _attempt in range(5):
        port = choose_port(home)
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(512)
        except OSError:
            listener.close()
            continue
        return listener
    raise LaunchError("No free port was found on 127.0.0.1. Name one in MENTORING_PORT.")
