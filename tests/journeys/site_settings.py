"""Settings of the site that the crawl visits: those of the check, with static files and a cache of its own."""

import os

from config.settings.test import *  # noqa: F403
from config.settings.test import CACHES

BASE_PORT = os.environ["SITE_PORT"]
WHITENOISE_USE_FINDERS = True
# The browser keeps what it has fetched once, as with the hashed names of production.
WHITENOISE_MAX_AGE = 3600
CACHES = {"default": {**CACHES["default"], "KEY_PREFIX": os.environ["TEST_DATABASE_NAME"]}}
