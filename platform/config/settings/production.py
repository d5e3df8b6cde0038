"""Settings of a region's installation: strict, and refusing to start when a secret is weak or shared."""

from __future__ import annotations

import os

from config.settings.base import *  # noqa: F403
from config.settings.base import PERSON_KEY_PEPPER, SECRET_KEY, STORAGES
from config.settings.secrets_check import doors_accepted_open, require_own_addresses, require_strong_secrets

require_strong_secrets(secret_key=SECRET_KEY, pepper=PERSON_KEY_PEPPER)
require_own_addresses(os.environ)

# Names carry the hash of the content: browsers keep a file for good, and a new version has a new name.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_ALLOW_ALL_ORIGINS = False

SILENCED_SYSTEM_CHECKS = doors_accepted_open(os.environ)

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
