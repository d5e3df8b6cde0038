"""Putting the demonstration region together: people, those whom two schools share, and the files."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from deploy.demo.books import write_workbooks
from deploy.demo.people import Person, pupils_of, random_day, teachers_of
from deploy.demo.plan import DISTRICTS, REGION, SchoolPlan, Situation, plan_schools
from deploy.demo.work import work_of
from schools.people.school_year import start_of_school_year

PART_TIMERS, TRANSFERS = 14, 8


@dataclass(frozen=True)
class DemoSchool:
    """One school of the folder; `folder` does not exist for a school that has sent nothing yet."""

    code: str
    name: str
    district: str | None
    situation: Situation
    pupils: int
    folder: Path


@dataclass(frozen=True)
class DemoRegion:
    """What was written: the region's name and its schools, in the order of region.json."""

    name: str
    schools: list[DemoSchool]

    def in_situation(self, situation: Situation) -> list[DemoSchool]:
        """List the schools that show the situation."""
        return [school for school in self.schools if school.situation is situation]


def write_demo_region(folder: Path, *, today: date, seed: int = 1) -> DemoRegion:
    """Write region.json and `<code>/{контингент,пары,согласия}.xlsx` of forty schools into the folder.

    All dates follow from `today`: pairs of its school year up to it and of the year before, so that the
    months behind it have a history. Takes some seconds; files of the same name are overwritten.
    """
    random = Random(f"{seed} {today.isoformat()}")  # noqa: S311 - invented people, no secret
    plans = plan_schools(random)
    people = {plan.code: pupils_of(random, plan, today) + teachers_of(random, plan, today) for plan in plans}
    _share_people(random, plans, people, today)
    folder.mkdir(parents=True, exist_ok=True)
    _write_region(folder, plans)
    schools = []
    for plan in plans:
        if plan.situation is not Situation.NOTHING_YET:
            work = work_of(random, plan, people[plan.code], today)
            write_workbooks(folder / plan.code, random, plan, people[plan.code], work, today)
        place = folder / plan.code
        schools.append(DemoSchool(plan.code, plan.name, plan.district, plan.situation, plan.pupils, place))
    return DemoRegion(REGION, schools)


def _share_people(random: Random, plans: list[SchoolPlan], people: dict[str, list[Person]], today: date) -> None:
    """Let some teachers work in a second school, and some pupils move to another during the year."""
    september = start_of_school_year(today)
    known = [plan.code for plan in plans if plan.situation is not Situation.NOTHING_YET]
    for number in range(PART_TIMERS):
        here, there = random.sample(known, 2)
        teacher = random.choice([one for one in people[here] if one.position and one.left is None])
        without = number % 4 == 0
        people[there].append(replace(teacher, admitted=september, snils=None if without else teacher.snils))
    for _ in range(TRANSFERS):
        here, there = random.sample(known, 2)
        place, pupil = random.choice(
            [(at, one) for at, one in enumerate(people[here]) if 1 <= one.grade <= 9 and one.left is None]
        )
        moved = random_day(random, september + timedelta(days=30), today)
        people[here][place] = replace(pupil, left=max(moved, pupil.admitted + timedelta(days=1)))
        people[there].insert(0, replace(pupil, admitted=moved))


def _write_region(folder: Path, plans: list[SchoolPlan]) -> None:
    described = {
        "region": REGION,
        "districts": list(DISTRICTS),
        "schools": [{"code": plan.code, "name": plan.name, "district": plan.district} for plan in plans],
    }
    text = json.dumps(described, ensure_ascii=False, indent=1)
    (folder / "region.json").write_text(text + "\n", encoding="utf-8")
