"""Rows against what a school has: who is who, what is new, what changes, and what is refused."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest

from core.text import split_full_name
from schools.imports.domain.fields import SheetKind
from schools.imports.domain.plan import Change, PersonChange, Plan
from schools.imports.domain.resolving import resolve
from schools.imports.domain.rows import ConsentRow, PairRow, PersonRow, Place, ReadImport
from schools.imports.domain.stored import (
    StoredConsent,
    StoredEnrolment,
    StoredOrder,
    StoredPair,
    StoredPerson,
    StoredSchool,
)
from tests.schools.imports.reference import REFERENCE

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 12)
BORN, TEACHER_BORN = date(2014, 2, 1), date(1968, 3, 3)
A, B = "11223344595", "08765430300"
IVANOV, ZAKHAROV = "иванов иван", "захаров илья"


def uid(number: int) -> UUID:
    return UUID(int=number)


def new_ids() -> Callable[[], UUID]:
    numbers = iter(range(1000, 100_000))
    return lambda: uid(next(numbers))


def person(
    row: int,
    snils: str | None = None,
    admitted: date = SEPTEMBER,
    *,
    name: str = "Иванов Иван",
    born: date = BORN,
    kind: SheetKind = SheetKind.PUPILS,
    file: str = "контингент.xlsx",
    **more: object,
) -> PersonRow:
    full_name = split_full_name(name)
    place = Place(file, kind.value, row)
    return PersonRow(place, kind, full_name, full_name.key, born, admitted, snils, **more)  # type: ignore[arg-type]


def teacher(row: int = 1, **more: object) -> PersonRow:
    return person(row, name="Захаров Илья", born=TEACHER_BORN, kind=SheetKind.TEACHERS, **more)  # type: ignore[arg-type]


def pair(
    row: int,
    form: str = "teacher_pupil",
    mentor: str = "Захаров Илья",
    mentor_born: date | None = TEACHER_BORN,
    mentee: str = "Иванов Иван",
    mentee_born: date | None = BORN,
    starts: date = SEPTEMBER,
    ends: date | None = None,
    number: str = "44",
    signed: date | None = SEPTEMBER,
    occupation: str = "",
) -> PairRow:
    first, second = split_full_name(mentor), split_full_name(mentee)
    return PairRow(Place("пары.xlsx", "Пары", row), first, (first.key, mentor_born), second, (second.key, mentee_born),
                   occupation, form, "", starts, ends, number, signed)  # fmt: skip


def consent(
    row: int,
    signer: str = "representative",
    number: str = "б/н",
    name: str = IVANOV,
    born: date | None = BORN,
    given: date = SEPTEMBER,
    until: date | None = None,
    withdrawn: date | None = None,
) -> ConsentRow:
    return ConsentRow(Place("согласия.xlsx", "Согласия", row), (name, born), "personal_data", "", signer, "мать",
                      number, given, until, withdrawn)  # fmt: skip


def planned(people: Sequence[PersonRow] = (), pairs: Sequence[PairRow] = (), consents: Sequence[ConsentRow] = (),
            stored: StoredSchool | None = None) -> Plan:  # fmt: skip
    rows = ReadImport(list(people), list(pairs), list(consents))
    return resolve(rows, stored or StoredSchool(), REFERENCE, new_ids())


def why(plan: Plan) -> list[tuple[int, str]]:
    return [(item.place.row, item.why) for item in plan.refusals]


def remarks(plan: Plan) -> list[tuple[int, str]]:
    return [(item.place.row, item.code) for item in plan.remarks]


STORED_PUPIL = StoredPerson(uid(1), IVANOV, BORN, None, "", frozenset({"pupil"}),
                            (StoredEnrolment(uid(11), "pupil", SEPTEMBER, None, "5А"),))  # fmt: skip
STORED_TEACHER = StoredPerson(uid(2), ZAKHAROV, TEACHER_BORN, A, "m", frozenset({"teacher"}),
                              (StoredEnrolment(uid(12), "teacher", SEPTEMBER, None, "", "учитель", 3),))  # fmt: skip


# Who is who in the contingent


def test_another_admission_date_is_a_second_enrolment_of_the_same_person() -> None:
    plan = planned([person(2, A, OCTOBER), person(3, None, left_on=OCTOBER)])
    assert (len(plan.people), len(plan.enrolments), why(plan)) == (1, 2, [])
    assert plan.people[0].snils == A
    assert {(item.admitted_on, item.left_on) for item in plan.enrolments} == {(OCTOBER, None), (SEPTEMBER, OCTOBER)}


def test_the_same_row_again_is_a_duplicate_and_may_bring_the_number() -> None:
    plan = planned([person(2), person(3, A), person(4)])
    assert why(plan) == [(3, "duplicate"), (4, "duplicate")]
    assert [(item.snils, item.kinds) for item in plan.people] == [(A, {"pupil"})]


def test_the_same_row_in_another_workbook_is_an_update() -> None:
    plan = planned([person(2), person(2, file="ещё.xlsx", left_on=OCTOBER, class_name="6Б")])
    assert why(plan) == []
    assert [(item.left_on, item.class_name) for item in plan.enrolments] == [(OCTOBER, "6Б")]


def test_different_numbers_are_namesakes() -> None:
    plan = planned([person(2, A), person(3, B), person(4, B)])
    assert [item.snils for item in plan.people] == [A, B]
    assert why(plan) == [(4, "duplicate")]


@pytest.mark.parametrize("order", list(permutations([A, B, None])))
def test_a_row_between_namesakes_is_ambiguous_wherever_it_stands(order: tuple[str | None, ...]) -> None:
    plan = planned([person(row, snils) for row, snils in enumerate(order, start=2)])
    assert why(plan) == [(order.index(None) + 2, "person_ambiguous")]
    assert {item.snils for item in plan.people} == {A, B}


def test_a_pupil_who_also_teaches_is_one_person_of_two_kinds() -> None:
    own = person(2, A, name="Захаров Илья", born=TEACHER_BORN)
    plan = planned([own, teacher(3, admitted=OCTOBER)])
    assert [item.kinds for item in plan.people] == [{"pupil", "teacher"}]
    assert [(item.kind, item.admitted_on) for item in plan.enrolments] == [("pupil", SEPTEMBER), ("teacher", OCTOBER)]


def test_one_number_under_two_names_is_remarked_upon() -> None:
    plan = planned([person(2, A), person(3, A, name="Петров Пётр")])
    assert (len(plan.people), remarks(plan)) == (2, [(3, "snils_of_another")])


# The contingent against stored people


def test_a_stored_person_gains_what_he_does_not_have() -> None:
    stored = StoredSchool((STORED_PUPIL,))
    plan = planned([person(2, A, sex="m", class_name="6А", left_on=OCTOBER)], stored=stored)
    assert plan.people == plan.enrolments == []
    assert plan.person_changes == [PersonChange(uid(1), A, "m", set())]
    assert plan.enrolment_changes == [Change(uid(11), {"left_on": OCTOBER, "class_name": "6А"})]


def test_the_same_again_changes_nothing() -> None:
    stored = StoredSchool((STORED_PUPIL, STORED_TEACHER))
    plan = planned([person(2, class_name="5А"), teacher(2, post="учитель", experience_years=3)], stored=stored)
    assert plan.changes_nothing
    assert plan.rows_accepted == 2


@pytest.mark.parametrize(
    ("rooms", "change"),
    [(("6А", "7А"), [{"class_name": "7А"}]), (("6А", "5А"), []), (("6А", ""), [{"class_name": "6А"}])],
)
def test_of_two_workbooks_the_last_that_says_something_about_a_stored_enrolment_holds(rooms, change) -> None:
    rows = [person(2, class_name=room, file=f"{number}.xlsx") for number, room in enumerate(rooms)]
    plan = planned(rows, stored=StoredSchool((STORED_PUPIL,)))
    assert plan.enrolment_changes == [Change(uid(11), values) for values in change]


def test_two_rows_about_a_stored_pair_add_up() -> None:
    stored = StoredSchool(
        (STORED_PUPIL, STORED_TEACHER), (StoredOrder(uid(20), "44", SEPTEMBER),),
        (StoredPair(uid(30), uid(2), uid(1), "teacher_pupil", SEPTEMBER),),
    )  # fmt: skip
    plan = planned((), [pair(2, ends=OCTOBER, number="", signed=None), pair(3)], stored=stored)
    assert plan.pair_changes == [Change(uid(30), {"ends_on": OCTOBER, "order_id": uid(20)})]


def test_an_empty_cell_never_brings_back_somebody_who_left() -> None:
    gone = StoredPerson(
        uid(1), IVANOV, BORN, A, "", frozenset({"pupil"}), (StoredEnrolment(uid(11), "pupil", SEPTEMBER, OCTOBER),)
    )
    plan = planned([person(2, A)], stored=StoredSchool((gone,)))
    assert plan.changes_nothing
    assert remarks(plan) == [(2, "leaving_date_kept")]


def test_a_stored_teacher_who_comes_as_pupil_gets_the_kind() -> None:
    plan = planned([person(2, name="Захаров Илья", born=TEACHER_BORN)], stored=StoredSchool((STORED_TEACHER,)))
    assert plan.person_changes == [PersonChange(uid(2), None, "", {"pupil"})]
    assert [(item.person_id, item.kind) for item in plan.enrolments] == [(uid(2), "pupil")]


def test_another_number_than_the_stored_one_is_a_namesake() -> None:
    known = StoredPerson(uid(1), IVANOV, BORN, A, "", frozenset({"pupil"}), STORED_PUPIL.enrolments)
    plan = planned([person(2, B), person(3)], stored=StoredSchool((known,)))
    assert [item.snils for item in plan.people] == [B]
    assert why(plan) == [(3, "person_ambiguous")]


def test_two_stored_namesakes_without_numbers_are_ambiguous() -> None:
    twin = StoredPerson(uid(3), IVANOV, BORN)
    plan = planned([person(2), person(3, A)], stored=StoredSchool((STORED_PUPIL, twin)))
    assert why(plan) == [(2, "person_ambiguous"), (3, "person_ambiguous")]


def test_people_missing_from_a_newer_list_are_named_and_stay() -> None:
    other = StoredPerson(
        uid(3), "петров петр", BORN, None, "", frozenset({"pupil"}), (StoredEnrolment(uid(13), "pupil", SEPTEMBER),)
    )
    plan = planned([person(2)], stored=StoredSchool((STORED_PUPIL, STORED_TEACHER, other)))
    assert [(item.person_id, item.enrolment_id, item.kind) for item in plan.absentees] == [(uid(3), uid(13), "pupil")]
    assert plan.changes_nothing


# Pairs


def test_pairs_share_an_order_of_one_number_and_date() -> None:
    rows = [
        pair(2),
        pair(3, starts=OCTOBER, number="44"),
        pair(4, starts=OCTOBER + timedelta(days=1), number="45"),
    ]
    plan = planned([person(2), teacher()], rows)
    assert [(item.number, item.signed_on) for item in plan.orders] == [("44", SEPTEMBER), ("45", SEPTEMBER)]
    assert [item.order_id for item in plan.pairs] == [plan.orders[0].id, plan.orders[0].id, plan.orders[1].id]
    assert {(item.mentor_id, item.mentee_id) for item in plan.pairs} == {(plan.people[1].id, plan.people[0].id)}


def test_a_pair_without_an_order_and_with_half_of_one() -> None:
    rows = [pair(2, number="", signed=None), pair(3, starts=OCTOBER, signed=None),
            pair(4, starts=OCTOBER + timedelta(days=1), number="")]  # fmt: skip
    plan = planned([person(2), teacher()], rows)
    assert plan.pairs[0].order_id is None
    assert [(item.number, item.signed_on) for item in plan.orders] == [("44", None), ("", SEPTEMBER)]
    assert remarks(plan) == [(2, "no_order"), (3, "order_incomplete"), (4, "order_incomplete")]


def test_the_last_row_about_a_pair_holds() -> None:
    plan = planned([person(2), teacher()], [pair(2, ends=OCTOBER), pair(3, number="45")])
    assert [(item.ends_on, item.order_id) for item in plan.pairs] == [(None, plan.orders[1].id)]
    assert remarks(plan) == [(3, "repeated_pair")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (pair(2, mentor="Никто Никита"), "person_not_found"),
        (pair(2, mentor_born=date(1968, 3, 4)), "person_not_found"),
        (pair(2, mentor_born=None), "person_not_found"),
        (pair(2, mentee="Никто Никита"), "person_not_found"),
        (pair(2, mentor="Никто Никита", mentee="Двойник Иван"), "person_not_found"),
        (pair(2, mentee="Двойник Иван"), "person_ambiguous"),
        (pair(2, mentee="Захаров Илья", mentee_born=TEACHER_BORN), "person_not_found"),
        (pair(2, form="employer_pupil", mentor="Гость Глеб", mentee="Никто Никита"), "person_not_found"),
        (pair(2, form="employer_pupil", mentor="Гость Глеб", mentor_born=None), "person_not_found"),
    ],
)
def test_pairs_of_people_who_cannot_be_told(row: PairRow, code: str) -> None:
    people = [person(2), teacher(), person(3, A, name="Двойник Иван"), person(4, B, name="Двойник Иван")]
    plan = planned(people, [row])
    assert (why(plan), plan.pairs, plan.orders, len(plan.people)) == ([(2, code)], [], [], 4)


def test_a_mentor_from_outside_is_created_once_and_may_consent() -> None:
    rows = [pair(2, "employer_pupil", "Гость Глеб", occupation="инженер"), pair(3, "employer_student", "гость  глеб")]
    plan = planned([person(2)], rows, [consent(2, "self", name="гость глеб", born=TEACHER_BORN)])
    guest = plan.people[1]
    assert (str(guest.name), guest.kinds, guest.occupation) == ("Гость Глеб", {"enterprise"}, "инженер")
    assert [item.mentor_id for item in plan.pairs] == [guest.id, guest.id]
    assert [item.person_id for item in plan.consents] == [guest.id]
    assert remarks(plan) == [(2, "outside_mentor_created")]


def test_an_outside_mentor_is_nobody_in_a_form_inside_the_school() -> None:
    guest = StoredPerson(uid(5), "гость глеб", TEACHER_BORN, None, "", frozenset({"enterprise"}))
    stored = StoredSchool((STORED_PUPIL, guest))
    plan = planned(pairs=[pair(2, mentor="Гость Глеб"), pair(3, "employer_pupil", "Гость Глеб")], stored=stored)
    assert why(plan) == [(2, "person_not_found")]
    assert [item.mentor_id for item in plan.pairs] == [uid(5)]
    later = planned([person(2, name="Гость Глеб", born=TEACHER_BORN,
                    kind=SheetKind.TEACHERS)], [pair(2, mentor="Гость Глеб")], stored=stored)  # fmt: skip
    assert [item.mentor_id for item in later.pairs] == [uid(5)], "once he is in the contingent, he is the school's"


def test_a_teacher_under_an_outside_form_stays_who_he_is() -> None:
    plan = planned([person(2), teacher()], [pair(2, "employer_pupil")])
    assert len(plan.people) == 2
    assert plan.pairs[0].mentor_id == plan.people[1].id
    assert remarks(plan) == [(2, "side_mismatch")]


def test_a_stored_pair_and_order_are_updated() -> None:
    stored = StoredSchool(
        (STORED_PUPIL, STORED_TEACHER),
        (StoredOrder(uid(21), "44-А", SEPTEMBER),),
        (StoredPair(uid(31), uid(2), uid(1), "teacher_pupil", SEPTEMBER, OCTOBER, "", None),),
    )
    plan = planned(pairs=[pair(2, number="44 – а")], stored=stored)
    assert (plan.pairs, plan.orders) == ([], [])
    assert plan.pair_changes == [Change(uid(31), {"order_id": uid(21)})], "an empty last day takes nothing away"


@pytest.mark.parametrize("decided", [True, False])
def test_no_list_moves_the_last_day_that_somebody_decided(decided: bool) -> None:
    was = StoredPair(uid(31), uid(2), uid(1), "teacher_pupil", SEPTEMBER, OCTOBER, "", None, is_end_decided=decided)
    stored = StoredSchool((STORED_PUPIL, STORED_TEACHER), (StoredOrder(uid(20), "44", SEPTEMBER),), (was,))
    later = OCTOBER + timedelta(days=200)
    rows = [pair(2, ends=later), pair(3, ends=OCTOBER), pair(4, ends=later)]
    plan = planned(pairs=rows, stored=stored)
    moved = {} if decided else {"ends_on": later}
    assert plan.pair_changes == [Change(uid(31), {"order_id": uid(20), **moved})]
    assert remarks(plan) == ([(2, "end_decided"), (4, "end_decided")] if decided else [])
    assert plan.rows_accepted == 3


def test_a_parent_is_no_mentor_of_his_own_child_by_a_list() -> None:
    school = StoredSchool((STORED_PUPIL, STORED_TEACHER), own_children=frozenset({(uid(2), uid(1))}))
    plan = planned(pairs=[pair(2), pair(3, number="", signed=None)], stored=school)
    assert why(plan) == [(2, "own_child"), (3, "own_child")]
    assert (plan.pairs, plan.orders, plan.rows_accepted) == ([], [], 0)
    # The tie was written down after the pair: no list brings a draft into force, but any ends what stands.
    was = StoredPair(uid(31), uid(2), uid(1), "teacher_pupil", SEPTEMBER)
    assert why(planned(pairs=[pair(2)], stored=replace(school, pairs=(was,)))) == [(2, "own_child")]
    order = (StoredOrder(uid(20), "44", SEPTEMBER),)
    acting = replace(school, pairs=(replace(was, order_id=uid(20)),), orders=order)
    plan = planned(pairs=[pair(2, ends=OCTOBER)], stored=acting)
    assert plan.pair_changes == [Change(uid(31), {"ends_on": OCTOBER})]
    assert (why(plan), remarks(plan)) == ([], [(2, "own_child")])
    other_way = StoredSchool((STORED_PUPIL, STORED_TEACHER), own_children=frozenset({(uid(1), uid(2))}))
    assert why(planned(pairs=[pair(2)], stored=other_way)) == []


# Consents


@pytest.mark.parametrize(
    ("papers", "detail"),
    [
        ((), "both_sides"),
        ((("representative", 1, SEPTEMBER),), "mentor_side"),
        ((("representative", 1, OCTOBER), ("self", 2, SEPTEMBER)), "mentee_side"),
        ((("self", 1, SEPTEMBER), ("self", 2, SEPTEMBER)), "mentee_side"),
        ((("representative", 1, SEPTEMBER), ("self", 2, SEPTEMBER)), ""),
    ],
)
def test_a_pair_without_consent_on_its_first_day_is_remarked_upon(papers: Any, detail: str) -> None:
    stored = tuple(
        StoredConsent(uid(40 + owner), uid(owner), "personal_data", "б/н", given, signer)
        for signer, owner, given in papers
    )
    rows = ReadImport([], [pair(2)], [])
    asked = replace(REFERENCE, deciding_consent_kinds=frozenset({"personal_data"}))
    plan = resolve(rows, StoredSchool((STORED_PUPIL, STORED_TEACHER), consents=stored), asked, new_ids())
    assert [(item.code, item.detail) for item in plan.remarks] == ([("no_consent", detail)] if detail else [])
    assert (plan.rows_accepted, len(plan.pairs)) == (1, 1)


def test_consents_of_the_same_import_count_for_its_pairs_and_so_do_withdrawals() -> None:
    asked = replace(REFERENCE, deciding_consent_kinds=frozenset({"personal_data"}))
    mentors = StoredConsent(uid(42), uid(2), "personal_data", "б/н", SEPTEMBER, "self")
    school = StoredSchool((STORED_PUPIL, STORED_TEACHER), consents=(mentors,))
    own = consent(3, "self", name=ZAKHAROV, born=TEACHER_BORN, withdrawn=SEPTEMBER)
    for more, said in ([[], []], [[own], ["mentor_side"]]):
        plan = resolve(ReadImport([], [pair(2)], [consent(2), *more]), school, asked, new_ids())
        assert [item.detail for item in plan.remarks if item.code == "no_consent"] == said


def test_who_should_have_signed() -> None:
    day_18 = date(2032, 2, 1)
    rows = [
        consent(2, "self"),
        consent(3, "representative", "1"),
        consent(4, "", "2"),
        consent(5, "self", "3", given=day_18),
        consent(6, "representative", "4", given=day_18),
        consent(7, "", "5", given=day_18),
        consent(8, "", "6", given=day_18 - timedelta(days=1)),
    ]
    plan = planned([person(2)], consents=rows)
    signers = ["self", "representative", "representative", "self", "representative", "self", "representative"]
    assert [item.signer for item in plan.consents] == signers
    assert remarks(plan) == [
        (2, "minor_signed_himself"), (4, "no_signer"), (6, "adult_signed_by_other"), (7, "no_signer"), (8, "no_signer"),
    ]  # fmt: skip


def test_the_same_consent_again_holds_as_last_said() -> None:
    rows = [consent(2, withdrawn=OCTOBER), consent(3, until=OCTOBER), consent(4, number="Б/Н", given=OCTOBER)]
    plan = planned([person(2)], consents=rows)
    assert [(item.given_on, item.valid_until, item.withdrawn_on) for item in plan.consents] == [
        (SEPTEMBER, OCTOBER, None), (OCTOBER, None, None),
    ]  # fmt: skip


def test_a_stored_withdrawal_is_never_taken_back() -> None:
    paper = StoredConsent(uid(41), uid(1), "personal_data", "б/н", SEPTEMBER, "representative", "мать", None, OCTOBER)
    stored = StoredSchool((STORED_PUPIL,), consents=(paper,))
    assert planned(consents=[consent(2)], stored=stored).changes_nothing
    plan = planned(consents=[consent(2, until=date(2027, 5, 31))], stored=stored)
    assert plan.consent_changes == [Change(uid(41), {"valid_until": date(2027, 5, 31)})]


def test_consents_of_nobody_and_of_namesakes() -> None:
    plan = planned(
        [person(2, A), person(3, B)], consents=[consent(2), consent(3, name="никто никита"), consent(4, born=None)]
    )
    assert why(plan) == [(2, "person_ambiguous"), (3, "person_not_found"), (4, "person_not_found")]


# Size


def test_a_thousand_rows_are_resolved_in_a_blink() -> None:
    people = [person(row, f"{row:011d}", name=f"Иванов{row} Иван") for row in range(2, 1002)]
    best = 1.0
    for _ in range(3):
        started = perf_counter()
        plan = planned(people)
        best = min(best, perf_counter() - started)
    assert len(plan.people) == 1000
    assert best < 0.15
