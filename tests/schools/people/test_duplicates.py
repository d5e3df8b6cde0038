"""Cards of one person found, compared, merged with their history, or told apart."""

from collections.abc import Callable
from datetime import date

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone

from core.accounts.models import User
from core.audit.models import AuditRecord
from core.authz import RefusedError, system_actor
from core.spreadsheets import Column, Table, write_workbook
from core.tenancy import school
from schools.consents.models import Consent
from schools.coverage.selectors import own_coverage
from schools.imports.applying import import_at_once
from schools.imports.selectors import import_report
from schools.imports.services import Upload
from schools.pairs.models import Pair
from schools.people.duplicates import differs_by_a_slip, differs_by_one_letter, duplicate_candidates
from schools.people.errors import FaultyActError
from schools.people.joining import joined_models, models_that_point_at_people
from schools.people.keys import name_key, snils_key
from schools.people.merging import card_that_became_of, merge_people, tell_apart
from schools.people.models import Enrolment, FormerName, Guardianship, Person, PersonKind
from schools.people.selectors import named
from schools.people.services import PersonData, edit_person
from tests.schools.makers import actor_with, make_consent, make_order, make_pair, make_person
from tests.support.accounts import make_user, sign_in
from tests.support.world import SCHOOL_A

BORN = date(2010, 5, 5)


@pytest.fixture
def director(inside: None):
    return actor_with("director")


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("иванов иван", "иванов иван", False), ("иванов иван", "ивонов иван", True), ("иванов", "иваноф", True),
        ("иванов", "ивано", True), ("ивано", "иванов", True), ("ивнаов", "иванов", True), ("иванов", "петров", False),
        ("анна", "инна", True), ("анна", "аннна", True), ("аб", "ба", True), ("абв", "вба", False), ("а", "", True),
        ("иванов иван", "иванова иванна", False),
    ],
)  # fmt: skip
def test_one_letter_apart(one: str, other: str, is_one: bool) -> None:
    assert differs_by_one_letter(one, other) is is_one
    assert differs_by_one_letter(other, one) is is_one


def test_every_table_that_points_at_people_is_taken_care_of() -> None:
    assert models_that_point_at_people() <= joined_models()


def test_who_looks_alike_and_who_does_not(director) -> None:
    first = make_person("Иванов Иван Иванович", BORN)
    make_person("Иванов Иван Иванович", BORN, snils="11223344595")
    make_person("Ивонов Иван Иванович", BORN)
    make_person("Иванов Иван", BORN)
    make_person("Иванов Иван Иванович", date(2011, 5, 5))
    make_person("Сидорова Анна", BORN, snils="11223344595")
    make_person("Петров Пётр", date(2009, 1, 1), snils="00000000001")
    make_person("Петров Пётр", date(2009, 1, 1), snils="00000000002")
    found = [(item.first.full_name, item.second.full_name, item.why) for item in duplicate_candidates(director)]
    assert [why for *_names, why in found] == [
        "same_snils", "same_name", "one_letter", "one_letter", "no_patronymic", "no_patronymic",
        "other_date", "other_date",
    ]  # fmt: skip
    assert {"Иванов Иван Иванович", "Сидорова Анна"} == set(found[0][:2])
    assert not any("Петров" in name for *names, _why in found for name in names)
    twin = next(item for item in duplicate_candidates(director) if item.why == "one_letter" and item.first == first)
    tell_apart(actor=director, first_id=twin.second.pk, second_id=twin.first.pk)
    tell_apart(actor=director, first_id=twin.first.pk, second_id=twin.second.pk)
    assert len(duplicate_candidates(director)) == 7
    assert AuditRecord.objects.filter(action="people.told_apart").count() == 2


@pytest.mark.parametrize(
    ("one", "other", "is_slip"),
    [
        (date(2010, 5, 5), date(2010, 5, 5), False), (date(2010, 5, 5), date(2010, 5, 6), True),
        (date(2010, 5, 12), date(2010, 12, 5), True), (date(2009, 5, 5), date(2010, 5, 5), True),
        (date(2010, 5, 5), date(1910, 5, 5), False), (date(2010, 5, 5), date(2012, 5, 5), True),
        (date(2010, 5, 5), date(2010, 6, 6), False), (date(2010, 1, 31), date(2010, 2, 28), False),
    ],
)  # fmt: skip
def test_a_slip_of_a_birth_date(one: date, other: date, is_slip: bool) -> None:
    assert differs_by_a_slip(one, other) is is_slip
    assert differs_by_a_slip(other, one) is is_slip


def test_a_slip_in_the_date_and_another_surname_are_found(director) -> None:
    slip = make_person("Ершова Анна Львовна", date(2010, 12, 5)), make_person("Ершова Анна Львовна", date(2010, 5, 12))
    married = make_person("Иванова Ольга Ильинична", BORN), make_person("Петрова Ольга Ильинична", BORN)
    make_person("Сидорова Ольга", BORN)
    make_person("Яковлева Инна Ильинична", BORN)
    one, other = (make_person("Ёлкин Лев", date(2010, 1, day)) for day in (1, 2))
    for person, digits in ((one, "00000000001"), (other, "00000000002")):
        Person.objects.filter(pk=person.pk).update(snils=digits)
    found = {item.why: {item.first, item.second} for item in duplicate_candidates(director)}
    assert found == {"other_date": set(slip), "other_surname": set(married)}


@pytest.mark.django_db
def test_any_two_cards_are_compared_from_a_card_and_from_a_refusal(client_at: Callable[..., Client]) -> None:
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    with school(SCHOOL_A.schema):
        kept, gone = make_person("Иванова Анна", BORN), make_person("Совсем Другая", BORN)
        Enrolment.objects.filter(person=gone).update(left_on=date(2026, 9, 2))
    assert f'href="/people/{kept.pk}/merge/"' in client.get(f"/people/{kept.pk}/").content.decode()
    assert "Никого не нашлось" in client.get(f"/people/{kept.pk}/merge/").content.decode()
    page = client.post(f"/people/{kept.pk}/merge/", {"q": "другая"}).content.decode()
    assert f"/people/duplicates/{kept.pk}/{gone.pk}/" in page
    body = {"surname": "Иванова", "name": "Анна", "birth_date": str(BORN), "kinds": ["pupil"]}
    page = client.post(f"/people/{gone.pk}/edit/", body).content.decode()
    assert "Такая карточка уже есть" in page
    assert f"/people/duplicates/{kept.pk}/{gone.pk}/" in page
    page = client.post("/people/new/", body).content.decode()
    assert f'href="/people/{kept.pk}/"' in page
    assert "/people/duplicates/" not in page


def two_cards() -> tuple[Person, Person, Person]:
    """Return two cards of one girl, each with a history, and her mentor."""
    mentor = make_person("Учителев Олег", date(1980, 1, 1), kinds=("teacher",))
    kept = make_person("Иванова Анна", BORN, room="9А", admitted=date(2025, 9, 1))
    gone = make_person("Петрова Анна", BORN, snils="11223344595", room="", admitted=date(2025, 9, 1))
    Enrolment.objects.filter(person=gone).update(left_on=date(2027, 5, 25))
    PersonKind.objects.create(person=gone, kind="alumnus")
    parent = make_person("Петрова Мария", date(1985, 1, 1), kinds=("parent",))
    for ward in (kept, gone):
        Guardianship.objects.create(guardian=parent, ward=ward, kinship="мать")
    make_consent(kept, "representative", number="1")
    make_consent(gone, "representative", number="1", withdrawn_on=date(2026, 11, 1))
    make_consent(gone, "representative", number="2")
    early, late = make_order("1", date(2026, 9, 5)), make_order("2", date(2026, 10, 5))
    make_pair(mentor, kept, starts_on=date(2026, 9, 10), order=late)
    make_pair(mentor, gone, starts_on=date(2026, 9, 10), order=early, ends_on=date(2027, 5, 1))
    make_pair(mentor, gone, starts_on=date(2027, 6, 1), order=late)
    return kept, gone, mentor


@pytest.mark.parametrize("kept_is_open", [True, False])
def test_who_is_here_on_one_card_does_not_leave_by_the_other(director, *, kept_is_open: bool) -> None:
    """The usual way to two cards: a newer list spells the name rightly, and the old card is recorded as left."""
    started, left = date(2025, 9, 1), date(2026, 9, 1)
    days = (None, left) if kept_is_open else (left, None)
    kept, gone = (
        make_person(name, BORN, room="9А", admitted=started, left=day)
        for name, day in zip(("Иванова Анна", "Ивонова Анна"), days, strict=True)
    )
    parent = make_person("Иванова Мария", date(1985, 1, 1), kinds=("parent",))
    for ward, day in ((kept, days[0]), (gone, days[1])):
        Guardianship.objects.create(guardian=parent, ward=ward, kinship="мать", to_date=day)
    merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    assert Person.objects.get(pk=kept.pk).enrolments.get().left_on is None
    assert Guardianship.objects.get(ward=kept).to_date is None, "she represents her daughter as before"


def test_two_cards_become_one_with_the_history_of_both(director) -> None:
    kept, gone, mentor = two_cards()
    account = make_user(None, login="anna")
    User.objects.filter(pk=account.pk).update(person_id=gone.pk)

    merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone={"full_name"})

    person = Person.objects.get(pk=kept.pk)
    assert (person.full_name, person.snils) == ("Петрова Анна", "11223344595")
    assert (person.name_key, person.snils_key) == (name_key("петрова анна", BORN), snils_key("11223344595"))
    assert not Person.objects.filter(pk=gone.pk).exists()
    assert card_that_became_of(gone.pk) == kept.pk
    assert set(person.kinds.values_list("kind", flat=True)) == {"pupil", "alumnus"}
    enrolment = person.enrolments.get()
    assert (enrolment.school_class.title, enrolment.left_on) == ("9А", date(2027, 5, 25))
    assert person.guardians.count() == 1
    consents = {row.number: row.withdrawn_on for row in Consent.objects.filter(person=person)}
    assert consents == {"1": date(2026, 11, 1), "2": None}
    pairs = Pair.objects.filter(mentee=person).order_by("starts_on")
    assert [(row.mentor_id, row.order.number, row.ends_on) for row in pairs] == [
        (mentor.pk, "1", date(2027, 5, 1)), (mentor.pk, "2", None),
    ]  # fmt: skip
    assert User.objects.get(pk=account.pk).person_id == kept.pk
    assert FormerName.objects.get(person=person).full_name == "Иванова Анна"
    audit = AuditRecord.objects.get(action="people.merged")
    assert (audit.object_id, audit.details) == (str(kept.pk), {"gone": str(gone.pk), "from_gone": ["full_name"]})


def test_a_merged_card_can_be_merged_again_and_every_address_leads_on(director) -> None:
    cards = [make_person(name, BORN) for name in ("Иванов Иван", "Ивонов Иван", "Ивано Иван")]
    merge_people(actor=director, kept_id=cards[1].pk, gone_id=cards[0].pk, from_gone=())
    merge_people(actor=director, kept_id=cards[2].pk, gone_id=cards[1].pk, from_gone=())
    assert card_that_became_of(cards[0].pk) == card_that_became_of(cards[1].pk) == cards[2].pk
    assert set(FormerName.objects.values_list("folded_name", flat=True)) == {"иванов иван", "ивонов иван"}


@pytest.mark.parametrize("stands", ["guardian", "pair", "pair the other way"])
def test_people_who_stand_against_each_other_are_not_one(director, stands: str) -> None:
    first = make_person("Иванов Иван", BORN)
    second = make_person("Ивонов Иван", BORN)
    if stands == "guardian":
        Guardianship.objects.create(guardian=second, ward=first, kinship="брат")
    else:
        make_pair(*((first, second) if stands == "pair" else (second, first)))
    with pytest.raises(FaultyActError):
        merge_people(actor=director, kept_id=first.pk, gone_id=second.pk, from_gone=())
    assert Person.objects.filter(pk__in=[first.pk, second.pk]).count() == 2
    assert Person.objects.get(pk=second.pk).enrolments.count() == 1


def test_only_those_who_edit_people_merge_and_a_card_is_not_merged_with_itself(director) -> None:
    first, second = make_person("Иванов Иван", BORN), make_person("Ивонов Иван", BORN)
    for role in ("curator", "class_teacher", "mentor"):
        with pytest.raises(RefusedError):
            merge_people(actor=actor_with(role), kept_id=first.pk, gone_id=second.pk, from_gone=())
    with pytest.raises(Http404):
        merge_people(actor=director, kept_id=first.pk, gone_id=first.pk, from_gone=())
    assert Person.objects.filter(pk=second.pk).exists()


def heads(*rows: list[str], name: str) -> Upload:
    columns = [Column(head) for head in ("ФИО", "Дата рождения", "Дата зачисления", "СНИЛС")]
    return Upload(name, write_workbook([Table("Обучающиеся", columns, rows)]))


def test_a_merge_lowers_the_report_and_the_figures_by_the_second_card(director) -> None:
    rows = [["Иванов Иван", "05.05.2010", "01.09.2025", ""], ["Ивонов Иван", "05.05.2010", "01.09.2025", ""]]
    import_at_once(actor=system_actor("test"), uploads=[heads(*rows, name="контингент.xlsx")])
    day = timezone.localdate()
    before = {row.definition.code: row.den for row in own_coverage(day)}
    kept, gone = (Person.objects.get(surname=name) for name in ("Иванов", "Ивонов"))
    assert import_report()["people"]["pupils"] == 2
    merge_people(actor=director, kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    assert import_report()["people"]["pupils"] == 1
    after = {row.definition.code: row.den for row in own_coverage(day)}
    assert {code: before[code] - after[code] for code in before} == {
        code: 0 if code == "teachers" else 1 for code in before
    }
    # The file that spells him the other way finds him still.
    import_at_once(actor=system_actor("test"), uploads=[heads(rows[1], name="старый.xlsx")])
    assert Person.objects.filter(birth_date=BORN, folded_name__endswith="иван").count() == 1


def test_a_changed_surname_stays_findable_and_brings_no_second_card(director) -> None:
    import_at_once(
        actor=system_actor("test"),
        uploads=[heads(["Иванова Анна", "05.05.2010", "01.09.2025", "112-233-445 95"], name="а.xlsx")],
    )
    person = Person.objects.get(surname="Иванова")
    data = PersonData(surname="Петрова", name="Анна", birth_date=BORN, snils="11223344595", kinds={"pupil"})
    edit_person(actor=director, person_id=person.pk, data=data)
    person.refresh_from_db()
    assert person.name_key == name_key("петрова анна", BORN)
    assert named(Person.objects.all(), "иванова").get() == person
    assert named(Person.objects.all(), "петрова анна").get() == person
    assert not named(Person.objects.all(), "иванова пётр").exists()

    rows = [["Иванова Анна", "05.05.2010", "01.09.2025", "112-233-445 95"]]
    job = import_at_once(actor=system_actor("test"), uploads=[heads(*rows, ["Итого: 1"], name="б.xlsx")])
    assert job is not None
    assert (job.counts["people_new"], job.counts["remarks"]) == (0, 0)
    assert Person.objects.filter(birth_date=BORN).count() == 1

    back = PersonData(surname="Иванова", name="Анна", birth_date=BORN, snils="11223344595", kinds={"pupil"})
    edit_person(actor=director, person_id=person.pk, data=back)
    assert list(FormerName.objects.values_list("folded_name", flat=True)) == ["петрова анна"]


@pytest.mark.django_db
def test_the_pages(client_at: Callable[..., Client]) -> None:
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    with school(SCHOOL_A.schema):
        kept, gone, _mentor = two_cards()
        Person.objects.filter(pk=gone.pk).update(surname="Иванови", folded_name="иванови анна")
    page = client.get("/people/duplicates/").content.decode()
    address = f"/people/duplicates/{kept.pk}/{gone.pk}/"
    assert address in page
    assert "одной буквой" in page
    text = client.get(address).content.decode()
    assert "Что оставить" in text
    assert "Учёба и работа" in text
    nothing = client.post(address, {"merge": "1"})
    assert nothing.status_code == 200
    with school(SCHOOL_A.schema):
        assert Person.objects.filter(pk=gone.pk).exists()
    done = client.post(address, {"merge": "1", "full_name": "gone"}, follow=True)
    assert "Карточки объединены" in done.content.decode()
    assert "Прежнее имя" in done.content.decode()
    assert client.get(f"/people/{gone.pk}/")["Location"] == f"/people/{kept.pk}/"
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_twins_are_told_apart_on_the_page(client_at: Callable[..., Client]) -> None:
    client = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        first, second = make_person("Иванова Анна", BORN), make_person("Иванова Инна", BORN)
    client.post(f"/people/duplicates/{first.pk}/{second.pk}/", {"apart": "1"})
    assert "Похожих карточек нет" in client.get("/people/duplicates/").content.decode()
