"""The Russian guides quote what stands on the screens: a renamed button is renamed there too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "platform" / "docs" / "ru"
SCREENS = ("platform/core", "platform/config", "tenants", "schools", "reports")
# Quoted for another reason: forms of mentoring, dates, what people type.
NOT_ON_SCREEN = {"кавычках", "1 сентября 2026 г.", "работодатель – …", "студент – ученик"}


def words_of_screens() -> str:
    """Everything that templates and code may show."""
    files = (path for top in SCREENS for path in (ROOT / top).rglob("*") if path.suffix in {".html", ".py"})
    return "\n".join(path.read_text() for path in files if "migrations" not in path.parts)


@pytest.mark.parametrize("guide", ["administrator.md", "school.md", "programs.md"])
def test_quoted_words_stand_on_a_screen(guide: str):
    text = " ".join((GUIDES / guide).read_text().split())
    quoted = set(re.findall("«([^»]+)»", text)) - NOT_ON_SCREEN
    assert len(quoted) >= (10 if guide == "programs.md" else 30)
    screens = words_of_screens()
    assert {words for words in quoted if words not in screens} == set()


@pytest.mark.parametrize("guide", ["administrator.md", "school.md"])
def test_every_role_is_explained(guide: str):
    from core.authz.registry import World, roles

    world = World.REGION if guide == "administrator.md" else World.SCHOOL
    text = (GUIDES / guide).read_text()
    assert {str(role.title) for role in roles(world) if str(role.title) not in text} == set()
