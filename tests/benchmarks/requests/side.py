"""One side of the comparison: answers pages through WSGI, timed, on command from standard input."""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
import time
from typing import Any

HOST = "sch-a.localhost"
PATHS = {"trivial": "/bench-trivial/", "list": "/people/"}
# What differs between two honest answers: tokens, numbers of requests.
_VOLATILE = re.compile(rb'(name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": *"[^"]*")')


def main() -> None:
    """Serve commands until standard input ends."""
    import django

    django.setup()
    from django.core.wsgi import get_wsgi_application

    from tests.benchmarks.requests.populate import session_key

    application = get_wsgi_application()
    cookie = f"sessionid={session_key()}"
    for line in sys.stdin:
        page, times = json.loads(line)
        started = time.perf_counter()
        for _ in range(times):
            status, body = call(application, PATHS[page], cookie if page == "list" else "")
        seconds = time.perf_counter() - started
        digest = hashlib.sha256(_VOLATILE.sub(b"", body)).hexdigest()
        sys.stdout.write(json.dumps({"seconds": seconds, "digest": digest, "status": status}) + "\n")
        sys.stdout.flush()


def call(application: Any, path: str, cookie: str) -> tuple[int, bytes]:
    """Send one request; return status and body."""
    seen: list[int] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": HOST,
        "HTTP_COOKIE": cookie,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    answer = application(environ, lambda status, headers, error=None: seen.append(int(status.split()[0])))
    body = b"".join(answer)
    answer.close()
    return seen[0], body


if __name__ == "__main__":
    main()
