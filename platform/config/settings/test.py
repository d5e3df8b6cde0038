"""Settings of the check. The test cluster is named by TEST_DATABASE_SUPERUSER_URL; tests log in as ``app``."""

import os
import tempfile
from urllib.parse import urlsplit

os.environ.setdefault("SECRET_KEY", "test-only-" + "k" * 50)
os.environ.setdefault("PERSON_KEY_PEPPER", "test-only-" + "p" * 50)
_cluster = urlsplit(os.environ.get("TEST_DATABASE_SUPERUSER_URL", "postgresql://postgres@127.0.0.1:5432/postgres"))
_server = f"{_cluster.hostname}:{_cluster.port}"
os.environ["DATABASE_URL"] = f"postgresql://app:test-only-app@{_server}/{os.environ.get('TEST_DATABASE_NAME', 'none')}"
os.environ["DATABASE_ADMIN_URL"] = os.environ["DATABASE_URL"].replace(
    "app:test-only-app", "migrator:test-only-migrator"
)

from config.settings.base import *  # noqa: F403
from core.mail.server import server_of
from core.tenancy.share import Share

TOMBSTONES_FILE = os.environ.get("TOMBSTONES_FILE", f"{tempfile.gettempdir()}/tombstones-of-check-{os.getpid()}.jsonl")
# Tests count schools and schemas; those of the pool ask for spares themselves.
SPARE_SCHOOLS = int(os.environ.get("TEST_SPARE_SCHOOLS", "0"))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests count queries, and change what the region says and look again.
REFERENCE_REMEMBERED_SECONDS = 0.0
# Each test begins with nothing remembered; queries are counted alike however slow the machine is.
ROUTES_REMEMBERED_SECONDS = 60.0
SHOW_DESIGN_PAGE = True
BASE_DOMAIN = "localhost"
BASE_PORT = ""
# Letters are offered; they go to Django's box in memory.
MAIL_SERVER = server_of("smtp://mail.test")
MAIL_FROM = "mentoring@mail.test"
# The check asks more in a minute than anybody; the limits have a test of their own.
API_REQUESTS_PER_MINUTE = {"sender": 10**9, "world": 10**9}
# Receivers of the check stand on this machine; that they may not elsewhere has tests of its own.
WEBHOOKS_TO_LOOPBACK = True
SCHOOL_SHARE = Share(version="check", rate=10**9, burst=10**9)
# Tests and benchmarks of the fleet's migration give an app more migrations than it has: "app:package app:package".
MIGRATION_MODULES = dict(pair.split(":") for pair in os.environ.get("TEST_MIGRATION_MODULES", "").split())
