"""A region with figures, and the people who look at them."""

from __future__ import annotations

from datetime import date

import pytest

from tests.reports.dashboards.figures import freeze, write_cells, write_repeat
from tests.support import world
from tests.support.accounts import sign_in

OCTOBER, SEPTEMBER = date(2026, 10, 31), date(2026, 9, 30)


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


@pytest.fixture
def counted(db):
    """Write figures: A has 71 of 100 pupils, B 131 of 202, three people are known in both; two months are frozen."""
    a, b = world.SCHOOL_A, world.SCHOOL_B
    write_cells(
        {
            a.id: (a.schema, world.DISTRICT, {"pupils": (71, 100, 4), "teachers": (5, 10, 0)}),
            b.id: (b.schema, world.OTHER_DISTRICT, {"pupils": (131, 202, 0), "teachers": (0, 20, 1)}),
        }
    )
    write_repeat("pupils", None, 2, 3)
    for day, kind, shift in ((SEPTEMBER, "restored", 30), (OCTOBER, "frozen", 10)):
        freeze(
            day,
            kind,
            "pupils",
            [
                ("region", None, None, 200 - shift * 2, 299),
                ("district", world.DISTRICT, None, 71 - shift, 100),
                ("district", world.OTHER_DISTRICT, None, 131 - shift, 202),
                ("school", a.id, world.DISTRICT, 71 - shift, 100),
                ("school", b.id, world.OTHER_DISTRICT, 131 - shift, 202),
            ],
        )
