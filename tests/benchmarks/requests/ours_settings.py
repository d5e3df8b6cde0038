"""Our side: the product's settings, with the page that does nothing."""

from config.settings.test import *  # noqa: F403

SCHOOL_URLCONF = "tests.benchmarks.requests.urls"
# As in production; the check itself remembers nothing.
REFERENCE_REMEMBERED_SECONDS = 5.0
