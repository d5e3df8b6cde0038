"""The kit without a world: no session, no user, and (pytest-django sees to it) no database."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

BARE_MIDDLEWARE = [
    "config.middleware.RequestNumberMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.ui.middleware.FragmentRedirectMiddleware",
    "csp.middleware.CSPMiddleware",
]


@pytest.fixture
def bare(settings: Any) -> Any:
    """Serve the kit alone; returns the settings for further changes."""
    settings.MIDDLEWARE = BARE_MIDDLEWARE
    settings.ROOT_URLCONF = "tests.core.ui.urls"
    settings.ALLOWED_HOSTS = ["*"]
    settings.SHOW_DESIGN_PAGE = True
    settings.LOGIN_URL = "/accounts/login/"
    return settings


@pytest.fixture
def visitor(bare: Any) -> Client:
    """Return a client that sees error pages as a browser does."""
    return Client(raise_request_exception=False)
