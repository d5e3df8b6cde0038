"""The demonstration as a visitor finds it: built by `run.py demo` on servers of its own, and built again."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.build import DemoRegion, write_demo_region
from deploy.demo.plan import Situation
from deploy.demo.routine import AT_WORK
from deploy.demo.stages import LIVED, Stage
from tests.journeys.instance import instance, run

# One worker builds the region once.
pytestmark = [pytest.mark.nightly, pytest.mark.xdist_group("demo region")]

DEFINITION = "pupils_10_19_mentee"
READ = "from tests.demo.state import tell; tell()"
Told = dict[str, Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo")
    began = time.monotonic()
    with instance(folder, "demo"):
        print(f"the demonstration stands after {time.monotonic() - began:.0f} s")
        yield folder


def look(home: Path) -> tuple[Told, Told]:
    """Return what the region holds and its coverage on the day it was built for."""
    day = json.loads((home / "demo" / "day.json").read_text(encoding="utf-8"))["day"]
    state = run(home, "manage", "shell", "--verbosity", "0", "-c", READ).stdout
    return json.loads(state), json.loads(run(home, "manage", "coverage", "--as-of", day, "--json").stdout)


@pytest.fixture(scope="module")
def first(home: Path) -> tuple[Told, Told]:
    return look(home)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, home: Path) -> DemoRegion:
    """The same region's plan: which school is to show what."""
    day = json.loads((home / "demo" / "day.json").read_text(encoding="utf-8"))["day"]
    return write_demo_region(tmp_path_factory.mktemp("plan"), today=date.fromisoformat(day))


def test_every_promised_state_is_in_the_region(first: tuple[Told, Told], plan: DemoRegion):
    held, coverage = first
    figures = {code: of[DEFINITION] for code, of in coverage["schools"].items()}
    share = {code: num / max(den, 1) for code, (num, den) in figures.items()}

    def those(situation: Situation) -> dict[str, Told]:
        found = {one.code: held[one.code] for one in plan.in_situation(situation)}
        assert found
        return found

    assert len(held) == 41
    for code, seen in those(Situation.NOTHING_YET).items():
        assert (seen["people"], seen["pairs"], figures[code]) == (0, 0, [0, 0])
    for code, seen in those(Situation.NO_CONSENTS).items():
        assert (seen["consents"], figures[code][0]) == (0, 0)
        assert seen["acting"] > 10
        assert figures[code][1] > 10
    for code, seen in those(Situation.UNSIGNED_ORDER).items():
        assert seen["awaiting"] > figures[code][1] / 6
        assert share[code] < 0.15
    for code, seen in those(Situation.ENDED_PAIRS).items():
        assert seen["ordered"] > 5
        assert (seen["acting"], figures[code][0]) == (0, 0)
    for seen in those(Situation.REFUSED_ROWS).values():
        assert len(seen["refused"]) >= 7
        assert seen["people"] > 50
    for code in those(Situation.ABOVE_TARGET):
        assert share[code] > 0.7


def test_pairs_of_schools_at_work_have_met(first: tuple[Told, Told], plan: DemoRegion):
    held, _ = first
    at_work = [one.code for place in AT_WORK for one in plan.in_situation(place) if one.code not in LIVED]
    assert len(at_work) >= 20
    # In September nobody has been in a pair long enough.
    settled = {code: held[code] for code in at_work if held[code]["settled"]}
    assert {code for code, seen in settled.items() if not seen["met"]} == set()
    assert {code for code, seen in settled.items() if seen["never_met"] >= seen["acting"]} == set()


# What a school that lives its year has at its stage: nothing refused its acts, as a rule that changed might.
AT_STAGE = {
    Stage.BEGUN: "programme_programmetask",
    Stage.ASKING: "questionnaires_response",
    Stage.MATCHING: "matching_proposal",
    Stage.WORKING: "meetings_meeting",
    Stage.CLOSED: "questionnaires_response",
}


def test_schools_that_live_a_year_stand_at_their_stage(first: tuple[Told, Told]):
    held, _ = first
    assert set(LIVED.values()) == set(AT_STAGE)
    assert {code: held[code]["tables"][AT_STAGE[stage]][0] > 0 for code, stage in LIVED.items()} == dict.fromkeys(
        LIVED, True
    )


def test_a_second_run_changes_nothing(home: Path, first: tuple[Told, Told]):
    accounts = (home / "instance.json").read_text(encoding="utf-8")
    said = run(home, "demo").stderr
    assert re.search(r"40 schools are ready, 0 imports applied", said)
    held, coverage = look(home)
    assert coverage == first[1]
    for code, seen in first[0].items():
        assert {name for name, told in seen["tables"].items() if held[code]["tables"][name] != told} == set(), code
        assert held[code] == seen
    assert (home / "instance.json").read_text(encoding="utf-8") == accounts
