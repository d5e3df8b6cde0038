"""What takes turns with commits is asked by some of them: nothing waits for the night for ever."""

from __future__ import annotations

import pytest

from tests.support import parts
from tests.support.database import ROOT

NAMES = [f"page {number}" for number in range(60)]


@pytest.mark.parametrize("file", sorted({file for group in parts.LONG_FILES for file in group}))
def test_each_case_in_a_long_file_has_its_turn(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for how_many in (2, 3, 4, 5, 6, 10):
        asked = set()
        for today in range(10 * len(parts.LONG_FILES)):
            monkeypatch.setattr(parts, "part_of_today", lambda today=today: today)
            if not parts.waits_for_the_night(f"{file}::test"):
                asked |= {name for name in NAMES if parts.has_its_turn(name, how_many)}
        assert asked == set(NAMES), how_many


def test_no_file_that_takes_turns_itself_has_turns_within() -> None:
    """The two would go by the same number: most of its cases would never be asked by day."""
    turning = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "tests").rglob("test_*.py")
        if "import has_its_turn" in (text := file.read_text()) or "parts.has_its_turn" in text
    }
    assert len(turning) > 3
    long = {file for group in parts.LONG_FILES for file in group}
    assert [file for file in turning - long if not file.startswith(parts.GUARDS)] == []


def test_every_other_test_has_one_turn_of_four(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        asked = []
        for today in range(parts.FILES * len(parts.LONG_FILES)):
            monkeypatch.setattr(parts, "part_of_today", lambda today=today: today)
            asked.append(not parts.waits_for_the_night(f"tests/schools/{name}.py::test"))
        assert sum(asked) == len(parts.LONG_FILES)


def test_the_walls_are_asked_with_every_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "part_of_today", lambda: 1)
    walls = [f"{folder}test_some.py::test" for folder in parts.GUARDS]
    assert not any(map(parts.waits_for_the_night, walls))


def test_all_at_once_leaves_nothing_for_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "part_of_today", lambda: None)
    assert not parts.waits_for_the_night("tests/schools/some.py::test")
    assert all(parts.has_its_turn(name, 10) for name in NAMES)
