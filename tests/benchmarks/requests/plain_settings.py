"""The baseline: the same pages on Django's own backend, one fixed search path, no host lookup, no roles, no stamps."""

from config.settings import test as product
from config.settings.test import *  # noqa: F403
from tests.support.world import SCHOOL_A

_database = {**product.DATABASES["default"]}
_database["ENGINE"] = "django.db.backends.postgresql"
_database["USER"], _database["PASSWORD"] = "migrator", "test-only-migrator"
_database["OPTIONS"] = {
    "connect_timeout": 5,
    "options": f"-c TimeZone=UTC -c search_path={SCHOOL_A.schema},region,ext",
}
DATABASES = {"default": _database}
DATABASE_ROUTERS = ["tests.benchmarks.requests.plain.NoSchemaRouter"]
ROOT_URLCONF = SCHOOL_URLCONF = "tests.benchmarks.requests.urls"
TENANT_SYNC_ROUTER = "tests.benchmarks.requests.plain.NoSchemaRouter"
INSTALLED_APPS = [name for name in product.INSTALLED_APPS if name != "core.tenancy"]
MIDDLEWARE = [
    "tests.benchmarks.requests.plain.OneSchoolMiddleware" if name == "config.middleware.WorldMiddleware" else name
    for name in product.MIDDLEWARE
    if name != "core.accounts.middleware.SessionWorldMiddleware"
]
# As in production; the check itself remembers nothing.
REFERENCE_REMEMBERED_SECONDS = 5.0
