"""The generated files of the demonstration, read back by the independent recount."""

import hashlib
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import monotonic

import pytest

from deploy.demo import DemoRegion, Situation, write_demo_region
from deploy.demo.plan import plan_schools
from tests.support.oracle import Reading, Region, identities, read_region, recount

AUTUMN = date(2026, 11, 21)
# The forty schools are written and read once, by one worker.
pytestmark = pytest.mark.xdist_group("demo files")
Demo = tuple[DemoRegion, Region, dict[str, Reading]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def written(folder: Path) -> DemoRegion:
    return write_demo_region(folder, today=AUTUMN)


@pytest.fixture(scope="module")
def demo(folder: Path, written: DemoRegion) -> Demo:
    return written, *read_region(folder)


def shares(region: Region, day: date, definition: str = "pupils_10_19_mentee") -> dict[str, float]:
    """Give each school's share of a day, from 0 to 1."""
    schools = recount(region, day)["schools"]
    return {code: of[definition][0] / max(1, of[definition][1]) for code, of in schools.items()}  # type: ignore[attr-defined]


def test_forty_schools_of_the_right_sizes() -> None:
    plans = plan_schools(Random(1))
    sizes = sorted(plan.pupils for plan in plans)
    assert len(sizes) == 40
    assert 160 <= median(sizes) <= 180
    assert sizes[-1] == 1500
    assert [plan.district for plan in plans].count(None) == 1
    assert {plan.situation for plan in plans} == set(Situation)


@pytest.mark.nightly
def test_each_planned_school_is_written(folder: Path, written: DemoRegion) -> None:
    assert len(written.schools) == 40
    assert len(json.loads((folder / "region.json").read_text(encoding="utf-8"))["districts"]) == 3
    files = {path.name for path in folder.rglob("*.xlsx")}
    assert files == {"контингент.xlsx", "пары.xlsx", "согласия.xlsx"}


@pytest.mark.nightly
def test_each_situation_is_there_to_be_seen(demo: Demo) -> None:
    written, region, readings = demo
    share = shares(region, AUTUMN)
    showing = {situation: written.in_situation(situation) for situation in Situation}
    assert min(len(schools) for schools in showing.values()) >= 1
    for school in showing[Situation.NOTHING_YET]:
        assert not school.folder.exists()
    for school in showing[Situation.NO_CONSENTS]:
        assert region.schools[school.code].pairs
        assert not region.schools[school.code].consents
    for school in showing[Situation.ENDED_PAIRS]:
        pairs = region.schools[school.code].pairs
        assert pairs
        assert all(pair.last is not None and pair.last < AUTUMN for pair in pairs)
    for school in showing[Situation.REFUSED_ROWS]:
        assert len({row["why"] for row in readings[school.code].refused}) >= 7
    for school in showing[Situation.ABOVE_TARGET]:
        assert share[school.code] > 0.7
    for school in showing[Situation.UNSIGNED_ORDER]:
        assert share[school.code] < 0.15
    ordinary = [share[school.code] for school in showing[Situation.ORDINARY]]
    assert min(ordinary) < 0.35
    assert max(ordinary) > 0.5


@pytest.mark.nightly
def test_signing_the_order_moves_the_school(demo: Demo) -> None:
    written, region, _ = demo
    for shown in written.in_situation(Situation.UNSIGNED_ORDER):
        school = region.schools[shown.code]
        waiting = [pair for pair in school.pairs if pair.order is None]
        consenting = {consent.person for consent in school.consents}
        ready = [pair for pair in waiting if pair.mentee in consenting and pair.first <= AUTUMN]
        assert len(ready) >= shown.pupils / 6


@pytest.mark.nightly
def test_some_people_belong_to_two_schools_and_the_history_moves(demo: Demo) -> None:
    _, region, _ = demo
    schools_of: dict[int, set[str]] = {}
    for (code, _), number in identities(region).items():
        schools_of.setdefault(number, set()).add(code)
    assert Counter(len(codes) for codes in schools_of.values())[2] >= 20
    days = [AUTUMN - timedelta(days=shift) for shift in (0, 30, 120, 220)]
    now, last_month, summer, spring = (recount(region, day)["region"]["pupils"][0] for day in days)  # type: ignore[index]
    assert summer < last_month < now
    assert summer < spring < now


@pytest.mark.nightly
@pytest.mark.parametrize("today", [date(2026, 7, 10), date(2026, 9, 1), date(2027, 1, 9), date(2028, 2, 29)])
def test_any_day_of_the_year_will_do(tmp_path: Path, today: date) -> None:
    written = write_demo_region(tmp_path, today=today)
    share = shares(read_region(tmp_path)[0], today)
    assert max(share[school.code] for school in written.in_situation(Situation.ABOVE_TARGET)) > 0.7


@pytest.mark.nightly
def test_the_same_day_and_seed_give_the_same_bytes_in_a_few_seconds(tmp_path: Path) -> None:
    prints = []
    for name in ("one", "two"):
        began = monotonic()
        write_demo_region(tmp_path / name, today=AUTUMN, seed=5)
        assert monotonic() - began < 20
        files = sorted((tmp_path / name).rglob("*.*"))
        prints.append(
            [(str(f.relative_to(tmp_path / name)), hashlib.sha256(f.read_bytes()).hexdigest()) for f in files]
        )
    assert len(prints[0]) >= 39 * 3
    assert prints[0] == prints[1]
