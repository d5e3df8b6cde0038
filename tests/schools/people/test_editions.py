"""Two who change one record: of cards, papers and settings the later one learns what the earlier wrote."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from core.audit.models import AuditRecord
from core.tenancy import school
from schools.people.editions import changed_since, edition_of
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.rollover_plan import ClassChoice, plan_choices, plan_of, save_plan
from schools.people.school_year import Outcome
from schools.people.services import PersonData, edit_person, person_values
from tests.schools.makers import actor_with, make_order, make_person
from tests.support.accounts import sign_in
from tests.support.world import PAIR, SCHOOL_A, SCHOOL_B


def opened(page):
    """Return what a browser would send back of the inputs of the page's last form."""
    form = page[page.rindex("<form") :]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, kind = re.search(r'name="([^"]+)"', tag), re.search(r'type="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and (kind is None or kind.group(1) not in ("checkbox", "radio") or " checked" in tag):
            sent.setdefault(name.group(1), []).append(unescape(value.group(1)) if value else "")
    for name, options in re.findall(r'<select[^>]*? name="([^"]+)"(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = [chosen.group(1) if chosen else ""]
    for name, text in re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>([^<]*)', form):
        sent[name] = [unescape(text).strip()]
    return sent


def both(client_at, address, first, second):
    """Let two open a page; the director sends ``first``, then the coordinator ``second``; return what he is told."""
    late, early = (sign_in(client_at, SCHOOL_A, role) for role in ("coordinator", "director"))
    seen = [opened(each.get(address).content.decode()) for each in (late, early)]
    assert early.post(address, {**seen[1], **first}).status_code == 302
    clash = late.post(address, {**seen[0], **second})
    assert clash.status_code == 200
    assert "Пока вы писали, запись изменил другой человек" in clash.content.decode()
    return late, clash.content.decode()


def test_a_card_says_what_was_changed_and_keeps_what_was_typed(client_at, db):
    with school(SCHOOL_A.schema):
        person = make_person("Карточкина Ада", kinds=("parent",))
    address = f"/people/{person.pk}/edit/"
    first = {"phone": "+7 900 111-11-11", "kinds": ["parent", "teacher"]}
    late, clash = both(client_at, address, first, {"phone": "+7 900 222-22-22", "patronymic": "Ильинична"})
    assert "Здесь теперь: «+7 900 111-11-11»." in clash
    sent = opened(clash)
    assert (sent["phone"], sent["patronymic"]) == (["+7 900 222-22-22"], ["Ильинична"])
    assert sorted(sent["kinds"]) == ["parent", "teacher"]
    with school(SCHOOL_A.schema):
        assert Person.objects.get(pk=person.pk).phone == "+7 900 111-11-11"
    assert late.post(address, sent).status_code == 302
    with school(SCHOOL_A.schema):
        stored = Person.objects.get(pk=person.pk)
        assert (stored.phone, stored.patronymic) == ("+7 900 222-22-22", "Ильинична")
        assert stored.kinds.count() == 2


def test_requisites_days_of_a_pair_rules_and_forms_too(client_at, db):
    both(client_at, "/papers/requisites/", {"place": "Тверь"}, {"address": "ул. Мира, 1"})
    both(client_at, f"/pairs/{PAIR}/edit/", {"ends_on": "2027-05-31"}, {"ends_on": "2027-06-30"})
    rules = "/clearances/rules/"
    with school(SCHOOL_A.schema):
        from schools.programme.own_forms import FormData, add_form

        data = FormData(title="Своя", mentor_kinds=["teacher"], mentee_kinds=["pupil"])
        own = add_form(actor=actor_with("director"), data=data)
        from schools.clearances.selectors import rules_now

        one, two = list(rules_now())[:2]
    _late, clash = both(client_at, rules, {one: "off"}, {two: "off"})
    _late, form = both(client_at, f"/programme/forms/{own.pk}/", {"title": "Наша"}, {"mentee_kinds": ["teacher"]})
    assert opened(form)["title"] == ["Наша"]
    assert (opened(clash)[one], opened(clash)[two]) == (["off"], ["off"])


def test_the_plan_of_the_next_year_too(client_at, db, today):
    with school(SCHOOL_A.schema):
        pupils = [
            make_person(name, room=room, admitted=date(2024, 9, 1))
            for name, room in (("Аа Аа", "5А"), ("Бб Бб", "5Б"), ("Вв Вв", "5А"))
        ]
        one, two = (pupil.enrolments.get().school_class_id for pupil in pupils[:2])
        key = str(pupils[0].enrolments.get().pk)
    first, second = {f"title-{one}": "6К"}, {f"title-{two}": "6Л"}
    late, clash = both(client_at, "/people/rollover/", first, second)
    assert "Здесь теперь: «6К»." in clash
    assert (opened(clash)[f"title-{one}"], opened(clash)[f"title-{two}"]) == (["6К"], ["6Л"])
    assert late.post("/people/rollover/", opened(clash)).status_code == 302
    _late, clash = both(client_at, f"/people/rollover/classes/{one}/", {key: "repeat"}, {key: "graduate"})
    assert "Здесь теперь: «остаётся на второй год»." in clash


def test_a_program_that_read_another_plan_is_told_so(inside):
    director = actor_with("director")
    rooms = [make_person(f"Ученик Имя{room}", room=room, admitted=date(2024, 9, 1)) for room in ("5А", "5Б")]
    one, two = (pupil.enrolments.get().school_class_id for pupil in rooms)
    act = {"actor": director, "day": date(2026, 9, 1)}
    seen = edition_of(plan_choices(plan_of(actor=director)))
    mine, other = ({key: ClassChoice(Outcome.PROMOTE, title)} for key, title in ((one, "6К"), (two, "6Л")))
    for _time in range(2):
        save_plan(**act, classes=mine, version=seen)
    with pytest.raises(FaultyActError) as late:
        save_plan(**act, classes=other, version=seen)
    assert [(fault.code, fault.field) for fault in late.value.faults] == [("stale", ""), ("stale", "classes")]
    assert "5А – 6К, 5Б – 6Б" in late.value.faults[1].sentence
    save_plan(**act, classes=other, version=edition_of(plan_choices(plan_of(actor=director))))
    save_plan(**act, classes={one: ClassChoice(Outcome.REPEAT)})
    assert {row.title: row.next_title for row in plan_of(actor=director).classes}["5Б"] == "6Л"


def test_days_of_an_enrolment_its_class_and_its_end_too(client_at, db):
    with school(SCHOOL_A.schema):
        pupil = make_person("Дневная Дарья", room="6А")
        at = f"/people/enrolments/{pupil.enrolments.get().pk}"
    late, clash = both(client_at, f"{at}/days/", {"admitted_on": "2026-09-02"}, {"admitted_on": "2026-09-03"})
    assert "Здесь теперь: «02.09.2026»." in clash
    assert opened(clash)["admitted_on"] == ["2026-09-03"]
    assert late.post(f"{at}/days/", opened(clash)).status_code == 302
    _late, clash = both(client_at, f"{at}/class/", {"class_name": "7а"}, {"class_name": "7Б"})
    assert ("Здесь теперь: «7А»." in clash, opened(clash)["class_name"]) == (True, ["7Б"])
    _late, clash = both(client_at, f"{at}/leave/", {"left_on": "2026-10-01"}, {"left_on": "2026-10-02"})
    assert ("Здесь теперь: «01.10.2026»." in clash, opened(clash)["left_on"]) == (True, ["2026-10-02"])
    with school(SCHOOL_A.schema):
        row = pupil.enrolments.get()
        assert (row.admitted_on, row.school_class.title, row.left_on) == (
            date(2026, 9, 3), "7А", date(2026, 10, 1),
        )  # fmt: skip


def test_the_kinship_of_a_representative_too(client_at, db):
    with school(SCHOOL_A.schema):
        ward, mother = make_person("Роднин Роман"), make_person("Роднина Рая", date(1985, 1, 1), kinds=("parent",))
    address = f"/people/{ward.pk}/guardians/new/"
    late, early = (sign_in(client_at, SCHOOL_A, role) for role in ("coordinator", "director"))
    found = {"search": "1", "q": "роднина"}
    seen = [opened(each.post(address, found).content.decode()) for each in (late, early)]
    assert early.post(address, {**seen[1], "guardian": mother.pk, "kinship": "мать"}).status_code == 302
    clash = late.post(address, {**seen[0], "guardian": mother.pk, "kinship": "опекун"}).content.decode()
    assert "Здесь теперь: «мать»." in clash
    assert "уже записан: мать" in clash
    assert opened(clash)["kinship"] == ["опекун"]
    assert late.post(address, opened(clash)).status_code == 302
    with school(SCHOOL_A.schema):
        assert ward.guardians.get().kinship == "опекун"


def test_a_round_who_takes_part_in_it_and_the_rule_of_the_feed_too(client_at, db):
    with school(SCHOOL_A.schema):
        from schools.imports.feed import feed_policy, policy_values, set_feed_policy
        from schools.matching.editions import support_values
        from schools.matching.models import Candidate, Round
        from schools.matching.waiting import mark_support

        person = make_person("Подборова Полина", room="7А")
        found = Round.objects.create(form_code="pupil-pupil", title="Осень", created_at=person.created_at)
        row = Candidate.objects.create(round=found, person=person, side="mentor", number=1)
    address = f"/matching/{found.pk}/edit/"
    _late, clash = both(client_at, address, {"title": "Зима"}, {"meeting_on": "2026-12-01", "title": "Весна"})
    assert (opened(clash)["title"], opened(clash)["meeting_on"]) == (["Весна"], ["2026-12-01"])
    _late, clash = both(client_at, f"/matching/candidates/{row.pk}/", {"capacity": "3"}, {"age_to": "15"})
    assert (opened(clash)["capacity"], opened(clash)["age_to"]) == (["3"], ["15"])
    with school(SCHOOL_A.schema):
        director = actor_with("director")
        values = {"is_automatic": True, "most_refused_percent": 1, "most_absent": 2}
        read = edition_of(policy_values(feed_policy()))
        set_feed_policy(actor=director, seen=read, **values)
        set_feed_policy(actor=director, seen=read, **values)
        with pytest.raises(FaultyActError, match="stale"):
            set_feed_policy(actor=director, seen=read, **{**values, "most_absent": 3})
        assert feed_policy().most_absent == 2
        waits = {"side": "mentee", "number": 1, "waiting_since": date(2026, 11, 1)}
        over = Round.objects.create(form_code="pupil-pupil", title="Лето", created_at=person.created_at)
        Round.objects.filter(pk=over.pk).update(state="published")
        row = Candidate.objects.create(round=over, person=person, **waits)
        read, marked = edition_of(support_values(row)), {"actor": director, "candidate_id": row.pk}
        for _again in range(2):
            mark_support(**marked, has_support=True, seen=read)
        assert AuditRecord.objects.filter(action="matching.support_marked").count() == 1
        with pytest.raises(FaultyActError, match="stale"):
            mark_support(**marked, has_support=False, seen=read)


def test_what_was_recorded_of_consents_papers_and_orders_too(client_at, db):
    from schools.clearances.models import Clearance
    from schools.consents.models import Consent

    with school(SCHOOL_A.schema):
        person = make_person("Бумагин Борис", kinds=("employer",))
        fields = {"person": person, "issued_on": date(2026, 9, 1)} | {"recorded_at": person.created_at}
        paper = Clearance.objects.create(kind="criminal-record", number="1", **fields)
        signed = {"signer": "self", "given_on": date(2026, 9, 1), "created_at": person.created_at}
        consent = Consent.objects.create(person=person, kind="processing", **signed)
        order = make_order("5-о")
    for address in (
        f"/orders/{order.pk}/correct/",
        f"/clearances/{paper.pk}/correct/",
        f"/consents/{consent.pk}/correct/",
    ):
        _late, clash = both(client_at, address, {"number": "7"}, {"number": "8"})
        assert "Здесь теперь: «7»." in clash


def test_programs_name_the_version_they_read(inside):
    director, person = actor_with("director"), make_person("Карточкина Ада", kinds=("parent",))
    data = {"surname": "Карточкина", "name": "Ада", "birth_date": person.birth_date, "kinds": ["parent"]}
    seen = edition_of(person_values(person))
    for _time in range(2):
        edit_person(actor=director, person_id=person.pk, data=PersonData(**data, phone="1"), seen=seen)
    with pytest.raises(FaultyActError) as late:
        edit_person(actor=director, person_id=person.pk, data=PersonData(**data, phone="2"), seen=seen)
    assert [(fault.code, fault.field) for fault in late.value.faults] == [("stale", ""), ("stale", "phone")]
    edit_person(actor=director, person_id=person.pk, data=PersonData(**data, phone="2"))


def test_a_stamp_tells_which_values_changed_and_is_of_one_school(db):
    with school(SCHOOL_A.schema):
        seen = edition_of({"a": 1, "b": [date(2026, 9, 1)], "c": None})
        assert changed_since(seen, {"a": 1, "b": [date(2026, 9, 2)], "c": None}) == ["b"]
        assert changed_since(seen, {"c": None, "b": [date(2026, 9, 1)], "a": 1}) == []
        assert changed_since("?", {"a": 1, "b": 2, "c": 3}) == ["a", "b", "c"]
    with school(SCHOOL_B.schema):
        assert len(changed_since(seen, {"a": 1, "b": [date(2026, 9, 1)], "c": None})) == 3
