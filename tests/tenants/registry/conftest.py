"""People of the region's host, signed in."""

from __future__ import annotations

import pytest

from tests.support import world
from tests.support.accounts import sign_in


@pytest.fixture
def admin(db, client_at):
    """Return a client of a region's administrator."""
    return sign_in(client_at, "region", "region_admin")


@pytest.fixture
def operator(db, client_at):
    """Return a client of a region's operator."""
    return sign_in(client_at, "region", "region_operator")


@pytest.fixture
def specialist(db, client_at):
    """Return a client of the specialist of the first district."""
    return sign_in(client_at, "region", "district_specialist", str(world.DISTRICT))
