"""The world of the check: a region and two schools that hold the same primary keys with different canary strings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class TestSchool:
    """A school of the check; ``canary`` stands in every text of its rows."""

    __test__ = False

    id: UUID
    code: str
    schema: str
    title: str
    canary: str
    surname: str


SCHOOL_A = TestSchool(
    UUID("aaaaaaaa-0000-4000-8000-000000000001"), "sch-a", "s_aaaaaaaaaaaa", "Школа А", "КАНАРЕЙКААА", "Канарейкааа"
)
SCHOOL_B = TestSchool(
    UUID("bbbbbbbb-0000-4000-8000-000000000001"), "sch-b", "s_bbbbbbbbbbbb", "Школа Б", "КАНАРЕЙКАБББ", "Канарейкаббб"
)
DISTRICT = UUID("dddddddd-0000-4000-8000-000000000001")
OTHER_DISTRICT = UUID("dddddddd-0000-4000-8000-000000000002")

MENTOR = UUID("00000000-0000-4000-8000-000000000001")
MENTEE = UUID("00000000-0000-4000-8000-000000000002")
ORDER = UUID("00000000-0000-4000-8000-000000000003")
PAIR = UUID("00000000-0000-4000-8000-000000000004")
CONSENT = UUID("00000000-0000-4000-8000-000000000005")
CLASS = UUID("00000000-0000-4000-8000-000000000006")
SEPTEMBER = date(2026, 9, 1)
