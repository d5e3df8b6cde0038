"""A pupil goes from one school to another without retyping, counted once on the way, and nobody else learns of it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import Http404
from django.utils import timezone

from core.audit.models import AuditRecord
from core.authz import RefusedError
from core.tenancy import region, school, shared
from schools.consents.models import Consent
from schools.pairs.leavers import every_pair_of_leavers, proposed
from schools.people import receiving, releasing
from schools.people.errors import FaultyActError
from schools.people.keys import snils_key
from schools.people.merging import merge_people
from schools.people.models import Enrolment, Guardianship, Person, PersonKind, Release
from schools.people.releasing import ReleaseData
from schools.people.rollover import roll_over
from schools.people.rollover_plan import save_plan
from schools.people.services import PersonData, create_person
from tenants.transfers.models import Transfer, TransferCard
from tests.schools.makers import TODAY, actor_with, make_consent, make_order, make_pair, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 16)
CAME = date(2020, 9, 1)
BORN = date(2012, 5, 5)
NAME = "Переводов Пётр Петрович"


@pytest.fixture(autouse=True)
def _today(today: date) -> None:
    """Every test here has its day."""


def at_a(**more: Any) -> Any:
    """Make the pupil at A, with a mother; the director of A."""
    pupil = make_person(NAME, BORN, room="7А", admitted=CAME, **more)
    mother = make_person("Переводова Мария", date(1985, 1, 1), kinds=("parent",))
    Person.objects.filter(pk=mother.pk).update(phone="+7 900 000-00-00")
    Guardianship.objects.create(guardian=mother, ward=pupil, kinship="мать")
    make_consent(pupil, "representative")
    return pupil


def released(*, with_guardians: bool = False, **more: Any) -> tuple[UUID, Any]:
    with school(SCHOOL_A.schema):
        pupil = at_a(**more)
        data = ReleaseData(to_code="sch-b", leaves_on=DAY, basis=" Заявление  матери ", with_guardians=with_guardians)
        return releasing.release_pupil(actor=actor_with("director"), person_id=pupil.pk, data=data).pk, pupil


def state_of(key: UUID) -> str:
    with region():
        return str(Transfer.objects.get(pk=key).state)


def has_card(key: UUID) -> bool:
    with school(SCHOOL_A.schema), shared():
        return TransferCard.objects.filter(pk=key).exists()


def settled(key: UUID) -> Release:
    with school(SCHOOL_A.schema):
        releasing.settle_release(transfer_id=key)
        releasing.settle_release(transfer_id=key)
        return Release.objects.get(pk=key)


def states_seen_by(role: str) -> list[str]:
    return [row.state for row in releasing.with_states(releasing.outgoing(actor_with(role)))]


def stays(person: Any) -> list[tuple[date, date | None]]:
    return list(Enrolment.objects.filter(person=person).order_by("admitted_on").values_list("admitted_on", "left_on"))


def test_the_new_school_gets_the_pupil_and_the_old_one_keeps_his_history() -> None:
    key, pupil = released(with_guardians=True, snils="11223344595")
    with school(SCHOOL_A.schema):
        assert stays(pupil) == [(CAME, None)]
        teacher = make_person("Учителев Олег", date(1980, 1, 1), kinds=("teacher",))
        pair = make_pair(teacher, pupil, order=make_order())
        assert states_seen_by("coordinator") == ["offered"]
    with school(SCHOOL_B.schema):
        director = actor_with("director")
        (waiting,) = receiving.incoming(director)
        assert (waiting.full_name, waiting.offer.from_title, waiting.offer.leaves_on) == (NAME, "Школа А", DAY)
        assert set(waiting.offer.card) == {
            "surname", "name", "patronymic", "birth_date", "sex", "snils", "class_name", "class_year", "basis",
            "guardians",
        }  # fmt: skip
        person = receiving.accept_transfer(actor=director, transfer_id=key, class_name="7-б")
        assert person.pk != pupil.pk
        assert (person.full_name, person.birth_date, person.snils) == (NAME, BORN, "11223344595")
        enrolment = person.enrolments.get()
        assert (enrolment.kind, enrolment.admitted_on, enrolment.left_on) == ("pupil", DAY, None)
        assert enrolment.school_class.title == "7Б"
        guardian = Guardianship.objects.get(ward=person)
        assert (guardian.kinship, guardian.guardian.phone) == ("мать", "+7 900 000-00-00")
        assert not Consent.objects.filter(person=person).exists()
        assert AuditRecord.objects.filter(action="people.transfer_accepted", object_id=person.pk).count() == 1
        assert receiving.incoming(director) == []
        keys = (person.name_key, person.snils_key)
    assert (state_of(key), has_card(key)) == ("accepted", False)
    release = settled(key)
    assert (release.outcome, release.basis, release.to_title) == ("accepted", "Заявление матери", "Школа Б")
    with school(SCHOOL_A.schema):
        assert stays(pupil) == [(CAME, DAY)]
        assert [(row.pair.pk, row.ends_on) for row in proposed(every_pair_of_leavers(actor_with("director")))] == [
            (pair.pk, DAY - timedelta(days=1))
        ]
        assert Consent.objects.filter(person=pupil).count() == 1
        assert AuditRecord.objects.filter(action="people.transferred", object_id=pupil.pk).count() == 1
        # The region knows them as one by these.
        assert keys[1] == snils_key("11223344595")


def test_whoever_comes_back_has_his_representatives_again_and_one_enrolment() -> None:
    with school(SCHOOL_B.schema):
        known = make_person(NAME, BORN, admitted=date(2026, 12, 1))
        mother = make_person("Переводова Мария", date(1985, 1, 1), kinds=("parent",))
        Guardianship.objects.create(guardian=mother, ward=known, kinship="мама", to_date=date(2024, 5, 25))
    key, _pupil = released(with_guardians=True)
    with school(SCHOOL_B.schema):
        director = actor_with("director")
        with pytest.raises(FaultyActError) as refusal:
            receiving.accept_transfer(actor=director, transfer_id=key, class_name="7Б")
        assert refusal.value.faults[0].code == "enrolled_already"
        Enrolment.objects.filter(person=known).delete()
        receiving.accept_transfer(actor=director, transfer_id=key, class_name="7Б")
        kept = Guardianship.objects.get(ward=known)
        assert (kept.guardian_id, kept.kinship, kept.to_date) == (mother.pk, "мама", None)


def test_the_class_proposed_is_that_of_the_new_year_where_a_year_lies_between(monkeypatch: pytest.MonkeyPatch) -> None:
    def proposed(leaves_on: date, on: date) -> str:
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: on)
        with school(SCHOOL_A.schema):
            data = ReleaseData(to_code="sch-b", leaves_on=leaves_on, basis="Заявление")
            key = releasing.release_pupil(actor=director, person_id=pupil.pk, data=data).pk
        with school(SCHOOL_B.schema):
            found = receiving.incoming_for(actor=newcomer, transfer_id=key).proposed_class
            assert [row.proposed_class for row in receiving.incoming(newcomer)] == [found]
        with school(SCHOOL_A.schema):
            releasing.withdraw_release(actor=director, transfer_id=key)
        return found

    with school(SCHOOL_A.schema):
        pupil, director = make_person(NAME, BORN, room="7А", admitted=date(2020, 9, 1)), actor_with("director")
    with school(SCHOOL_B.schema):
        newcomer = actor_with("director")
        make_person("Сосед Олег", BORN, room="5А", admitted=date(2020, 9, 1))
    first, june, august, autumn = date(2026, 9, 1), date(2026, 6, 10), date(2026, 8, 25), date(2026, 11, 21)
    assert [proposed(first, june), proposed(first, august), proposed(august, august)] == ["8А", "8А", "7А"]
    # A newer list may have been loaded in September, or not; later it was, whatever day is named.
    assert [proposed(first, date(2026, 9, 10)), proposed(first, autumn), proposed(autumn, autumn)] == ["", "7А", "7А"]
    with school(SCHOOL_B.schema):
        roll_over(actor=newcomer, year=2026)
    # Nothing will move him there any more: even before the day he comes into the class of the year that is ahead.
    assert proposed(august, august) == "8А"
    with school(SCHOOL_A.schema):
        repeats = {pupil.enrolments.get().pk: "repeat"}
        save_plan(actor=director, day=first, classes={}, people=repeats, year=2026)
        roll_over(actor=director, year=2026)
    assert [proposed(first, august), proposed(autumn, autumn), proposed(august, august)] == ["7А", "7А", "8А"]


def test_nobody_is_taken_into_no_class() -> None:
    key, _pupil = released()
    with school(SCHOOL_B.schema), pytest.raises(FaultyActError) as refusal:
        receiving.accept_transfer(actor=actor_with("director"), transfer_id=key, class_name=" ")
    assert [(fault.code, fault.field) for fault in refusal.value.faults] == [("no_class", "class_name")]
    assert (state_of(key), has_card(key)) == ("offered", True)


def test_contacts_travel_only_when_asked_for() -> None:
    key, _pupil = released()
    with school(SCHOOL_B.schema):
        person = receiving.accept_transfer(actor=actor_with("coordinator"), transfer_id=key, class_name="7Б")
        assert not Guardianship.objects.filter(ward=person).exists()


@pytest.mark.parametrize("by", ["snils", "name", "former name"])
def test_somebody_who_is_here_already_gets_no_second_card(by: str) -> None:
    snils = "11223344595"
    with school(SCHOOL_B.schema):
        known = make_person(
            {"snils": "Иначе Записан", "name": "Переводов Петр  Петрович", "former name": "Старов Пётр"}[by],
            BORN, room="5А", admitted=CAME, left=date(2024, 5, 25), snils=snils if by == "snils" else "",
        )  # fmt: skip
        if by == "former name":
            known.former_names.create(full_name=NAME, folded_name="переводов петр петрович", until=TODAY)
    key, _pupil = released(snils=snils)
    with school(SCHOOL_B.schema):
        director = actor_with("director")
        assert [row.pk for row in receiving.incoming_for(actor=director, transfer_id=key).known] == [known.pk]
        person = receiving.accept_transfer(actor=director, transfer_id=key, class_name="7А")
        assert person.pk == known.pk
        assert (person.snils, person.snils_key) == (snils, snils_key(snils) if by != "snils" else "")
        assert stays(known) == [(CAME, date(2024, 5, 25)), (DAY, None)]


def test_a_namesake_with_another_number_is_somebody_else_and_two_alike_must_be_told_apart() -> None:
    key, _pupil = released(snils="11223344595")
    with school(SCHOOL_B.schema):
        director = actor_with("director")
        namesake = make_person(NAME, BORN, admitted=None, snils="00000000001")
        first, second = (make_person(NAME, BORN, admitted=None) for _ in range(2))
        found = receiving.incoming_for(actor=director, transfer_id=key)
        assert {row.pk for row in found.known} == {first.pk, second.pk}
        with pytest.raises(FaultyActError) as refusal:
            receiving.accept_transfer(actor=director, transfer_id=key, class_name="7Б")
        assert refusal.value.faults[0].code == "ambiguous"
        merge_people(actor=director, kept_id=first.pk, gone_id=second.pk, from_gone=())
        assert receiving.accept_transfer(actor=director, transfer_id=key, class_name="7Б").pk == first.pk
        assert not Enrolment.objects.filter(person=namesake).exists()


def test_a_pupil_who_is_there_on_the_day_already_is_not_enrolled_twice() -> None:
    key, _pupil = released()
    with school(SCHOOL_B.schema):
        known = make_person(NAME, BORN, admitted=date(2026, 9, 1))
        with pytest.raises(FaultyActError):
            receiving.accept_transfer(actor=actor_with("director"), transfer_id=key, class_name="7Б")
        assert stays(known) == [(date(2026, 9, 1), None)]
    assert (state_of(key), has_card(key)) == ("offered", True)


def test_declined_withdrawn_and_expired_leave_no_card_and_change_nobody() -> None:
    declined, first = released()
    with school(SCHOOL_B.schema):
        receiving.decline_transfer(actor=actor_with("coordinator"), transfer_id=declined)
        with pytest.raises(FaultyActError):
            receiving.accept_transfer(actor=actor_with("director"), transfer_id=declined, class_name="7Б")
        assert not Person.objects.filter(surname="Переводов").exists()
    assert (state_of(declined), has_card(declined), settled(declined).outcome) == ("declined", False, "declined")
    with school(SCHOOL_A.schema):
        director = actor_with("director")
        data = ReleaseData(to_code="sch-b", leaves_on=DAY, basis="Заявление")
        again = releasing.release_pupil(actor=director, person_id=first.pk, data=data).pk
        with pytest.raises(FaultyActError) as refusal:
            releasing.release_pupil(actor=director, person_id=first.pk, data=data)
        assert refusal.value.faults[0].code == "on_the_way"
        releasing.withdraw_release(actor=director, transfer_id=again)
        with pytest.raises(FaultyActError):
            releasing.withdraw_release(actor=director, transfer_id=again)
        assert stays(first) == [(CAME, None)]
    assert (state_of(again), has_card(again)) == ("withdrawn", False)
    with school(SCHOOL_B.schema), pytest.raises(FaultyActError):
        receiving.accept_transfer(actor=actor_with("director"), transfer_id=again, class_name="7Б")


def test_an_offer_ends_by_itself_after_thirty_days(monkeypatch: pytest.MonkeyPatch) -> None:
    key, pupil = released()
    later = timezone.now() + timedelta(days=30, seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    with school(SCHOOL_B.schema):
        director = actor_with("director")
        assert receiving.incoming(director) == []
        with pytest.raises(Http404):
            receiving.incoming_for(actor=director, transfer_id=key)
        with pytest.raises(FaultyActError):
            receiving.accept_transfer(actor=director, transfer_id=key, class_name="7Б")
    with school(SCHOOL_A.schema):
        assert states_seen_by("director") == ["expired"]
    assert settled(key).outcome == "expired"
    assert (state_of(key), has_card(key)) == ("expired", False)
    with school(SCHOOL_A.schema):
        assert stays(pupil) == [(CAME, None)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"leaves_on": date(2026, 5, 1)}, "not_a_pupil"), ({"leaves_on": date(2029, 1, 1)}, "far_day"),
        ({"basis": " "}, "no_basis"),
        ({"to_code": "sch-a"}, "no_school"), ({"to_code": "nowhere"}, "no_school"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(change: dict[str, Any], code: str) -> None:
    with school(SCHOOL_A.schema):
        pupil = at_a()
        Enrolment.objects.filter(person=pupil).update(admitted_on=date(2026, 5, 1))
        data = {"to_code": "sch-b", "leaves_on": DAY, "basis": "Заявление", **change}
        with pytest.raises(FaultyActError) as refusal:
            releasing.release_pupil(actor=actor_with("director"), person_id=pupil.pk, data=ReleaseData(**data))
        assert refusal.value.faults[0].code == code
        assert not Release.objects.exists()
        with shared():
            assert not Transfer.objects.exists()


def test_only_director_and_coordinator_of_the_two_schools_act() -> None:
    key, pupil = released()
    data = ReleaseData(to_code="sch-b", leaves_on=DAY, basis="Заявление")
    for role in ("curator", "class_teacher", "psychologist", "mentor"):
        with school(SCHOOL_A.schema):
            somebody = actor_with(role)
            for act in (
                lambda who=somebody: releasing.release_pupil(actor=who, person_id=pupil.pk, data=data),
                lambda who=somebody: releasing.withdraw_release(actor=who, transfer_id=key),
                lambda who=somebody: releasing.outgoing(who),
            ):
                with pytest.raises(RefusedError):
                    act()
        with school(SCHOOL_B.schema):
            somebody = actor_with(role)
            for act in (
                lambda who=somebody: receiving.accept_transfer(actor=who, transfer_id=key, class_name="7Б"),
                lambda who=somebody: receiving.decline_transfer(actor=who, transfer_id=key),
                lambda who=somebody: receiving.incoming(who),
            ):
                with pytest.raises(RefusedError):
                    act()
    # The old school does not accept for the new one, nor the new one withdraw for the old.
    with school(SCHOOL_A.schema):
        for act, typed in (
            (receiving.accept_transfer, {"class_name": "7Б"}),
            (receiving.decline_transfer, {}),
            (receiving.incoming_for, {}),
        ):
            with pytest.raises(Http404):
                act(actor=actor_with("director"), transfer_id=key, **typed)
    with school(SCHOOL_B.schema), pytest.raises(Http404):
        releasing.withdraw_release(actor=actor_with("director"), transfer_id=key)
    assert (state_of(key), has_card(key)) == ("offered", True)


def test_what_happened_here_meanwhile_is_respected() -> None:
    """Moved into the next class, begun anew, merged: whoever he is here now leaves on the day."""
    key, pupil = released()
    with school(SCHOOL_A.schema):
        Enrolment.objects.filter(person=pupil).update(left_on=date(2026, 11, 10))
        Enrolment.objects.create(person=pupil, kind="pupil", admitted_on=date(2026, 11, 10), is_continuation=True)
        Enrolment.objects.create(person=pupil, kind="teacher", admitted_on=date(2026, 11, 10))
        other = make_person("Переводов Пётр", BORN, admitted=date(2026, 11, 20))
        merge_people(actor=actor_with("director"), kept_id=other.pk, gone_id=pupil.pk, from_gone=())
    with school(SCHOOL_B.schema):
        receiving.accept_transfer(actor=actor_with("director"), transfer_id=key, class_name="7Б")
    assert settled(key).person_id == other.pk
    with school(SCHOOL_A.schema):
        rows = Enrolment.objects.filter(person=other).order_by("kind", "admitted_on")
        assert list(rows.values_list("kind", "admitted_on", "left_on")) == [
            ("pupil", CAME, date(2026, 11, 10)), ("pupil", date(2026, 11, 10), DAY),
            ("pupil", date(2026, 11, 20), date(2026, 11, 20)), ("teacher", date(2026, 11, 10), None),
        ]  # fmt: skip


def test_whoever_is_destroyed_on_the_way_leaves_no_card_behind() -> None:
    key, pupil = released()
    with school(SCHOOL_A.schema):
        releasing.forget_releases(pupil)
        assert not Release.objects.exists()
    assert (state_of(key), has_card(key)) == ("withdrawn", False)
    with school(SCHOOL_B.schema):
        assert receiving.incoming(actor_with("director")) == []


def test_a_forged_acceptance_closes_nothing() -> None:
    """A transfer that this school never made is taken no note of, whatever its row says."""
    with school(SCHOOL_A.schema):
        pupil = at_a()
        with shared():
            now = timezone.now()
            forged = Transfer.objects.create(
                from_schema=SCHOOL_A.schema, to_schema=SCHOOL_B.schema, leaves_on=DAY, made_at=now, expires_at=now,
                state="accepted",
            )  # fmt: skip
        releasing.settle_release(transfer_id=forged.pk)
        assert stays(pupil) == [(CAME, None)]


def test_the_keys_agree_so_that_the_region_counts_once() -> None:
    with school(SCHOOL_A.schema):
        director = actor_with("director")
        data = PersonData(surname="Переводов", name="Пётр", birth_date=BORN, kinds=("pupil",), snils="112-233-445 95")
        pupil = create_person(actor=director, data=data)
        Enrolment.objects.create(person=pupil, kind="pupil", admitted_on=CAME)
        offer = ReleaseData(to_code="sch-b", leaves_on=DAY, basis="Заявление")
        key = releasing.release_pupil(actor=director, person_id=pupil.pk, data=offer).pk
        keys = (pupil.name_key, pupil.snils_key)
    with school(SCHOOL_B.schema):
        person = receiving.accept_transfer(actor=actor_with("director"), transfer_id=key, class_name="7Б")
        assert (person.name_key, person.snils_key) == keys
        assert set(PersonKind.objects.filter(person=person).values_list("kind", flat=True)) == {"pupil"}


def test_the_pages_lead_a_pupil_from_one_school_to_the_other(client_at: Any) -> None:
    old, new = sign_in(client_at, SCHOOL_A, "director"), sign_in(client_at, SCHOOL_B, "coordinator")
    with school(SCHOOL_A.schema):
        pupil = at_a()
    address = f"/people/{pupil.pk}/release/"
    found = old.post(address, {"search": "1", "q": "школа б", "leaves_on": "2026-11-16", "basis": "Заявление"})
    assert 'value="sch-b"' in found.content.decode()
    assert "Заявление" in found.content.decode()
    fields = {"to_code": "sch-b", "leaves_on": "2026-11-16", "basis": "Заявление"}
    assert old.post(address, {**fields, "basis": ""}).status_code == 200
    assert old.post(address, fields)["Location"] == "/people/transfers/"
    assert NAME in old.get("/people/transfers/").content.decode()
    with school(SCHOOL_A.schema):
        key = Release.objects.get().pk
    assert "Принять учеников из других школ" in new.get("/").content.decode()
    assert "Принять учеников из других школ" not in old.get("/").content.decode()
    listed = new.get("/people/transfers/").content.decode()
    assert NAME in listed
    assert f"/people/transfers/{key}/" in listed
    assert (
        "Согласие на обработку персональных данных вашей школе" in new.get(f"/people/transfers/{key}/").content.decode()
    )
    nowhere = new.post(f"/people/transfers/{key}/", {"class_name": "", "accept": "1"})
    assert list(nowhere.context["form"].errors) == ["class_name"]
    accepted = new.post(f"/people/transfers/{key}/", {"class_name": "7Б", "accept": "1"})
    with school(SCHOOL_B.schema):
        person = Person.objects.get(surname="Переводов")
    assert accepted["Location"] == f"/people/{person.pk}/"
    assert new.get(f"/people/transfers/{key}/").status_code == 404
    late = old.post(f"/people/transfers/{key}/withdraw/", follow=True).content.decode()
    assert "Отозвать поздно" in late
    with school(SCHOOL_A.schema):
        data, other = ReleaseData(to_code="sch-b", leaves_on=DAY, basis="Заявление"), make_person(admitted=CAME)
        key = releasing.release_pupil(actor=actor_with("director"), person_id=other.pk, data=data).pk
    declined = new.post(f"/people/transfers/{key}/", {"class_name": "", "decline": "1"}, follow=True)
    assert "Перевод отклонён" in declined.content.decode()
