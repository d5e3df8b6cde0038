"""The pages of the reference data: everybody of the region reads, the administrator makes versions."""

from __future__ import annotations

import pytest

from core.audit.models import AuditRecord
from core.tenancy import region
from tenants.reference.kinds import KINDS
from tenants.reference.models import MOST_AGE_RANGES, Definition, Form, LegalAct, Profile, RoleVariant, Target
from tenants.reference.stages import as_fields
from tests.support import world
from tests.support.accounts import sign_in

NEW = {
    "forms": {"code": "parent-pupil", "title": "родитель – ученик", "mentor_kinds": ["parent"], "position": "70",
              "mentee_kinds": ["pupil"], "source": "Приказ"},
    "variants": {"form_code": "pupil-pupil", "title": "старший – младший"},
    "consents": {"code": "photo", "title": "фотосъёмка"},
    "clearances": {"code": "pass", "title": "пропуск", "asked_of": ["enterprise"], "usual_months": "6",
                   "by_default": "warn", "position": "90"},
    "definitions": {"code": "pupils_mentor", "title": "Обучающиеся-наставники", "kinds": ["pupil"], "roles": "mentor",
                    "needs_consent": "on", "position": "60"},
    "targets": {"definition_code": "pupils", "year": "2030", "percent": "75,5"},
    "questionnaires": {"code": "own-1", "title": "О школе", "kind": "interim", "role": "mentee", "position": "900",
                       "items-count": "1", "items-0-text": "Как дела?", "items-0-type": "scale"},
    "acts": {"code": "order-1", "title": "Приказ министерства", "level": "regional", "issued_on": "2026-01-31"},
    "profiles": {"code": "own", "title": "Свой", "base_word": "bank", "programme_word": "программа", "position": "30",
                 "stages-0-title": "Подготовка", "stages-0-0-title": "Издать приказ", "stages-1-title": "",
                 "stages-0-1-title": ""},
}  # fmt: skip


@pytest.fixture
def admin(db, client_at):
    return sign_in(client_at, "region", "region_admin")


@pytest.fixture
def others(db, client_at):
    return [
        sign_in(client_at, "region", "region_operator"),
        sign_in(client_at, "region", "district_specialist", str(world.DISTRICT)),
    ]


def edited(slug: str) -> tuple[str, dict[str, object]]:
    """Return the address and the form of an edit of each kind."""
    kind = KINDS[slug]
    with region():
        entry = kind.model.objects.now().order_by("code").first()
        form = kind.form(entry=entry)
        data = {name: form.initial.get(name) for name in form.fields}
        data = {name: ("on" if value is True else value) for name, value in data.items() if value not in (None, False)}
        data |= as_fields(data.pop("stages", []))
        data |= {"based_on": str(entry.pk), "source": "Приказ № 1"}
        if items := data.pop("items", None):
            data |= {"items-count": str(len(items))}
            for place, item in enumerate(items):
                titles = "\n".join(option["title"] for option in item.get("options", ()))
                data |= {f"items-{place}-{key}": item[key] for key in ("code", "text", "type")}
                data |= {f"items-{place}-options": titles, f"items-{place}-place": str(place)}
        return f"/reference/{slug}/entry/{entry.code}/", data


def rows() -> list[tuple[str, int]]:
    with region():
        return sorted((row.code, row.version) for kind in KINDS.values() for row in kind.model.objects.all())


@pytest.mark.parametrize("slug", KINDS)
def test_reading_is_for_every_role(admin, others, slug):
    address, _data = edited(slug)
    for client in (admin, *others):
        for path in ("/reference/", f"/reference/{slug}/", address):
            assert client.get(path).status_code == 200


@pytest.mark.parametrize("slug", KINDS)
def test_changing_is_the_administrators(admin, others, slug):
    address, data = edited(slug)
    acts = [
        (f"/reference/{slug}/new/", NEW[slug]),
        (f"{address}edit/", data),
        (f"{address}offer/", {"is_offered": "0", "based_on": data["based_on"]}),
    ]
    before = rows()
    for client in others:
        for path, form in acts:
            assert client.post(path, form).status_code == 403
    assert rows() == before
    with region():
        assert not AuditRecord.objects.filter(action__startswith="reference").exists()
    for number, (path, form) in enumerate(acts[:2], start=1):
        answer = admin.post(path, form)
        assert answer.status_code == 302, answer.content.decode()
        assert len(rows()) == len(before) + number


def test_the_page_of_an_entry_shows_every_version(admin):
    address, data = edited("definitions")
    admin.post(f"{address}edit/", {**data, "title": "Новое имя", "age_from": "11"})
    text = admin.get(address).content.decode()
    assert "Действует редакция 2" in text
    assert "Новое имя" in text
    assert "Приказ № 1" in text
    assert "поставлено с платформой" in text
    assert "Проверочный Пользователь" in text


def test_of_two_operators_the_second_is_told(admin):
    address, data = edited("forms")
    admin.post(f"{address}edit/", {**data, "title": "первая правка"})
    answer = admin.post(f"{address}edit/", {**data, "title": "вторая правка"})
    text = answer.content.decode()
    assert "уже изменена другим" in text
    assert "вторая правка" in text
    # Sending the same page again must not slip through.
    assert f'value="{data["based_on"]}"' in text
    with region():
        assert Form.objects.now().get(code=address.split("/")[-2]).title == "первая правка"


def test_withdrawing_and_offering_again(admin):
    address, data = edited("forms")
    admin.post(f"{address}offer/", {"is_offered": "0", "based_on": data["based_on"]})
    assert "снята с предложения" in admin.get(address).content.decode()
    stale = admin.post(f"{address}offer/", {"is_offered": "1", "based_on": data["based_on"]}, follow=True)
    assert "уже изменена" in stale.content.decode()
    with region():
        now = Form.objects.now().get(code=address.split("/")[-2])
    admin.post(f"{address}offer/", {"is_offered": "1", "based_on": str(now.pk)})
    with region():
        assert Form.objects.now().get(code=now.code).is_offered


def test_codes_that_follow_from_the_content(admin):
    for slug in ("variants", "targets"):
        admin.post(f"/reference/{slug}/new/", NEW[slug])
    with region():
        assert RoleVariant.objects.get(title="старший – младший").code == "pupil-pupil-5"
        target = Target.objects.get(code="pupils-2030")
        assert str(target.percent) == "75.50"
    assert "уже занято" in admin.post("/reference/targets/new/", NEW["targets"]).content.decode()


@pytest.mark.parametrize(
    ("slug", "change", "words"),
    [
        ("definitions", {"age_from": "19", "age_to": "10"}, "меньше нижней"),
        ("definitions", {"kinds": []}, "Обязательное поле"),
        ("definitions", {"kinds": ["parent"]}, "Выберите корректный вариант"),
        ("targets", {"percent": "101"}, "меньше либо равно 100"),
        ("acts", {"url": "javascript:alert(1)"}, "правильный URL"),
        ("forms", {"code": "плохой код"}, "латинских букв"),
        ("forms", {"code": "pupil-pupil"}, "уже занято"),
    ],
)
def test_refused_content_makes_nothing(admin, slug, change, words):
    before = rows()
    answer = admin.post(f"/reference/{slug}/new/", {**NEW[slug], **change})
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert rows() == before


def test_unknown_kinds_and_entries(admin):
    for path in ("/reference/nonsense/", "/reference/forms/entry/nonsense/", "/reference/nonsense/new/"):
        assert admin.get(path).status_code == 404


def test_search_folds_case_and_yo(admin):
    text = admin.get("/reference/variants/?q=ОДАРЕННЫЙ").content.decode()
    assert "одарённый ученик" in text
    assert "лидер" not in text


def test_what_is_shipped_says_where_it_is_from(admin):
    assert "Р-145" in admin.get("/reference/acts/").content.decode()
    with region():
        assert LegalAct.objects.now().count() == 7
        assert Definition.objects.now().count() == 5


def test_more_ranges_of_ages_than_one_pass_can_tell_apart_are_refused_at_their_field(admin) -> None:
    for number in range(MOST_AGE_RANGES):
        data = {**NEW["definitions"], "code": f"ages{number}", "age_from": "5", "age_to": str(30 + number)}
        response = admin.post("/reference/definitions/new/", data)
        if response.status_code != 302:
            break
    # The shipped definitions have ranges of their own, so the last of ours finds no room.
    assert 10 < number < MOST_AGE_RANGES
    text = response.content.decode()
    assert f"Разных возрастных границ у показателей не больше {MOST_AGE_RANGES}" in text
    assert data["age_to"] in text, "what was typed is kept"


def test_a_profile_is_edited_by_plain_fields_and_forgets_empty_lines(admin):
    task = {"title": "Издать приказ", "term": "", "responsible": "", "result": "", "product": ""}
    assert admin.post("/reference/profiles/new/", NEW["profiles"]).status_code == 302
    with region():
        assert Profile.objects.get(code="own").stages == [{"title": "Подготовка", "tasks": [task]}]
    page = admin.get("/reference/profiles/entry/r-145/edit/").content.decode()
    assert 'value="Утвердить пары приказом"' in page
    assert '<option value="orders" selected>' in page
    assert page.count('<details class="fold"') == 8
    assert admin.get("/reference/profiles/new/").content.decode().count('<details class="fold"') == 7


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"stages-0-title": ""}, "Впишите название этапа 1"),
        ({"stages-0-0-title": "", "stages-0-0-term": "май"}, "есть мероприятие без названия"),
        ({"stages-0-0-title": "x" * 201}, "Слишком длинный"),
        ({f"stages-0-{n}-title": "Дело" for n in range(21)}, "не больше 20 мероприятий"),
        ({f"stages-{n}-title": "Этап" for n in range(13)}, "Этапов не больше 12"),
        ({"stages-0-title": "", "stages-0-0-title": ""}, "Обязательное поле"),
    ],
)
def test_a_faulty_profile_comes_back_with_the_reason(admin, changed, words):
    page = admin.post("/reference/profiles/new/", NEW["profiles"] | changed)
    assert page.status_code == 200
    assert words in page.content.decode()
