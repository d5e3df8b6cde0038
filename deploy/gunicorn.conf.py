"""How gunicorn serves the platform: ``gunicorn --config deploy/gunicorn.conf.py config.wsgi:application``."""

# ruff: noqa: N999 - gunicorn's own name for this file

import os
from pathlib import Path

from config.web_hooks import post_fork, pre_fork, when_ready  # noqa: F401  gunicorn finds them by name
from config.web_log import WebLogger, logging_of_the_web

bind = os.environ.get("WEB_BIND", "0.0.0.0:8000")
workers = int(os.environ.get("WEB_WORKERS") or max(2, min(16, 2 * (os.cpu_count() or 1) + 1)))
worker_class = "sync"
# A session that has served many schools keeps their catalogue in memory for good: processes are recycled.
max_requests = 5000
max_requests_jitter = 500
timeout = 30
graceful_timeout = 30
# Of no use on sync workers behind a proxy, and dangerous with a request smuggled between two.
keepalive = 0
# Heartbeats in memory: a busy disk must not get a worker killed.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
limit_request_line = 4094
# Whoever reaches this port is the proxy; it sets X-Forwarded-Proto itself and drops what a browser sent.
forwarded_allow_ips = "*"
logger_class = WebLogger
logconfig_dict = logging_of_the_web()


def on_starting(server: object) -> None:
    """Refuse to start on another region's database, with the door open, or without the static files."""
    from django.conf import settings

    from config.startup import require_ready

    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"] and not manifest.exists():
        raise SystemExit(f"{manifest} is missing. Run the command collectstatic first.")
    require_ready()
