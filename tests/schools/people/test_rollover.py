"""The move into the next school year: proposals, the act, its history, taking it back, the list that comes after."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.accounts.models import Invitation, RoleGrant
from core.accounts.services.grants import revoke_role
from core.audit.models import AuditRecord
from core.authz import RefusedError, load_actor, system_actor
from core.spreadsheets import Column, Table, write_workbook
from schools.consents.models import Consent
from schools.coverage.selectors import own_coverage
from schools.imports.applying import import_at_once
from schools.imports.models import ImportRow
from schools.imports.services import Upload
from schools.pairs.leavers import end_pairs_of_leavers, every_pair_of_leavers, proposed
from schools.pairs.models import Order, Pair
from schools.people.class_teachers import classes_in_use
from schools.people.enrolments import record_leaving
from schools.people.errors import FaultyActError
from schools.people.merging import merge_people
from schools.people.models import Enrolment, Person, PersonKind, Rollover, SchoolClass
from schools.people.rollover import obstacles_to_undo, people_in_the_way, roll_over, undo_rollover
from schools.people.rollover_plan import ClassChoice, plan_of, save_plan
from schools.people.school_year import Outcome, is_under_way, last_grade, next_title, proposal, school_year_of
from schools.people.selectors import candidates
from tests.schools.makers import actor_with, make_consent, make_order, make_pair, make_person
from tests.support import oracle
from tests.support.accounts import make_user, sign_in
from tests.support.database import ROOT

YEAR = 2026
DAY = date(2026, 9, 1)
CAME = date(2020, 9, 1)


@pytest.fixture
def director(inside: None) -> Any:
    return actor_with("director")


def pupil(name: str, room: str, **more: Any) -> Any:
    return make_person(name, more.pop("born", date(2012, 5, 5)), room=room, admitted=more.pop("admitted", CAME), **more)


def stays(person: Any) -> list[tuple[str, date, date | None]]:
    rows = Enrolment.objects.filter(person=person).select_related("school_class").order_by("admitted_on")
    return [(row.school_class.title, row.admitted_on, row.left_on) for row in rows]


def as_the_oracle_sees_it() -> oracle.School:
    """Return the school's rows as plain records, past the views by which the product counts."""
    born = {person.pk: person.birth_date for person in Person.objects.all()}
    return oracle.School(
        None,
        [oracle.Person(p.pk, p.full_name, p.birth_date, p.snils) for p in Person.objects.all()],
        [oracle.Enrolment(e.person_id, e.kind, e.admitted_on, e.left_on) for e in Enrolment.objects.all()],
        [oracle.Order(o.pk, o.number, o.signed_on) for o in Order.objects.all()],
        [
            oracle.Pair(p.mentor_id, p.mentee_id, p.form_code, p.starts_on, p.ends_on, p.order_id)
            for p in Pair.objects.all()
        ],
        [
            oracle.Consent(
                c.person_id, oracle.PERSONAL_DATA if c.kind == "processing" else c.kind, c.number, c.given_on,
                c.signer == "self", c.valid_until, c.withdrawn_on,
            )
            for c in Consent.objects.all()
            if c.person_id in born
        ],
    )  # fmt: skip


def compare_with(school: oracle.School, days: list[date]) -> list[dict[str, list[int]]]:
    """Check the product's figures against the recount on each day; return them."""
    found = []
    for day in days:
        counted: Any = oracle.recount(oracle.Region([], {"a": school}), day)
        ours = {row.definition.code: [row.num, row.den] for row in own_coverage(day)}
        assert ours == {code: counted["schools"]["a"][code] for code in ours}, day
        found.append(ours)
    return found


@pytest.mark.parametrize(
    ("title", "after"),
    [("5А", "6А"), ("9", "10"), ("10 физмат", "11 физмат"), ("1-я группа", "2-я группа"), ("Подготовительный", "")],
)
def test_the_next_title_of_a_class(title: str, after: str) -> None:
    assert next_title(title) == after


def test_the_last_grade_and_what_is_proposed() -> None:
    assert [last_grade(grades) for grades in ([1, 3], [1, 4], [5, 9], [8, 10], [11], [12], [])] == [
        4, 4, 9, 11, 11, 12, 4,
    ]  # fmt: skip
    assert proposal("9А", 9) == (Outcome.GRADUATE, "")
    assert proposal("9А", 11) == (Outcome.PROMOTE, "10А")
    assert proposal("Группа", 11) == (Outcome.SKIP, "")
    assert [school_year_of(date(2026, month, 1)) for month in (4, 5, 9)] == [2025, 2026, 2026]
    assert school_year_of(date(2027, 4, 30)) == 2026
    assert [is_under_way(2026, day) for day in (date(2026, 9, 30), date(2026, 10, 1), date(2027, 4, 30))] == [
        False,
        True,
        True,
    ]


def a_school() -> dict[str, Any]:
    """Make classes 5А, 9А and 11А with everything a rollover may meet."""
    return {
        "fifth": pupil("Пятый Пётр", "5А"),
        "stays": pupil("Второй Год", "5А"),
        "left": pupil("Ушедший Давно", "5А", left=date(2026, 5, 1)),
        "newcomer": pupil("Новый Ученик", "5А", admitted=DAY),
        "leaves_later": pupil("Уйдёт Потом", "5А", left=date(2026, 10, 1)),
        "ninth": pupil("Девятый Денис", "9А"),
        "college": pupil("Колледж Ирина", "9А"),
        "graduate": pupil("Выпускник Вера", "11А", born=date(2008, 3, 3)),
        "teacher": make_person("Учителев Олег", date(1980, 1, 1), kinds=("teacher",), admitted=CAME),
    }


def enrolment_of(person: Any) -> Any:
    return Enrolment.objects.get(person=person)


def test_everybody_goes_where_the_plan_says_and_history_stays(director: Any) -> None:
    who = a_school()
    make_pair(
        who["teacher"], who["graduate"], order=make_order(signed_on=date(2026, 1, 10)), starts_on=date(2026, 1, 15)
    )
    make_pair(
        who["graduate"],
        who["fifth"],
        form="pupil-pupil",
        order=make_order("2", date(2026, 1, 20)),
        starts_on=date(2026, 2, 1),
    )
    for person in who.values():
        make_consent(person, given_on=date(2025, 9, 2))
    plan = plan_of(actor=director)
    assert [(row.title, row.outcome, row.next_title, row.pupils) for row in plan.classes] == [
        ("5А", "promote", "6А", 3), ("9А", "promote", "10А", 2), ("11А", "graduate", "", 1),
    ]  # fmt: skip
    save_plan(
        actor=director,
        day=DAY,
        classes={plan.classes[1].id: ClassChoice(Outcome.PROMOTE, "10-а")},
        people={enrolment_of(who["stays"]).pk: "repeat", enrolment_of(who["college"]).pk: "graduate"},
    )
    school, days = as_the_oracle_sees_it(), [date(2026, 8, 31), DAY, date(2026, 9, 2), date(2026, 10, 31)]
    before = compare_with(school, days)

    done = roll_over(actor=director, year=YEAR)

    assert done.counts == {"promote": 3, "repeat": 1, "graduate": 2}
    assert stays(who["fifth"]) == [("5А", CAME, DAY), ("6А", DAY, None)]
    assert stays(who["stays"]) == [("5А", CAME, DAY), ("5А", DAY, None)]
    assert stays(who["left"]) == [("5А", CAME, date(2026, 5, 1))]
    assert stays(who["newcomer"]) == [("5А", DAY, None)]
    assert stays(who["leaves_later"]) == [("5А", CAME, DAY), ("6А", DAY, date(2026, 10, 1))]
    assert stays(who["ninth"]) == [("9А", CAME, DAY), ("10А", DAY, None)]
    assert stays(who["graduate"]) == [("11А", CAME, DAY)]
    kinds = {key: set(who[key].kinds.values_list("kind", flat=True)) for key in ("graduate", "college", "fifth")}
    assert kinds == {"graduate": {"pupil", "alumnus"}, "college": {"pupil", "alumnus"}, "fifth": {"pupil"}}
    # An independent recount: those who left are enrolled no more, everybody else not a day less.
    gone = {who["graduate"].pk, who["college"].pk}
    school.enrolments = [
        oracle.Enrolment(row.person, row.kind, row.admitted, DAY) if row.person in gone else row
        for row in school.enrolments
    ]
    after = compare_with(school, days)
    assert after[0] == before[0]
    assert before[1]["pupils"] == [2, 8]
    assert after[1]["pupils"] == [1, 6]
    assert AuditRecord.objects.get(action="people.rolled_over").details["promote"] == 3
    found, _more = candidates(actor=director, typed="выпускник вера", kinds=("alumnus",))
    assert [row.id for row in found] == [who["graduate"].pk]

    listed = proposed(every_pair_of_leavers(director))
    assert [(row.pair.mentor_id, row.ends_on) for row in listed] == [
        (who["teacher"].pk, date(2026, 8, 31)), (who["graduate"].pk, date(2026, 8, 31)),
    ]  # fmt: skip
    assert [(row.has_mentor_left, row.has_mentee_left) for row in listed] == [(False, True), (True, False)]
    assert end_pairs_of_leavers(actor=director, pair_ids=[listed[0].pair.pk], reason="Выпуск").ended == 1
    assert Pair.objects.get(pk=listed[0].pair.pk).ends_on == date(2026, 8, 31)
    with pytest.raises(FaultyActError):
        end_pairs_of_leavers(actor=director, pair_ids=[listed[0].pair.pk], reason="Выпуск")
    assert len(proposed(every_pair_of_leavers(director))) == 1


def test_once_a_year_and_only_by_those_who_change_every_card(director: Any) -> None:
    fifth = pupil("Пятый Пётр", "5А")
    for role in ("curator", "class_teacher", "psychologist", "mentor"):
        with pytest.raises(RefusedError):
            roll_over(actor=actor_with(role), year=YEAR)
    assert stays(fifth) == [("5А", CAME, None)]
    roll_over(actor=actor_with("coordinator"), year=YEAR)
    for act in (
        lambda: roll_over(actor=director, year=YEAR),
        lambda: save_plan(actor=director, day=date(2026, 9, 2), classes={}),
    ):
        with pytest.raises(FaultyActError) as refusal:
            act()
        assert refusal.value.faults[0].code == "rolled_over"
    assert stays(fifth) == [("5А", CAME, DAY), ("6А", DAY, None)]


def test_a_day_of_another_year_and_a_class_that_becomes_none_are_refused(director: Any) -> None:
    pupil("Пятый Пётр", "Группа")
    (row,) = plan_of(actor=director).classes
    assert row.outcome == Outcome.SKIP
    for day, choice in ((date(2027, 5, 1), ClassChoice(Outcome.SKIP)), (DAY, ClassChoice(Outcome.PROMOTE, " "))):
        with pytest.raises(FaultyActError):
            save_plan(actor=director, day=day, classes={row.id: choice})
    assert roll_over(actor=director, year=YEAR).counts == {"skip": 1}


def test_who_is_enrolled_twice_goes_on_once(director: Any) -> None:
    twice, placed = pupil("Двойной Дан", "5А"), pupil("Уже Там", "5А")
    room = SchoolClass.objects.get(title="5А")
    Enrolment.objects.create(person=twice, kind="pupil", admitted_on=date(2024, 9, 1), school_class=room)
    Enrolment.objects.create(person=placed, kind="pupil", admitted_on=DAY, school_class=room)
    roll_over(actor=director, year=YEAR)
    assert stays(twice) == [("5А", CAME, DAY), ("5А", date(2024, 9, 1), DAY), ("6А", DAY, None)]
    assert stays(placed) == [("5А", CAME, DAY), ("5А", DAY, None)]
    undo_rollover(actor=director, year=YEAR)
    assert stays(twice) == [("5А", CAME, None), ("5А", date(2024, 9, 1), None)]


def test_class_teachers_go_on_with_their_classes_and_back(director: Any) -> None:
    pupil("Пятый Пётр", "5А")
    pupil("Шестой Шамиль", "6А")
    pupil("Выпускник Вера", "11А")
    rooms = {room.title: str(room.pk) for room in SchoolClass.objects.all()}
    both, last = make_user("class_teacher", rooms["5А"], with_totp=False), make_user(None, with_totp=False)
    RoleGrant.objects.create(user=both, role="class_teacher", scope=rooms["6А"])
    RoleGrant.objects.create(user=last, role="class_teacher", scope=rooms["11А"])
    RoleGrant.objects.create(user=last, role="curator", scope="pupil-pupil")

    def held(user: Any) -> set[str]:
        return set(RoleGrant.objects.filter(user=user).values_list("scope", flat=True))

    moving, other = (
        Invitation.objects.create(
            code_hash=scope, roles=[["class_teacher", scope]], created_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=9),
        )
        for scope in (rooms["5А"], str(uuid4()))
    )  # fmt: skip

    roll_over(actor=director, year=YEAR)
    assert set(Invitation.objects.usable().values_list("pk", flat=True)) & {moving.pk, other.pk} == {other.pk}
    seventh = str(SchoolClass.objects.get(title="7А").pk)
    assert held(both) == {rooms["6А"], seventh}
    assert held(last) == {"pupil-pupil"}
    undo_rollover(actor=director, year=YEAR)
    assert held(both) == {rooms["5А"], rooms["6А"]}
    assert held(last) == {"pupil-pupil", rooms["11А"]}


def test_a_role_taken_away_since_does_not_come_back(director: Any) -> None:
    pupil("Пятый Пётр", "5А")
    pupil("Выпускник Вера", "11А")
    rooms = {room.title: str(room.pk) for room in SchoolClass.objects.all()}
    lost, gone = make_user("class_teacher", rooms["5А"], with_totp=False), make_user(None, with_totp=False)
    RoleGrant.objects.create(user=gone, role="class_teacher", scope=rooms["11А"])
    invited = Invitation.objects.create(
        code_hash="h", roles=[["class_teacher", rooms["5А"]]], created_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=9),
    )  # fmt: skip
    roll_over(actor=director, year=YEAR)
    assert AuditRecord.objects.get(action="people.rolled_over").details["invitations_withdrawn"] == [str(invited.pk)]
    revoke_role(actor=director, grant_id=lost.grants.get().pk)
    gone.delete()
    undo_rollover(actor=director, year=YEAR)
    assert not RoleGrant.objects.filter(role="class_teacher").exists()
    assert AuditRecord.objects.get(action="people.rollover_undone").details == {"year": YEAR, "grants": []}


def test_whoever_appoints_nobody_gives_no_class_back(director: Any) -> None:
    pupil("Пятый Пётр", "5А")
    room = str(SchoolClass.objects.get(title="5А").pk)
    teacher = make_user("class_teacher", room, with_totp=False)
    roll_over(actor=director, year=YEAR)
    for_hours = make_user("director", with_totp=False)
    RoleGrant.objects.filter(user=for_hours).update(expires_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(RefusedError):
        undo_rollover(actor=load_actor(for_hours), year=YEAR)
    assert teacher.grants.get().scope != room
    undo_rollover(actor=director, year=YEAR)
    assert teacher.grants.get().scope == room
    (returned,) = AuditRecord.objects.get(action="people.rollover_undone").details["grants"]
    assert returned[:2] == [str(teacher.pk), room]


def test_a_class_somebody_is_invited_to_teach_is_in_use(director: Any) -> None:
    pupil("Пятый Пётр", "5А")
    roll_over(actor=director, year=YEAR)
    sixth = SchoolClass.objects.get(title="6А")
    Invitation.objects.create(
        code_hash="h", roles=[["class_teacher", str(sixth.pk)]], created_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=9),
    )  # fmt: skip
    undo_rollover(actor=director, year=YEAR)
    assert SchoolClass.objects.filter(pk=sixth.pk).exists()
    assert classes_in_use({sixth.pk, uuid4()}) == {sixth.pk}


def test_a_class_that_was_taught_anyway_is_taught_after_all_is_taken_back(director: Any) -> None:
    pupil("Пятый Пётр", "5А")
    pupil("Шестая Группа", "6А")
    rooms = {room.title: str(room.pk) for room in SchoolClass.objects.all()}
    teacher = make_user("class_teacher", rooms["5А"], with_totp=False)
    RoleGrant.objects.create(user=teacher, role="class_teacher", scope=rooms["6А"])
    sixth = SchoolClass.objects.get(title="6А").pk
    save_plan(actor=director, day=DAY, classes={sixth: ClassChoice(Outcome.SKIP)})
    roll_over(actor=director, year=YEAR)
    assert set(teacher.grants.values_list("scope", flat=True)) == {rooms["6А"]}
    undo_rollover(actor=director, year=YEAR)
    assert set(teacher.grants.values_list("scope", flat=True)) == {rooms["5А"], rooms["6А"]}


def test_before_the_day_class_teachers_stay(director: Any) -> None:
    pupil("Пятый Пётр", "5А")
    room = str(SchoolClass.objects.get(title="5А").pk)
    teacher = make_user("class_teacher", room, with_totp=False)
    save_plan(actor=director, day=date(2027, 4, 1), classes={})
    roll_over(actor=director, year=YEAR)
    assert teacher.grants.get().scope == room


def everything() -> list[Any]:
    tables = (Enrolment, PersonKind, SchoolClass, Person, Pair)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_taken_back_the_school_is_as_it_was(director: Any) -> None:
    a_school()
    as_it_was = everything()
    roll_over(actor=director, year=YEAR)
    assert everything() != as_it_was
    undo_rollover(actor=director, year=YEAR)
    assert everything() == as_it_was
    assert not plan_of(actor=director).is_done
    assert roll_over(actor=director, year=YEAR).counts == {"promote": 5, "graduate": 1}


@pytest.mark.parametrize("change", ["leaving", "class", "merge", "return", "reopened"])
def test_what_was_done_since_stands_in_the_way(director: Any, change: str) -> None:
    who = a_school()
    roll_over(actor=director, year=YEAR)
    fifth, graduate = who["fifth"], who["graduate"]
    now = Enrolment.objects.get(person=fifth, left_on=None)
    if change == "leaving":
        record_leaving(actor=director, enrolment_id=now.pk, left_on=date(2026, 11, 1))
    elif change == "class":
        Enrolment.objects.filter(pk=now.pk).update(school_class=SchoolClass.objects.create(title="6Б"))
    elif change == "merge":
        other = make_person("Пятый Петр Новый", fifth.birth_date, room="6А", admitted=DAY)
        merge_people(actor=director, kept_id=other.pk, gone_id=fifth.pk, from_gone=())
    elif change == "return":
        Enrolment.objects.create(person=graduate, kind="pupil", admitted_on=date(2026, 10, 1))
    else:
        Enrolment.objects.filter(person=graduate).update(left_on=None)
    assert len(people_in_the_way(actor=director, row=Rollover.objects.get())) == 1
    (obstacle,) = obstacles_to_undo(actor=director, row=Rollover.objects.get())
    assert (obstacle.kind, obstacle.count, len(obstacle.ids)) == ("people.person", 1, 1)
    before = everything()
    with pytest.raises(FaultyActError) as refusal:
        undo_rollover(actor=director, year=YEAR)
    assert refusal.value.faults[0].code == "stands_on_rollover"
    assert everything() == before


def test_a_merge_with_a_card_that_knew_of_no_rollover_leaves_no_second_open_enrolment(director: Any) -> None:
    kept, gone = pupil("Иванова Анна", "5А"), make_person("Ивонова Анна", date(2012, 5, 5), room="", admitted=CAME)
    roll_over(actor=director, year=YEAR)
    merge_people(actor=director, kept_id=gone.pk, gone_id=kept.pk, from_gone=())
    assert stays(gone) == [("5А", CAME, DAY), ("6А", DAY, None)]


def contingent(*rows: list[str]) -> Upload:
    heads = ("ФИО", "Дата рождения", "Дата зачисления", "Класс", "Дата выбытия")
    table = Table("Обучающиеся", [Column(head) for head in heads], rows)
    return Upload("контингент.xlsx", write_workbook([table]))


def test_the_list_of_the_new_year_brings_first_graders_and_finds_everybody_else(director: Any) -> None:
    old = [
        ["Пятый Пётр", "05.05.2012", "01.09.2020", "5А", ""],
        ["Пятая Полина", "06.05.2012", "01.09.2020", "5А", ""],
        ["Пятый Прохор", "07.05.2012", "01.09.2020", "5А", ""],
        ["Пятая Лето", "08.05.2012", "01.09.2020", "5А", ""],
    ]
    import_at_once(actor=system_actor("test"), uploads=[contingent(*old)])
    roll_over(actor=director, year=YEAR)
    new = [
        ["Пятый Пётр", "05.05.2012", "01.09.2020", "6А", ""],
        ["Пятая Полина", "06.05.2012", "01.09.2020", "6Б", ""],
        ["Пятый Прохор", "07.05.2012", "01.09.2020", "6А", "20.10.2026"],
        ["Пятая Лето", "08.05.2012", "01.09.2020", "5А", "20.08.2026"],
        ["Первый Павел", "05.05.2019", "01.09.2026", "1А", ""],
    ]
    for _again in range(2):
        import_at_once(actor=system_actor("test"), uploads=[contingent(*new)])
    assert stays(Person.objects.get(folded_name="пятый петр")) == [("5А", CAME, DAY), ("6А", DAY, None)]
    assert stays(Person.objects.get(folded_name="пятая полина")) == [("5А", CAME, DAY), ("6Б", DAY, None)]
    assert stays(Person.objects.get(folded_name="пятый прохор")) == [("5А", CAME, DAY), ("6А", DAY, date(2026, 10, 20))]
    # She left in the summer, before the class she would have come to.
    assert stays(Person.objects.get(folded_name="пятая лето")) == [("5А", CAME, date(2026, 8, 20)), ("6А", DAY, DAY)]
    assert stays(Person.objects.get(folded_name="первый павел")) == [("1А", DAY, None)]
    assert SchoolClass.objects.filter(title="1А").exists()


def test_a_list_with_last_years_classes_moves_nobody_back(director: Any) -> None:
    old = [["Пятый Пётр", "05.05.2012", "01.09.2020", "5А", ""], ["Пятая Полина", "06.05.2012", "01.09.2020", "5А", ""]]
    import_at_once(actor=system_actor("test"), uploads=[contingent(*old)])
    roll_over(actor=director, year=YEAR)
    # Rolled over early, or the journal moves its classes up a week later: the list says what it said before.
    newcomer = ["Новиков Назар", "05.05.2012", "25.08.2026", "5А", ""]
    left = ["Пятая Полина", "06.05.2012", "01.09.2020", "5А", "20.10.2026"]
    for rows in ([*old, newcomer], [old[0], left, newcomer]):
        job = import_at_once(actor=system_actor("test"), uploads=[contingent(*rows)])
        assert job.counts["classes_changed"] == 0
        remarks = ImportRow.objects.filter(job=job, code="class_of_last_year").order_by("row")
        assert [(remark.row, remark.detail) for remark in remarks] == [(2, "6А"), (3, "6А")]
    assert stays(Person.objects.get(folded_name="пятый петр")) == [("5А", CAME, DAY), ("6А", DAY, None)]
    assert stays(Person.objects.get(folded_name="пятая полина")) == [("5А", CAME, DAY), ("6А", DAY, date(2026, 10, 20))]
    assert stays(Person.objects.get(folded_name="новиков назар")) == [("5А", date(2026, 8, 25), None)]


def grown(people: int) -> None:
    start = Person.objects.count()
    for number in range(start, start + people):
        pupil(f"Ученик Номер{number}", f"{number % 11 + 1}А", born=date(2010, 1, 1))


def test_a_larger_school_costs_no_more_statements(director: Any) -> None:
    def statements() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as done:
            roll_over(actor=director, year=YEAR)
        with CaptureQueriesContext(connection) as undone:
            undo_rollover(actor=director, year=YEAR)
        return len(done), len(undone)

    grown(22)
    statements()  # the plan is there from now on
    few = statements()
    grown(44)
    assert statements() == few
    assert max(few) <= 30, few


@pytest.mark.nightly
def test_1500_pupils_are_moved_in_seconds(director: Any) -> None:
    import time

    grown(1500)
    began = time.monotonic()
    done = roll_over(actor=director, year=YEAR)
    taken = time.monotonic() - began
    assert sum(done.counts.values()) >= 1500
    print(f"rollover: 1500 pupils in {taken:.2f} s")
    assert taken < 10


@pytest.fixture
def samples(inside: None) -> oracle.School:
    """Load a sample school by the product's own import."""
    folder = ROOT / "tests" / "data" / "samples" / "sch01"
    uploads = [Upload(path.name, path.read_bytes()) for path in sorted(Path(folder).glob("*.xlsx"))]
    import_at_once(actor=system_actor("test"), uploads=uploads)
    return as_the_oracle_sees_it()


def test_a_real_list_counts_the_same_before_and_after(samples: oracle.School, today: date) -> None:
    director, day = actor_with("director"), date(2027, 4, 30)
    days = [date(2026, 10, 31), date(2027, 4, 29), day, date(2027, 5, 31)]
    compare_with(samples, days)
    save_plan(actor=director, day=day, classes={})
    done = roll_over(actor=director, year=YEAR)
    gone = set(PersonKind.objects.filter(kind="alumnus", pk__in=done.alumni).values_list("person_id", flat=True))
    assert gone
    samples.enrolments = [
        oracle.Enrolment(row.person, row.kind, row.admitted, day)
        if row.person in gone and row.kind == "pupil" and (row.left is None or row.left > day)
        else row
        for row in samples.enrolments
    ]
    compare_with(samples, days)


def test_the_pages_lead_from_the_plan_to_the_result_and_back(
    client_at: Any, school_a: Any, db: None, today: date
) -> None:
    from core.tenancy import school

    client = sign_in(client_at, school_a, "director")
    with school(school_a.schema):
        stayer = pupil("Пятый Пётр", "5А")
        other = str(enrolment_of(pupil("Пятая Полина", "5А")).pk)
        key, room = str(enrolment_of(stayer).pk), SchoolClass.objects.get(title="5А").pk
    page = client.get("/people/rollover/")
    assert ("уже идёт" in page.content.decode()) == is_under_way(school_year_of(today), today)
    assert "6А" in page.content.decode()
    kept = client.post(f"/people/rollover/classes/{room}/", {key: "repeat", other: "class"})
    assert kept.status_code == 302
    fields = {"day": "2026-09-01", f"outcome-{room}": "promote", f"title-{room}": "6-а"}
    assert client.post("/people/rollover/", {**fields, f"title-{room}": ""}).status_code == 200
    assert client.post("/people/rollover/", fields)["Location"] == "/people/rollover/preview/"
    preview = client.get("/people/rollover/preview/").content.decode()
    assert "остаётся на второй год" in preview
    assert "Пятый Пётр" in preview
    assert client.post("/people/rollover/preview/", {"with_teachers": "on"}).status_code == 302
    assert "Второй раз перевести нельзя" in client.get("/people/rollover/").content.decode()
    assert client.get(f"/people/rollover/classes/{room}/").status_code == 404
    card = client.get(f"/people/{stayer.pk}/").content.decode()
    assert "дальше в следующем классе" in card
    assert "Отменить перевод" in client.get("/people/rollover/undo/").content.decode()
    assert client.post("/people/rollover/undo/").status_code == 302
    with school(school_a.schema):
        assert stays(stayer) == [("5А", CAME, None)]
