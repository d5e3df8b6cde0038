"""The roll-up: cells equal the recount after any sequence of changes, days, losses and repetitions."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.utils import timezone

from core.tenancy import region, rollup
from core.tenancy import school as inside
from reports.rollup import work
from reports.rollup.fold import fold_marks, number_due, reconcile
from reports.rollup.live import coverage_as_of
from reports.rollup.models import Audit, Cell, PersonKey, PersonRepeat, Repeat, SchoolState, SharedRecord
from reports.rollup.selectors import cells_now, freshness, totals_by_district
from reports.rollup.work import LEASE_SECONDS, audit, definitions, roll_up, roll_up_due, take
from schools.people.models import Enrolment
from tenants.reference.models import Definition
from tenants.registry.models import School
from tests.reports import support
from tests.support import oracle
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db

FEW_AND_MANY = [3, pytest.param(60, marks=pytest.mark.nightly)]


def sweep(today: date) -> int:
    with rollup():
        reconcile()
        fold_marks()
    return roll_up_due(today)


def told() -> dict[str, object]:
    """Return what the cells tell, in the shape of the recount; read as the region, which may."""
    with region():
        codes = {definition.pk: definition.code for definition in Definition.objects.all()}
        schools = dict(School.objects.values_list("id", "code"))
        cells, districts = cells_now(), totals_by_district()
    pairs = {
        schools[school]: {codes[pk]: [one.num, one.den] for pk, one in figures.items()}
        for school, figures in cells.schools.items()
    }
    return {
        "schools": pairs,
        "districts": {pk: {codes[d]: [f.num, f.den] for d, f in figures.items()} for pk, figures in districts.items()},
        "region": {codes[pk]: [one.num, one.den] for pk, one in cells.total.items()},
    }


def expected(made: oracle.Region, today: date) -> dict[str, object]:
    recount = oracle.recount(made, today)
    with_schools = {school.district for school in made.schools.values()}
    return {
        "schools": recount["schools"],
        "districts": {
            support.DISTRICTS[name]: figures for name, figures in recount["districts"].items() if name in with_schools
        },
        "region": recount["region"],
    }


def everything() -> list[list[tuple[object, ...]]]:
    """Return all results of the roll-up but the times and tokens, for comparing two ways to them."""
    with rollup():
        return [
            sorted(Cell.objects.values_list("school_id", "definition_id", "num", "den", "lacks_consent")),
            sorted(
                PersonKey.objects.values_list("school_id", "person", "name_key", "snils_key", "identity", "is_shared")
            ),
            sorted(
                SharedRecord.objects.values_list("school_id", "person", "definition_id", "is_engaged", "lacks_consent")
            ),
            sorted(Repeat.objects.values_list("definition_id", "num", "den", "lacks_consent", "people")),
        ]


def from_nothing() -> None:
    with rollup():
        for model in (Cell, PersonKey, SharedRecord, PersonRepeat, Repeat, SchoolState):
            model.objects.all().delete()


@pytest.mark.parametrize("times", FEW_AND_MANY)
def test_incremental_equals_the_recount_and_a_full_run(times):
    repeats = 0
    made = support.random_region(Random(0))
    support.write_region(made)
    for seed in range(1, 2 * times + 1):
        random = Random(seed)
        today = random.choice(support.DAYS)
        changed = random.choice((SCHOOL_A, SCHOOL_B))
        made.schools[changed.code] = support.random_school(random, made.schools[changed.code].district)
        support.write_school(changed, made.schools[changed.code])
        sweep(today)
        assert told() == expected(made, today), seed
        with rollup():
            assert number_due(today) == 0
            repeats += sum(Repeat.objects.values_list("den", flat=True))
        incremental = everything()
        from_nothing()
        sweep(today)
        assert everything() == incremental, seed
    assert repeats > 2 * times, "nobody was known twice: this proves nothing"


@pytest.mark.parametrize("times", FEW_AND_MANY)
def test_passing_days_need_no_marks(times):
    """Each day is rolled up from the boundaries alone, and a day without one costs nothing."""
    worked = 0
    for seed in range(times):
        made = support.random_region(Random(seed))
        support.write_region(made)
        for shift in range(-6, 30):
            today = support.CENTRE + timedelta(days=shift)
            worked += sweep(today)
            assert told() == expected(made, today), (seed, today)
    assert 0 < worked < times * 36 * 2, "boundaries must save some days"


def test_a_clock_that_was_put_back_is_followed():
    made = support.random_region(Random(3))
    support.write_region(made)
    sweep(support.DAYS[4])
    sweep(support.DAYS[0])
    assert told() == expected(made, support.DAYS[0])


def test_the_same_batch_three_times_changes_nothing():
    made = support.random_region(Random(5))
    support.write_region(made)
    today = support.CENTRE
    with rollup():
        reconcile()
        fold_marks()
        token = uuid.uuid4()
        claims = take(token, today)
        roll_up(token, claims, today)
        once = everything()
        for _ in range(2):
            SchoolState.objects.update(lease=token)
            roll_up(token, claims, today)
            assert everything() == once
    assert told() == expected(made, today)


def test_a_lost_lease_writes_nothing():
    """A worker that slept through its lease wakes up with old facts; the one who took over has written newer ones."""
    made = support.random_region(Random(6))
    support.write_region(made)
    today = support.CENTRE
    with rollup():
        reconcile()
        fold_marks()
        slow = uuid.uuid4()
        claims = take(slow, today)
        assert len(claims) == 2
        assert take(uuid.uuid4(), today) == []
        SchoolState.objects.update(lease_until=timezone.now() - timedelta(seconds=LEASE_SECONDS))
    sweep(today)
    done = everything()
    with rollup():
        SchoolState.objects.update(computed_on=today - timedelta(days=9))
        roll_up(slow, claims, today + timedelta(days=900))
    assert everything() == done


def test_a_later_version_is_not_overwritten():
    support.write_region(support.random_region(Random(6)))
    today = support.CENTRE
    sweep(today)
    with rollup():
        Cell.objects.update(version=10**6, num=0, den=7)
        SchoolState.objects.update(version=5, computed_version=4)
    roll_up_due(today)
    with rollup():
        assert set(Cell.objects.values_list("den", flat=True)) == {7}


def test_a_person_who_comes_to_a_second_school_is_counted_once():
    today = date(2026, 9, 20)
    someone = oracle.Person(uuid.uuid4(), "Лебедев Пётр Ильич", date(2013, 3, 3))
    school = oracle.School("Проверочный район", [someone], [oracle.Enrolment(someone.key, "pupil", date(2026, 9, 1))])
    made = oracle.Region(list(support.DISTRICTS), {"sch-a": school, "sch-b": oracle.School("Проверочный район")})
    support.write_region(made)
    sweep(today)
    with region():
        assert Repeat.objects.count() == 0
    again = oracle.Person(uuid.uuid4(), "ЛЕБЕДЕВ петр  Ильич", date(2013, 3, 3), "11111111111")
    made.schools["sch-b"] = oracle.School(
        "Проверочный район", [again], [oracle.Enrolment(again.key, "pupil", date(2026, 9, 15))]
    )
    support.write_school(SCHOOL_B, made.schools["sch-b"])
    sweep(today)
    assert told() == expected(made, today)
    with region():
        cells = cells_now()
        pupils = Definition.objects.get(code="pupils").pk
        assert (cells.plain_sum[pupils].den, cells.total[pupils].den, cells.people_repeated[pupils]) == (2, 1, 1)
    made.schools["sch-b"] = oracle.School("Проверочный район")
    support.write_school(SCHOOL_B, made.schools["sch-b"])
    sweep(today)
    assert told() == expected(made, today)
    with rollup():
        assert not PersonKey.objects.filter(is_shared=True).exists()


def test_a_closed_school_leaves_nothing_and_frees_whom_it_shared():
    made = support.random_region(Random(8))
    support.write_region(made)
    sweep(support.CENTRE)
    with region():
        School.objects.filter(pk=SCHOOL_B.id).update(state=School.State.CLOSED)
    sweep(support.CENTRE)
    del made.schools[SCHOOL_B.code]
    assert told() == expected(made, support.CENTRE)


def test_a_school_that_moves_takes_its_figures_along():
    made = support.random_region(Random(9))
    for school in made.schools.values():
        school.district = "Проверочный район"
    support.write_region(made)
    sweep(support.CENTRE)
    made.schools[SCHOOL_B.code].district = "Соседний район"
    with region():
        School.objects.filter(pk=SCHOOL_B.id).update(district_id=support.DISTRICTS["Соседний район"])
    sweep(support.CENTRE)
    assert told() == expected(made, support.CENTRE)


def test_a_new_version_of_a_definition_is_rolled_up_and_the_old_one_goes():
    made = support.random_region(Random(10))
    support.write_region(made)
    sweep(support.CENTRE)
    with region():
        old = Definition.objects.now().get(code="teachers")
        Definition.objects.filter(pk=old.pk).update(superseded_at=timezone.now())
        new = Definition.objects.create(
            code="teachers", version=2, title="t", kinds=["teacher"], roles="any", needs_consent=False, position=40
        )
    sweep(support.CENTRE)
    with region():
        ids = set(Cell.objects.values_list("definition_id", flat=True))
    assert new.pk in ids
    assert old.pk not in ids
    with rollup():
        assert ids == set(definitions().ids)


def test_the_audit_finds_a_wrong_cell_and_puts_it_right():
    made = support.random_region(Random(11))
    support.write_region(made)
    sweep(support.CENTRE)
    right = everything()
    assert audit(support.CENTRE) == 2
    with rollup():
        assert Audit.objects.get().differences == 0
        Cell.objects.update(den=99)
        PersonKey.objects.filter(school_id=SCHOOL_A.id).delete()
        SchoolState.objects.update(audited_on=None)
    audit(support.CENTRE)
    roll_up_due(support.CENTRE)
    assert everything() == right
    with rollup():
        night = Audit.objects.get()
        assert night.differences == Cell.objects.count()
        assert night.schools == 4
    assert audit(support.CENTRE) == 0


@pytest.mark.parametrize("is_folded", [False, True])
def test_the_audit_takes_no_change_of_the_last_moment_for_a_defect(is_folded):
    today = date(2026, 9, 20)
    sweep(today)
    with rollup():
        token = uuid.uuid4()
        claims = take(token, today, audited=True)
    with inside(SCHOOL_A.schema):
        Enrolment.objects.update(left_on=today)
    with rollup():
        if is_folded:
            fold_marks()
        before = sorted(Cell.objects.values_list("school_id", "definition_id", "den"))
        roll_up(token, claims, today, audited=True)
        assert sorted(Cell.objects.values_list("school_id", "definition_id", "den")) != before
        assert (Audit.objects.get().schools, Audit.objects.get().differences) == (2, 0)
        fold_marks()
        assert number_due(today) == 1


def test_freshness():
    today = date(2026, 9, 20)
    sweep(today)
    with region():
        fresh = freshness(today)
        assert (fresh.as_of, fresh.schools_waiting) == (today, 0)
        assert fresh.computed_at is not None
        stale = freshness(date(2036, 1, 1))
        assert stale.schools_waiting == 2
        assert stale.as_of < date(2036, 1, 1)


@pytest.mark.parametrize("table", ["rollup_personkey", "rollup_sharedrecord", "rollup_personrepeat"])
def test_the_region_reads_no_keys_of_people(table):
    from django.db import DatabaseError, transaction

    statement = f"SELECT count(*) FROM {table}"
    with region(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)
    with rollup():
        connection.cursor().execute(statement)


@pytest.mark.parametrize("table", ["rollup_cell", "rollup_snapshotfigure", "rollup_repeat"])
def test_the_region_changes_no_figure(table):
    from django.db import DatabaseError, transaction

    with region(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"UPDATE {table} SET num = 1")


def test_frozen_is_frozen_for_the_roll_up_too():
    from django.db import DatabaseError, transaction

    for statement in ("UPDATE rollup_snapshotfigure SET num = 1", "DELETE FROM rollup_snapshot"):
        with rollup(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_a_region_without_definitions_is_rolled_up_to_nothing():
    sweep(support.CENTRE)
    with region():
        Definition.objects.now().update(is_offered=False)
    sweep(support.CENTRE)
    with rollup():
        assert not Cell.objects.exists()
        assert number_due(support.CENTRE) == 0
    assert coverage_as_of(support.CENTRE, ()).region.figures == {}


def test_whoever_is_told_to_leave_gives_the_lease_back(monkeypatch: pytest.MonkeyPatch):
    support.write_region(support.random_region(Random(6)))
    today = support.CENTRE
    with rollup():
        reconcile()
        fold_marks()

    def leave(*args: object) -> None:
        raise SystemExit

    monkeypatch.setattr(work, "read_facts", leave)
    with pytest.raises(SystemExit):
        work.roll_up_due(today)
    monkeypatch.undo()
    with rollup():
        assert len(take(uuid.uuid4(), today)) == 2
