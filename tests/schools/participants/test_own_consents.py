"""A parent's and a participant's own consents: who sees them, who takes them back, and that it acts at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from core.audit.models import AuditRecord
from core.authz import RefusedError
from core.tenancy import school
from schools.consents import own
from schools.consents.domain import may_withdraw_own
from schools.consents.models import Consent
from schools.consents.selectors import has_consent
from schools.pairs.selectors import own_pairs
from schools.papers.consent_services import own_consent_file
from schools.participants.own_consents import sheets
from schools.people.models import Guardianship, Person
from tests.schools.makers import TODAY, actor_with, make_consent, make_order, make_pair, make_person
from tests.schools.questionnaires.makers import make_response, make_round
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

BORN = date(1985, 1, 1)


@pytest.fixture
def family(inside: None, today: None) -> dict[str, Any]:
    child = make_person("Ёлкин Лев Ильич", date(2013, 2, 3), room="7А")
    mother = make_person("Ёлкина Анна Львовна", BORN, ("parent",))
    Guardianship.objects.create(guardian=mother, ward=child, kinship="мать")
    consent = make_consent(child, number="17", signer_kinship="мать")
    return {"child": child, "mother": mother, "consent": consent, "actor": actor_with("parent", person_id=mother.pk)}


@pytest.mark.parametrize(
    ("signer", "born", "is_his"),
    [
        ("self", date(1990, 1, 1), True),
        ("representative", date(1990, 1, 1), True),
        ("self", date(2012, 11, 21), True),  # 14 today
        ("self", date(2012, 11, 22), False),
        ("representative", date(2010, 1, 1), False),
        ("representative", date(2008, 11, 21), True),  # 18 today
    ],
)
def test_who_takes_back_what_is_about_himself(signer: str, born: date, is_his: bool):
    assert may_withdraw_own(signer, born, TODAY) is is_his


@pytest.mark.django_db
def test_a_parent_takes_a_consent_back_and_it_acts_at_once(family: dict[str, Any]):
    child, consent, actor = family["child"], family["consent"], family["actor"]
    waiting = Person.objects.filter(has_consent(TODAY, ["processing"]), pk=child.pk)
    assert waiting.exists()
    (sheet,) = [row for row in sheets(actor, TODAY) if row.person == child]
    assert (sheet.lines[0].may_withdraw, sheet.lines[0].to_sign) == (True, "")
    missing = sheet.missing
    own.withdraw_own_consent(actor=actor, consent_id=consent.pk)
    assert not waiting.exists()
    stored = Consent.objects.get(person__surname="Ёлкин")
    assert (stored.withdrawn_on, stored.is_withdrawn_own) == (TODAY, True)
    told = AuditRecord.objects.get(action="consents.withdrawn")
    assert (told.actor_id, told.object_id) == (actor.pk, str(child.pk))
    (sheet,) = [row for row in sheets(actor, TODAY) if row.person == child]
    assert (sheet.missing, sheet.lines[0].to_sign) == (missing, "processing"), "what was taken back is not asked for"
    assert {row.code for row in sheet.unsigned if row.is_awaited} == {"participation"}
    (own_sheet,) = [row for row in sheets(actor, TODAY) if row.is_own]
    assert "participation" not in {row.code for row in own_sheet.unsigned}
    with pytest.raises(RefusedError, match="уже отозвано"):
        own.withdraw_own_consent(actor=actor, consent_id=consent.pk)


@pytest.mark.django_db
def test_nobody_but_who_represents_the_child_today(family: dict[str, Any]):
    child, consent = family["child"], family["consent"]
    make_pair(make_person("Учителева Инна", BORN, ["teacher"]), child, order=make_order())

    def guardian(name: str, **days: date) -> Any:
        person = make_person(name, BORN, ("parent",))
        if days is not None and name != "Чужая Ия":
            Guardianship.objects.create(guardian=person, ward=child, kinship="опекун", **days)
        return actor_with("parent", login=f"p{person.pk}"[:30], person_id=person.pk)

    strangers = [
        guardian("Чужая Ия"),
        guardian("Бывшая Ольга", to_date=TODAY),
        guardian("Будущая Вера", from_date=TODAY + timedelta(days=1)),
        actor_with("parent", login="without-a-card"),
        # Staff of all kinds, without being the child's own.
        actor_with("director", login="chief"),
        actor_with("class_teacher", "x", login="teacher", person_id=make_person("К Р", BORN, ["teacher"]).pk),
        # His mother under another role alone: what is a parent's is not the mentor's on a former school's paper.
        actor_with(None, login="nobody", person_id=family["mother"].pk),
    ]
    for actor in strangers:
        assert list(own.own_consents(actor).filter(person=child)) == []
        assert not own_pairs(actor).filter(mentee=child).exists()
        with pytest.raises(Http404):
            own.withdraw_own_consent(actor=actor, consent_id=consent.pk)
        with pytest.raises(Http404):
            own_consent_file(actor=actor, school="Ш", person_id=child.pk, kind="", way="pdf")
    assert Consent.objects.get(person__surname="Ёлкин").withdrawn_on is None
    other = guardian("Отцова Пара")
    assert list(own.own_consents(other)) == [consent]
    own.withdraw_own_consent(actor=other, consent_id=consent.pk)


@pytest.mark.django_db
def test_a_grown_up_child_is_his_own(family: dict[str, Any]):
    child, consent = family["child"], family["consent"]
    pair = make_pair(make_person("Учителева Инна", BORN, ["teacher"]), child, order=make_order())
    assert list(own_pairs(family["actor"])) == [pair]
    Person.objects.filter(pk=child.pk).update(birth_date=date(2008, 11, 21))
    assert list(own.own_consents(family["actor"])) == []
    assert list(own_pairs(family["actor"])) == []
    grown = actor_with("mentee", person_id=child.pk)
    assert list(own_pairs(grown)) == [pair]
    # What a parent signed waits for his own hand, but for the paper that is of minors alone.
    make_consent(child, kind="participation", number="18", signer_kinship="мать")
    (sheet,) = sheets(grown, TODAY)
    assert (sheet.missing, [line.to_sign for line in sheet.lines if line.to_sign]) == (1, ["processing"])
    own.withdraw_own_consent(actor=grown, consent_id=consent.pk)


@pytest.mark.django_db
def test_a_minor_sees_what_his_parent_signed_and_leaves_it(family: dict[str, Any]):
    pupil = actor_with("mentee", person_id=family["child"].pk)
    assert list(own.own_consents(pupil)) == [family["consent"]]
    with pytest.raises(RefusedError, match="родитель"):
        own.withdraw_own_consent(actor=pupil, consent_id=family["consent"].pk)
    assert Consent.objects.get(person__surname="Ёлкин").withdrawn_on is None
    mentor = make_person("Взрослова Ия", BORN, ["teacher"])
    his = make_consent(mentor)
    own.withdraw_own_consent(actor=actor_with("mentor", person_id=mentor.pk), consent_id=his.pk)
    assert Consent.objects.get(pk=his.pk).withdrawn_on == TODAY


def test_a_parent_s_pages(client_at, db):
    with school(SCHOOL_A.schema):
        child = make_person("Ёлкин Лев Ильич", date(2013, 2, 3), room="7А")
        mother = make_person("Ёлкина Анна Львовна", BORN, ("parent",))
        Guardianship.objects.create(guardian=mother, ward=child, kinship="мать")
        consent = make_consent(child, number="17")
        make_pair(make_person("Учителева Инна", BORN, ["teacher"]), child, order=make_order())
        asked = make_round(kind="entry")
        make_response(asked, child)
    client = sign_in(client_at, SCHOOL_A, "parent", person_id=mother.pk)
    page = client.get("/").content.decode()
    for words in ("Ёлкин Лев Ильич", "Лев, наставник: Учителева Инна", asked.title, "Ждут ответа ребёнка", "Действует"):
        assert words in page
    assert "Мои пары" not in page
    with school(SCHOOL_A.schema):
        assert AuditRecord.objects.filter(action__endswith="viewed").count() == 1
    page = client.get("/participation/consents/").content.decode()
    assert "№ 17" in page
    at = f"/participation/consents/{consent.pk}/withdraw/"
    assert at in page
    assert f"/papers/consents/own/{child.pk}.pdf?kind=" in page
    assert "Пара, которая уже есть, сама не заканчивается" in client.get(at).content.decode()
    assert "Отметьте, что вы прочитали" in client.post(at).content.decode()
    assert client.get(f"/papers/consents/own/{child.pk}.pdf").content[:4] == b"%PDF"
    assert client.post(at, {"understood": "on"}).status_code == 302
    with school(SCHOOL_A.schema):
        assert Consent.objects.get(pk=consent.pk).withdrawn_on == timezone.localdate()
    assert "Отозвано" in client.get("/participation/consents/").content.decode()
    assert "уже отозвано" in client.get(at).content.decode()
    other = sign_in(client_at, SCHOOL_A, "parent")
    assert other.get(at).status_code == other.post(at, {"understood": "on"}).status_code == 404
    assert other.get(f"/papers/consents/own/{child.pk}.pdf").status_code == 404
