"""Settings of a region's installation: strict, and refusing to start when a secret is weak or shared."""

from __future__ import annotations

from config.settings.base import *  # noqa: F403
from config.settings.base import PERSON_KEY_PEPPER, SECRET_KEY
from config.settings.secrets_check import require_strong_secrets

require_strong_secrets(secret_key=SECRET_KEY, pepper=PERSON_KEY_PEPPER)

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
