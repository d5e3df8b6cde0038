"""The random regions: the same seed gives the same folder, and careless handwriting changes no figure."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.oracle import read_region, recount, report_of
from tests.support.regions import build_region, write_region

DAY = date(2026, 10, 31)
REASONS = {
    "total_line_ignored",
    "no_surname",
    "no_name",
    "no_birth_date",
    "bad_date",
    "duplicate",
    "unknown_form",
    "bad_period",
    "person_not_found",
    "person_ambiguous",
}


def answers(folder: Path) -> tuple[list[dict[str, object]], Counter[tuple[object, object, object]]]:
    """Give coverage on several days, and the refused rows by school, file and reason but total lines."""
    region, readings = read_region(folder)
    days = [DAY + timedelta(days=shift) for shift in (-30, -1, 0, 1, 120)]
    refused = Counter(
        (code, one["file"], one["why"])
        for code, reading in readings.items()
        for one in report_of(reading)["rows_refused"]  # type: ignore[attr-defined]
    )
    return [recount(region, day) for day in days], refused


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(1, 12))])
def test_the_hand_that_wrote_it_changes_no_figure(tmp_path: Path, seed: int) -> None:
    region = build_region(seed, schools=2 + seed, pupils=(10, 30))
    read = []
    for untidiness in (0.0, 0.5, 1.0):
        folder = tmp_path / str(untidiness)
        write_region(region, folder, seed=seed, untidiness=untidiness)
        counted, refused = answers(folder)
        read.append((counted, {key: n for key, n in refused.items() if key[2] != "total_line_ignored"}))
    assert read[0] == read[1] == read[2]
    assert read[0][0][2]["region"]["pupils"][0] > 10  # type: ignore[index]


def test_every_edge_is_planted_and_every_reason_occurs(tmp_path: Path) -> None:
    region = build_region(3, schools=4, pupils=(5, 10))
    assert len(region.planted) >= 55
    write_region(region, tmp_path, untidiness=1)
    assert {why for _, _, why in answers(tmp_path)[1]} == REASONS


def test_the_same_seed_gives_the_same_region(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_region(build_region(9, schools=2, pupils=(5, 10)), tmp_path / name, seed=9, untidiness=1)
    assert answers(tmp_path / "one") == answers(tmp_path / "two")
    assert build_region(9, schools=2) != build_region(10, schools=2)
