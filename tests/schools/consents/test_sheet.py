"""A class's papers in one table: only what was changed is saved, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from core.tenancy import school
from schools.consents.models import Consent
from tests.schools.makers import audited, make_consent, make_person
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def people() -> dict[str, Any]:
    from schools.people.models import Guardianship

    with school(SCHOOL_A.schema):
        found = {
            "child": make_person("Ершов Пётр", room="5Б"),
            "adult": make_person("Взрослов Лев", date(2008, 1, 1), room="5Б"),
            "served": make_person("Готов Яков", room="5Б"),
        }
        mother = make_person("Ершова Анна", date(1985, 1, 1), ("parent",))
        Guardianship.objects.create(ward=found["child"], guardian=mother, kinship="мать")
        make_consent(found["served"], number="3")
        room = found["child"].enrolments.get().school_class_id
    return {**found, "address": f"/consents/sheet/?room={room}&kind=processing"}


def typed(client: Client, address: str) -> dict[str, str]:
    """Return what the page's form would send untouched, as a browser does: an unmarked box is not sent."""
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {name: str(value) for name, value in sent.items() if value not in (None, False, "")}


def test_only_changed_rows_are_saved(client_at: Callable[[str], Client], people: dict[str, Any]):
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    sent = typed(client, people["address"])
    assert sent[f"kinship-{people['child'].pk}"] == "мать"
    assert sent[f"signer-{people['adult'].pk}"] == "self"
    page = client.post(people["address"], sent)
    assert "Ни одна строка не изменена" in page.content.decode()
    sent |= {f"signed-{people['child'].pk}": "on", f"number-{people['served'].pk}": "33"}
    page = client.post(people["address"], sent, follow=True).content.decode()
    assert "Записано 1 согласие. Исправлена 1 запись." in page
    with school(SCHOOL_A.schema):
        stored = Consent.objects.exclude(pk=world.CONSENT).values_list(
            "person", "signer", "signer_kinship", "number", "given_on"
        )
        assert set(stored) == {
            (people["child"].pk, "representative", "мать", "", date(2026, 11, 21)),
            (people["served"].pk, "representative", "", "33", date(2026, 9, 2)),
        }
        assert [action for action, _ in audited()].count("consents.sheet_saved") == 1


def test_a_fault_stands_at_its_row_and_nothing_is_saved(client_at: Callable[[str], Client], people: dict[str, Any]):
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    child, adult = people["child"].pk, people["adult"].pk
    sent = typed(client, people["address"])
    sent |= {f"number-{child}": "5", f"given_on-{child}": "01.02.2003", f"number-{adult}": "6", "valid_until": "x"}
    page = client.post(people["address"], sent)
    assert page.context["form"].errors.keys() == {"valid_until"}
    sent["valid_until"] = ""
    page = client.post(people["address"], sent)
    assert page.context["form"].errors == {f"given_on-{child}": ["Дата согласия раньше даты рождения."]}
    html = page.content.decode()
    assert 'value="01.02.2003"' in html
    assert f'name="number-{adult}" value="6"' in html
    sent[f"given_on-{child}"] = ""
    assert "Укажите дату согласия." in client.post(people["address"], sent).content.decode()
    with school(SCHOOL_A.schema):
        assert Consent.objects.filter(person__in=[child, adult]).count() == 0


def test_a_row_somebody_else_filled_meanwhile_is_told(client_at: Callable[[str], Client], people: dict[str, Any]):
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    sent = typed(client, people["address"])
    with school(SCHOOL_A.schema):
        make_consent(people["child"], number="9")
        Consent.objects.filter(person=people["served"]).update(withdrawn_on=date(2026, 11, 20))
    sent |= {f"number-{people['child'].pk}": "5", f"number-{people['served'].pk}": "4"}
    page = client.post(people["address"], sent)
    assert page.status_code == 200
    assert page.context["form"].errors
    with school(SCHOOL_A.schema):
        assert not Consent.objects.filter(number__in=["4", "5"]).exists()


def test_an_untouched_row_overwrites_nobody(client_at: Callable[[str], Client], people: dict[str, Any]):
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    sent = typed(client, people["address"]) | {f"signed-{people['child'].pk}": "on"}
    with school(SCHOOL_A.schema):
        Consent.objects.filter(person=people["served"]).update(number="34")
    assert client.post(people["address"], sent).status_code == 302
    sent |= {f"number-{people['served'].pk}": "35"}
    assert "Запись изменили, пока вы печатали" in client.post(people["address"], sent).content.decode()
    with school(SCHOOL_A.schema):
        assert Consent.objects.get(person=people["served"]).number == "34"


def test_a_class_teacher_sees_the_own_class_only(client_at: Callable[[str], Client], people: dict[str, Any]):
    client = sign_in(client_at, SCHOOL_A, "class_teacher", str(world.CLASS))
    page = client.get(people["address"])
    assert [row["line"].person.pk for row in page.context["rows"]] == [world.MENTEE]
    assert client.get("/consents/sheet/?room=adults").context["choice"].chosen_room == str(world.CLASS)


def test_whose_end_comes_soon(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        turning = make_person("Скоров Взрослый", date(2008, 12, 5))
        make_consent(turning)
        make_consent(make_person("Срочный Ученик"), valid_until=date(2026, 12, 31))
        make_consent(make_person("Поздний Ученик"), valid_until=date(2027, 1, 20))
        replaced = make_person("Заменённый Ученик")
        make_consent(replaced, valid_until=date(2026, 12, 1))
        make_consent(replaced, number="2")
    rows = director.get("/consents/soon/").context["rows"]
    assert [(row["consent"].person.full_name, str(row["status"].text)) for row in rows] == [
        ("Скоров Взрослый", "Действует по 04.12.2026: затем 18 лет, нужна своя подпись"),
        ("Срочный Ученик", "Действует по 31.12.2026: заканчивается срок"),
    ]
    page = director.get(f"/consents/of/{turning.pk}/")
    shown = {row["code"]: str(row["status"].text) for row in page.context["purposes"]}
    assert shown["processing"].startswith("Действует по 04.12.2026")
    assert shown["dissemination"] == "Нет"


def test_a_slip_is_mended_and_a_withdrawn_one_is_not(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    address = f"/consents/{world.CONSENT}/correct/"
    sent = {"signer": "representative", "signer_kinship": "отец", "given_on": "2026-09-03", "number": "№ 17"}
    assert director.post(address, sent)["Location"] == f"/consents/of/{world.MENTEE}/"
    with school(SCHOOL_A.schema):
        stored = Consent.objects.get(pk=world.CONSENT)
        assert (stored.number, stored.signer_kinship, stored.given_on) == ("17", "отец", date(2026, 9, 3))
    page = director.get(f"/consents/{world.CONSENT}/withdraw/").content.decode()
    assert "останется, с пометкой «нет согласия»" in page
    director.post(f"/consents/{world.CONSENT}/withdraw/", {"withdrawn_on": "2026-11-20"})
    assert "отозвано: запись о нём не меняют" in director.post(address, sent).content.decode()


def test_who_moved_meanwhile_is_saved_and_who_is_out_of_sight_is_named(
    client_at: Callable[[str], Client], people: dict[str, Any]
):
    from schools.people.models import SchoolClass

    moved, hidden = people["child"], people["adult"]
    with school(SCHOOL_A.schema):
        elsewhere = SchoolClass.objects.create(title="5Щ", grade=5, letter="Щ")
        room = moved.enrolments.get().school_class_id
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    sent = typed(client, people["address"]) | {f"number-{moved.pk}": "7"}
    with school(SCHOOL_A.schema):
        moved.enrolments.update(school_class=elsewhere)
    assert client.post(people["address"], sent).status_code == 302
    teacher = sign_in(client_at, SCHOOL_A, "class_teacher", str(room))
    sent = typed(teacher, people["address"]) | {f"number-{hidden.pk}": "8", f"number-{people['served'].pk}": "9"}
    with school(SCHOOL_A.schema):
        hidden.enrolments.update(school_class=elsewhere)
    page = teacher.post(people["address"], sent)
    assert [(row.who, row.typed) for row in page.context["lost"]] == [("Взрослов Лев", "№ 8, 21.11.2026, сам")]
    assert "Было введено: № 8, 21.11.2026, сам" in page.content.decode()
    with school(SCHOOL_A.schema):
        assert set(Consent.objects.exclude(pk=world.CONSENT).values_list("person", "number")) == {
            (moved.pk, "7"),
            (people["served"].pk, "9"),
        }
