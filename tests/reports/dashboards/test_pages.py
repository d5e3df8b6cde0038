"""The dashboards: exact figures, nobody's name, nobody else's district, a constant number of queries."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from uuid import UUID

import pytest
from django.http import Http404, QueryDict
from django.utils import timezone

from core.authz import system_actor
from core.tenancy import region, rollup
from reports.dashboards import assemble
from reports.dashboards.forms import BoardForm
from reports.dashboards.selectors import Stamp
from reports.rollup.models import Cell
from tenants.reference.models import Definition, Target
from tenants.registry.models import District, School
from tenants.registry.selectors import forget_region_title
from tests.reports.dashboards.figures import write_cells
from tests.support import world

ABSENT = "11111111-1111-4111-8111-111111111111"
REGION = "/coverage/"
NIGHTLY = pytest.mark.nightly
A, B = f"/coverage/schools/{world.SCHOOL_A.id}/", f"/coverage/schools/{world.SCHOOL_B.id}/"
OWN, OTHER = f"/coverage/districts/{world.DISTRICT}/", f"/coverage/districts/{world.OTHER_DISTRICT}/"
PAGES = [REGION, f"{REGION}?by=schools", OWN, OTHER, A, B]


def words(answer) -> str:
    """Return the text of a page: tags gone, spaces single."""
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r" ([,.])", r"\1", " ".join(unescape(text).replace("\xa0", " ").split()))


def test_the_region_counts_each_person_once_and_says_so(admin, counted):
    text = words(admin.get(REGION))
    assert "200 из 299 чел." in text
    assert "66,9 %" in text
    assert "Цель 70 %. Не хватает: 10 чел." in text
    assert f"на {timezone.localdate():%d.%m.%Y}" in text
    assert "Простая сумма по школам была бы 202 из 302: на 2 больше по вовлечённым и на 3 больше по всем." in text
    assert "4 чел., в охват не входят" in text


def test_the_ranking_of_districts_leads_to_each(admin, counted):
    page = admin.get(REGION).content.decode()
    assert page.index("Проверочный район") < page.index("Соседний район")
    assert OWN in page
    assert OTHER in page
    text = words(admin.get(REGION))
    assert "71,0 %" in text
    assert "64,9 %" in text
    assert "Цель 70 % достигли 1 из 2." in text


def test_a_district_shows_its_schools_alone(admin, counted):
    text = words(admin.get(OWN))
    assert "71 из 100 чел." in text
    assert "совпадает с суммой по школам" in text
    assert "Школа А" in text
    assert "Школа Б" not in text


def test_a_school_shows_every_definition(admin, counted):
    text = words(admin.get(B))
    assert "131 из 202 чел." in text
    assert "Педагоги в любой роли 0 20 0,0 % 70 % 1" in text
    assert "Обучающиеся и педагоги — — — — —" in text


def test_definition_and_day_are_chosen_in_the_address(admin, counted):
    assert "5 из 30 чел." in words(admin.get(f"{REGION}?definition=teachers"))
    frozen = words(admin.get(f"{REGION}?day=2026-10-31"))
    assert "180 из 299 чел." in frozen
    assert "на 31.10.2026" in frozen
    assert "закреплено 05.11.2026 и больше не меняется" in frozen
    restored = words(admin.get(f"{OWN}?day=2026-09-30"))
    assert "41 из 100 чел." in restored
    assert "восстановлено" in restored
    assert "61 из 100 чел." in words(admin.get(f"{A}?day=2026-10-31"))


def test_the_trend_has_frozen_months_and_the_open_one(admin, counted):
    text = words(admin.get(REGION))
    today = f"{timezone.localdate():%d.%m.%y}"
    assert "30.09.26 восстановлено 140 299 46,8 %" in text
    assert "31.10.26 180 299 60,2 %" in text
    assert f"{today} сейчас, ещё не закреплено 200 299 66,9 %" in text


def test_a_correction_moves_live_figures_and_no_frozen_one(admin, counted):
    write_cells({world.SCHOOL_A.id: (world.SCHOOL_A.schema, world.DISTRICT, {"pupils": (50, 100, 0)})})
    assert "50 из 100 чел." in words(admin.get(OWN))
    assert "61 из 100 чел." in words(admin.get(f"{OWN}?day=2026-10-31"))


@pytest.mark.parametrize("query", ["day=2026-10-30", "day=x", "definition=x", "page=9999999999999", "show=x", "by=x"])
def test_a_mistyped_address_shows_the_ordinary_page(admin, counted, query):
    assert "200 из 299 чел." in words(admin.get(f"{REGION}?{query}"))


@pytest.mark.parametrize("page", [REGION, pytest.param(OWN, marks=NIGHTLY), pytest.param(A, marks=NIGHTLY)])
def test_a_day_that_is_not_kept_is_said_beside_the_figures_and_refused_as_a_file(admin, counted, page):
    asked = admin.get(f"{page}?day=2026-10-30&definition=pupils")
    assert "За 30.10.2026 показателей нет: показаны сегодняшние." in words(asked)
    # The file offered is that of the figures shown.
    assert "day=2026-10-30" not in re.search(r'href="([^"]*/export/[^"]*)"', asked.content.decode())[1]
    assert admin.get(f"{page}export/?day=2026-10-30").status_code == 404


def test_the_api_has_nothing_on_a_day_that_is_not_kept(counted):
    with region():
        for picture in (assemble.region_picture, lambda *asked: assemble.district_picture(*asked, world.DISTRICT)):
            assert picture(system_actor("test"), assemble.wanted("pupils", date(2026, 10, 31))).share.num
            with pytest.raises(Http404):
                picture(system_actor("test"), assemble.wanted("pupils", date(2026, 10, 30)))


def test_which_days_of_an_address_are_not_shown():
    today = date(2026, 11, 22)
    days = [Stamp(today, "live", None), Stamp(date(2026, 10, 31), "frozen", None)]

    def said(day: str) -> str:
        form = BoardForm(QueryDict(f"day={day}"), definitions=[], days=days)
        errors = form.errors.get("day", [])
        assert form.is_day_refused is bool(errors)
        return "".join(errors)

    assert [said(day) for day in ("", "2026-10-31", "2026-11-22")] == [""] * 3
    assert said("2026-11-30").startswith("За 30.11.2026 показателей нет: показаны сегодняшние.")
    assert all(
        "не бывает: показаны сегодняшние" in said(day) for day in ("x", "2026-02-30", "0000-00-00", "31.10.2026")
    )


def test_a_target_of_the_shown_year(admin, counted):
    with region():
        Target.objects.filter(code="pupils-2026").update(percent="65.5")
    text = words(admin.get(REGION))
    assert "Цель 65,5 %. Достигнута." in text


def test_schools_without_anything_are_listed(admin, counted):
    with region():
        School(title="Пустая школа", code="empty", schema_name="s_000000000009", state="ready").save()
    with rollup():
        Cell.objects.filter(school_id=world.SCHOOL_B.id).update(num=0)
    text = words(admin.get(f"{REGION}?by=schools"))
    assert "с охватом – 1, без пар по приказу – 1, без данных – 1." in text
    assert "Пустая школа регионального подчинения, данных ещё нет — 0 из 0" in text
    for show, title in (("empty", "Пустая школа"), ("nobody", "Школа Б"), ("engaged", "Школа А")):
        page = admin.get(f"{REGION}?by=schools&show={show}").content.decode()
        assert [name for name in ("Пустая школа", "Школа А", "Школа Б") if f">{name}</a>" in page] == [title]


def test_a_search_keeps_the_place_among_all(admin, counted):
    text = words(admin.get(f"{REGION}?by=schools&q=ШКОЛА б"))
    assert "2 Школа Б" in text
    assert ">Школа А</a>" not in admin.get(f"{REGION}?by=schools&q=школа б").content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_who_sees_which_page(admin, operator, specialist, client_at, counted, path):
    assert admin.get(path).status_code == operator.get(path).status_code == 200
    is_own = path in (OWN, A)
    answer = specialist.get(path)
    if path.startswith(REGION) and "districts" not in path and "schools/" not in path:
        assert (answer.status_code, answer["Location"]) == (302, OWN)
    else:
        assert answer.status_code == (200 if is_own else 404)
    assert client_at("region").get(path)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("kind", ["", "live/", "export/"])
@pytest.mark.parametrize("path", [OTHER, B, f"/coverage/districts/{ABSENT}/", f"/coverage/schools/{ABSENT}/"])
def test_another_district_does_not_exist_for_a_specialist(specialist, counted, path, kind):
    answer = specialist.get(path + kind)
    assert answer.status_code == 404
    assert "Соседний" not in answer.content.decode()
    assert "131" not in answer.content.decode()


def test_the_region_is_refused_to_a_specialist_in_every_face(specialist, counted):
    for path in ("/coverage/live/", "/coverage/export/"):
        answer = specialist.get(path)
        assert answer.status_code == 403
        assert b"299" not in answer.content


def test_a_school_that_moved_away_stays_in_the_frozen_month_and_is_not_opened(specialist, counted):
    with region():
        School.objects.filter(pk=world.SCHOOL_A.id).update(district_id=world.OTHER_DISTRICT)
    page = specialist.get(f"{OWN}?day=2026-10-31").content.decode()
    assert "Школа А" in page
    assert A not in page
    assert specialist.get(A).status_code == 404


def test_a_specialist_of_two_districts_chooses(client_at, counted):
    from core.accounts.models import RoleGrant
    from tests.support.accounts import sign_in

    client = sign_in(client_at, "region", "district_specialist", str(world.DISTRICT))
    with region():
        RoleGrant.objects.create(user=client.user, role="district_specialist", scope=str(world.OTHER_DISTRICT))
    assert client.get("/")["Location"] == REGION
    text = words(client.get(REGION))
    assert "Проверочный район" in text
    assert "Соседний район" in text
    assert client.get(OTHER).status_code == 200


def test_somebody_without_a_role_is_told_whom_to_ask(client_at, db):
    from tests.support.accounts import sign_in

    client = sign_in(client_at, "region", None)
    assert "Попросите администратора" in words(client.get("/"))
    assert client.get(REGION).status_code == 403


def test_the_empty_region_says_what_to_do_first(admin, operator, db):
    with region():
        School.objects.all().delete()
        District.objects.all().delete()
    assert "Следующий шаг Добавьте районы" in words(admin.get(REGION))
    assert "Следующий шаг" not in words(operator.get(REGION))
    with region():
        District.objects.create(title="Первый район")
    assert "Следующий шаг Добавьте школы" in words(admin.get(REGION))
    with region():
        School(title="Школа", code="school", schema_name="s_000000000009").save()
    assert "Следующий шаг Пригласите директоров" in words(admin.get(REGION))
    assert "ещё ни разу" in words(admin.get(REGION))


def test_a_region_without_definitions_is_no_error(admin, db):
    with region():
        Definition.objects.now().update(is_offered=False)
    assert admin.get(REGION).status_code == 404


@pytest.mark.parametrize("path", ["/coverage/live/", f"{OWN}live/", f"{A}live/"])
def test_a_live_part_answers_304_until_a_figure_moves(admin, counted, path):
    header = {"HX-Request": "true"}
    first = admin.get(path, headers=header)
    assert first.status_code == 200
    assert "<html" not in first.content.decode()
    tagged = {**header, "If-None-Match": first["ETag"]}
    for _ in range(3):
        assert admin.get(path, headers=tagged).status_code == 304
    write_cells({world.SCHOOL_A.id: (world.SCHOOL_A.schema, world.DISTRICT, {"pupils": (72, 100, 0)})})
    second = admin.get(path, headers=tagged)
    assert second.status_code == 200
    assert ("201" if path == "/coverage/live/" else "72") in second.content.decode()


def test_a_live_part_of_another_school_stays_304(admin, counted):
    first = admin.get(f"{B}live/", headers={"HX-Request": "true"})
    write_cells({world.SCHOOL_A.id: (world.SCHOOL_A.schema, world.DISTRICT, {"pupils": (72, 100, 0)})})
    again = admin.get(f"{B}live/", headers={"HX-Request": "true", "If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_a_frozen_day_does_not_ask_again(admin, counted):
    assert "hx-get" in admin.get(REGION).content.decode()
    assert "hx-get" not in admin.get(f"{REGION}?day=2026-10-31").content.decode()


def test_no_page_names_anybody(admin, specialist, counted):
    for client in (admin, specialist):
        for path in [*PAGES, "/coverage/live/", f"{OWN}live/", f"{A}live/"]:
            text = client.get(path).content.decode()
            for seed in (world.SCHOOL_A, world.SCHOOL_B):
                assert seed.canary not in text
                assert seed.surname not in text
                assert seed.schema not in text


def many_schools(number: int) -> None:
    """Add districts and schools with figures."""
    with region():
        districts = [District.objects.create(title=f"Район {place}") for place in range(number // 10)]
        schools = School.objects.bulk_create(
            School(
                id=UUID(int=10**6 + place),
                title=f"Школа № {place}",
                code=f"many-{place}",
                schema_name=f"s_{place:012x}",
                district=districts[place % len(districts)],
                state="ready",
            )
            for place in range(number)
        )
    write_cells(
        {
            school.pk: (school.schema_name, school.district_id, {"pupils": (place % 90, 100, 0)})
            for place, school in enumerate(schools)
        }
    )


@pytest.mark.parametrize("path", [REGION, f"{REGION}?by=schools", OWN, A, "/coverage/live/"])
def test_the_number_of_queries_is_constant(admin, counted, path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    admin.get(path)
    forget_region_title()
    with CaptureQueriesContext(connection) as before:
        admin.get(path)
    many_schools(100)
    forget_region_title()
    with CaptureQueriesContext(connection) as after:
        admin.get(path)
    assert len(after) == len(before) <= 30


def test_what_is_chosen_goes_along_from_region_to_school(admin, counted):
    chosen = "definition=pupils&day=2026-10-31"
    kept = unescape(admin.get(f"{REGION}?{chosen}&by=schools&q=школа").content.decode())
    assert f'href="{A}?{chosen}"' in kept
    assert f'href="/coverage/export/?{chosen}"' in kept
    assert f'href="{OWN}?definition=teachers"' in unescape(admin.get(f"{REGION}?definition=teachers").content.decode())
    school = unescape(admin.get(f"{A}?{chosen}").content.decode())
    assert f'href="{OWN}?{chosen}"' in school
    assert f'href="{REGION}?{chosen}"' in school


def test_the_ranking_is_cut_into_pages_and_keeps_its_summary(admin, counted):
    many_schools(60)
    first = words(admin.get(f"{REGION}?by=schools"))
    assert "Показаны 1–25 из 62" in first
    second = words(admin.get(f"{REGION}?by=schools&page=3"))
    assert "Показаны 51–62 из 62" in second
    assert "Выше всех: Школа А (71,0 %)" in second
