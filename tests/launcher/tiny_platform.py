"""The supervisor over real servers and a web of ten lines: what the tests of signals and crashes run.

Verbs: `up` runs until a signal and says READY; `facts` prints what the servers say of themselves, as JSON; `web` and
`sleep` are its own processes.
"""

import http.server
import json
import socket
import sys
import time

import psycopg

from deploy.launch.contract import Role
from deploy.launch.places import instance_home
from deploy.launch.report import LaunchError
from deploy.launch.servers import Outside, ServerSet
from deploy.launch.supervisor import Supervisor


def roles(listener: int) -> list[Role]:
    """A web that answers everything with 200, and a worker that sleeps."""
    this = [sys.executable, "-m", "tests.launcher.tiny_platform"]
    return [Role("web", [*this, "web", str(listener)], serves_web=True), Role("worker", [*this, "sleep"])]


def serve(descriptor: int) -> None:
    """Answer on an inherited socket."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer, bind_and_activate=False)
    server.socket = socket.socket(fileno=descriptor)
    server.serve_forever()


def facts() -> dict[str, object]:
    """Start the servers, ask them, stop them."""
    questions = {
        "shared_memory": "SHOW dynamic_shared_memory_type",
        "zones": "SELECT count(*) FROM pg_timezone_names",
        "moscow": "SELECT timestamptz '2024-07-01 12:00Z' AT TIME ZONE 'Europe/Moscow'",
        "folded": "SELECT lower('ЁЖ') || upper('ё')",
        "clients": "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'",
    }
    with ServerSet(instance_home(), Outside(), durable=False).in_use() as addresses:
        with psycopg.connect(addresses.superuser or "") as link:
            found: dict[str, object] = {}
            for name, question in questions.items():
                row = link.execute(question).fetchone()
                found[name] = str(row[0]) if row else None
        return found | {"superuser": addresses.superuser, "broker": addresses.broker}


def main() -> int:
    verb, *rest = sys.argv[1:]
    try:
        if verb == "up":
            supervisor = Supervisor(
                ServerSet(instance_home(), Outside(), durable=False), roles, lambda _servers, _port: None
            )
            if not supervisor.claim():
                sys.stdout.write("ANOTHER\n")
                return 0
            supervisor.run([], lambda: print("READY", flush=True))
        elif verb == "facts":
            sys.stdout.write(json.dumps(facts()))
        elif verb == "web":
            serve(int(rest[0]))
        elif verb == "sleep":
            time.sleep(3600)
    except LaunchError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
