"""The register's pages: found by name, changed by whom it is allowed, and never a word of a school's people."""

from __future__ import annotations

import re

import pytest

from core.audit.models import AuditRecord
from core.events.models import Outbox
from core.tenancy import region
from tenants.provisioning.models import SchoolSchema
from tenants.registry.models import District, Domain, Region, School, StateChange
from tests.support import world

ABSENT = "11111111-1111-4111-8111-111111111111"
A = f"/schools/{world.SCHOOL_A.id}/"
B = f"/schools/{world.SCHOOL_B.id}/"
READ = ["/schools/", A, f"{A}live/", "/districts/"]
MANAGE = {
    "/schools/new/": {"title": "Новая школа", "code": "new-1", "district": str(world.DISTRICT)},
    f"{A}edit/": {"title": "Другое имя", "district": ""},
    f"{A}code/": {"code": "lyceum-1"},
    f"{A}state/suspend/": {"reason": "ремонт"},
    "/districts/new/": {"title": "Третий район"},
    f"/districts/{world.DISTRICT}/": {"title": "Проверочный округ"},
    "/region/name/": {"title": "Другая область"},
}


def counts() -> dict[str, list[tuple[object, ...]]]:
    """Return everything the pages may change."""
    with region():
        return {
            "schools": list(School.objects.order_by("pk").values_list("title", "code", "state", "district")),
            "districts": list(District.objects.order_by("pk").values_list("title")),
            "regions": list(Region.objects.values_list("title")),
            "outbox": list(Outbox.objects.values_list("task")),
            "audit": list(AuditRecord.objects.values_list("action")),
        }


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("who", ["admin", "operator", "specialist"])
def test_reading_is_for_every_role(request, who, path):
    assert request.getfixturevalue(who).get(path).status_code in (200, 286)


@pytest.mark.parametrize("path", MANAGE)
@pytest.mark.parametrize("who", ["operator", "specialist"])
def test_changing_is_refused_and_changes_nothing(request, who, path):
    client = request.getfixturevalue(who)
    before = counts()
    answer = client.post(path, MANAGE[path])
    assert answer.status_code == 403
    assert counts() == before


@pytest.mark.parametrize("path", MANAGE)
def test_the_administrator_may(admin, path):
    before = counts()
    assert admin.get(path).status_code == 200
    assert counts() == before
    answer = admin.post(path, MANAGE[path])
    assert answer.status_code == 302
    assert counts() != before


def test_a_school_left_behind_by_a_migration_is_shown_with_the_kind_of_its_error(admin, operator):
    with region():
        SchoolSchema.objects.filter(pk=world.SCHOOL_A.schema).update(error="DuplicateTable")
    for client in (admin, operator):
        assert "DuplicateTable" in client.get(A).content.decode()
        assert "не обновлено" not in client.get(B).content.decode()


def test_a_visitor_is_sent_to_sign_in(db, client_at):
    for path in [*READ, *MANAGE, "/audit/"]:
        answer = client_at("region").get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_another_districts_school_does_not_exist_for_a_specialist(specialist):
    assert specialist.get(A).status_code == 200
    for path in (B, f"{B}live/", f"/schools/{ABSENT}/"):
        answer = specialist.get(path)
        assert answer.status_code == 404
        assert world.SCHOOL_B.title not in answer.content.decode()
    for path in ("/schools/", f"/schools/?district={world.OTHER_DISTRICT}", "/schools/?q=sch-b", "/districts/"):
        text = specialist.get(path).content.decode()
        assert world.SCHOOL_B.title not in text
        assert "Соседний район" not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ЁЛОЧКА", ["Школа «Ёлочка» № 2"]),
        ("q=елочк+2", ["Школа «Ёлочка» № 2"]),
        ("q=elka", ["Школа «Ёлочка» № 2"]),
        ("q=%25", []),
        ("district=regional", ["Школа «Ёлочка» № 2"]),
        ("state=suspended", ["Школа «Ёлочка» № 2"]),
        ("q=школа", ["Школа А", "Школа Б", "Школа «Ёлочка» № 2"]),
        ("q=школа&state=ready", ["Школа А", "Школа Б"]),
        ("state=nonsense", ["Школа А", "Школа Б", "Школа «Ёлочка» № 2"]),
        ("page=99", ["Школа А", "Школа Б", "Школа «Ёлочка» № 2"]),
    ],
)
def test_search(admin, query, found):
    with region():
        School(title="Школа «Ёлочка» № 2", code="elka-2", schema_name="s_000000000002", state="suspended").save()
    text = admin.get(f"/schools/?{query}").content.decode()
    shown = [name for name in ("Школа А", "Школа Б", "Школа «Ёлочка» № 2") if f">{name}</a>" in text]
    assert shown == found


def test_number_two_stands_before_number_ten_and_a_page_holds_25(admin):
    with region():
        for number in range(1, 31):
            School(title=f"Лицей № {number}", code=f"lyceum-{number}", schema_name=f"s_{number:012x}").save()
    text = admin.get("/schools/?q=лицей").content.decode()
    assert re.findall(r">Лицей № (\d+)</a>", text) == [str(number) for number in range(1, 26)]
    assert re.findall(r">Лицей № (\d+)</a>", admin.get("/schools/?q=лицей&page=2").content.decode()) == [
        str(number) for number in range(26, 31)
    ]


def test_a_school_is_created_and_watched_until_it_works(admin):
    answer = admin.post("/schools/new/", {"title": "Новая школа", "code": " New-1 ", "district": ""})
    with region():
        row = School.objects.get(code="new-1")
    assert answer["Location"] == f"/schools/{row.pk}/"
    page = admin.get(answer["Location"]).content.decode()
    assert "создаётся" in page
    assert f'hx-get="/schools/{row.pk}/live/"' in page
    assert "Пригласить директора" not in page
    first = admin.get(f"/schools/{row.pk}/live/", headers={"HX-Request": "true"})
    assert first.status_code == 200
    unchanged = admin.get(f"/schools/{row.pk}/live/", headers={"HX-Request": "true", "If-None-Match": first["ETag"]})
    assert unchanged.status_code == 304
    with region():
        School.objects.filter(pk=row.pk).update(state=School.State.READY)
    changed = admin.get(f"/schools/{row.pk}/live/", headers={"HX-Request": "true", "If-None-Match": first["ETag"]})
    assert changed.status_code == 286
    assert "работает" in changed.content.decode()
    assert "Пригласить директора" in changed.content.decode()


def test_a_failing_creation_says_so(admin):
    admin.post("/schools/new/", {"title": "Новая школа", "code": "new-1", "district": ""})
    with region():
        row = School.objects.get(code="new-1")
        School.objects.filter(pk=row.pk).update(last_error="OperationalError")
    assert "OperationalError" in admin.get(f"/schools/{row.pk}/").content.decode()


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("/schools/new/", {"title": "Новая", "code": "sch-a"}, "уже занят"),
        ("/schools/new/", {"title": "Новая", "code": "region"}, "уже занят"),
        ("/schools/new/", {"title": "Новая", "code": "школа"}, "строчные латинские"),
        ("/schools/new/", {"title": "", "code": "new-1"}, "Обязательное поле"),
        (f"{A}code/", {"code": "sch-b"}, "уже занят"),
        (f"{A}state/suspend/", {"reason": ""}, "Обязательное поле"),
        ("/districts/new/", {"title": "проверочный  РАЙОН"}, "уже есть"),
        (f"/districts/{world.DISTRICT}/", {"title": "соседний район"}, "уже есть"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(admin, path, data, words):
    before = counts()
    answer = admin.post(path, data)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert words in text
    assert all(value in text for value in data.values())
    assert counts() == before


def test_moving_a_school_is_recorded(admin):
    admin.post(f"{A}edit/", {"title": world.SCHOOL_A.title, "district": str(world.OTHER_DISTRICT)})
    with region():
        assert School.objects.get(pk=world.SCHOOL_A.id).district_id == world.OTHER_DISTRICT
        assert AuditRecord.objects.get().details == {
            "from_district": str(world.DISTRICT),
            "to_district": str(world.OTHER_DISTRICT),
        }


def test_the_page_shows_why_and_by_whom(admin, operator):
    admin.post(f"{A}state/suspend/", {"reason": "Ремонт крыши"})
    text = operator.get(A).content.decode()
    assert "Ремонт крыши" in text
    assert "приостановлена" in text
    assert "Проверочный Пользователь" in text
    admin.post(f"{A}state/resume/", {"reason": ""})
    with region():
        assert [change.state for change in StateChange.objects.all()] == ["ready", "suspended"]


def test_a_step_that_the_state_does_not_allow_says_so(admin):
    answer = admin.post(f"{A}state/close/", {"reason": "слияние"}, follow=True)
    assert "нельзя перейти" in answer.content.decode()
    assert admin.get(f"{A}state/nonsense/").status_code == 404


def test_the_way_to_an_invitation_is_offered_to_whom_may_invite(admin, operator):
    assert f"/access/invite/?school={world.SCHOOL_A.id}" in admin.get(A).content.decode()
    assert "/access/invite/" not in operator.get(A).content.decode()
    with region():
        School.objects.filter(pk=world.SCHOOL_A.id).update(state="suspended")
    assert "/access/invite/" not in admin.get(A).content.decode()


def test_the_audit_is_for_the_administrator_and_speaks_russian(admin, operator, specialist):
    admin.post("/districts/new/", {"title": "Озёрный район"})
    admin.post(f"{A}state/suspend/", {"reason": "ремонт"})
    text = admin.get("/audit/").content.decode()
    assert "Район добавлен" in text
    assert "Озёрный район" in text
    assert "Работа школы приостановлена" in text
    assert "Район добавлен" not in admin.get("/audit/?q=приостановлена").content.decode()
    assert "Район добавлен" in admin.get("/audit/?q=проверочный+пользователь").content.decode()
    assert "Район добавлен" not in admin.get("/audit/?until=2020-01-01").content.decode()
    for client in (operator, specialist):
        answer = client.get("/audit/")
        assert answer.status_code == 403
        assert "Район добавлен" not in answer.content.decode()


def test_no_page_names_anybody_of_a_school(admin, operator, specialist):
    pages = 0
    for client in (admin, operator, specialist):
        for path in [*READ, *MANAGE, "/audit/"]:
            text = client.get(path).content.decode()
            for seed in (world.SCHOOL_A, world.SCHOOL_B):
                assert seed.canary not in text
                assert seed.surname not in text
                assert seed.schema not in text
            pages += 1
    assert pages == 36


@pytest.mark.parametrize(("path", "most"), [("/schools/", 7), (A, 10), ("/districts/", 6), ("/audit/", 9)])
def test_the_number_of_queries_does_not_grow(admin, django_assert_max_num_queries, path, most):
    with region():
        for number in range(60):
            where = District.objects.create(title=f"Район {number}")
            row = School(
                title=f"Лицей № {number}", code=f"lyc-{number}", schema_name=f"s_{number:012x}", district=where
            )
            row.save()
            Domain.objects.create(domain=row.code, tenant=row, is_primary=True)
    admin.get(path)
    with django_assert_max_num_queries(most):
        assert admin.get(path).status_code == 200
