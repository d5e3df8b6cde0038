"""Fixtures of the school's apps: a fixed day, and the first school entered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.schools.makers import TODAY
from tests.support.world import TestSchool


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """Make the calendar say 21 November 2026."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: TODAY)
    return TODAY


@pytest.fixture
def inside(db: None, school_a: TestSchool, today: date) -> Iterator[None]:
    """Stand in the first school on that day."""
    from core.tenancy import school

    with school(school_a.schema):
        yield
