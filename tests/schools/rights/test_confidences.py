"""What somebody told in confidence is printed for him, and never by whoever stands beside him, whatever else he is."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from core.api.models import KeptAnswer
from core.audit.services import record
from core.authz import load_actor
from core.tenancy import school
from schools.matching.models import Candidate, Round
from schools.meetings.models import Meeting
from schools.pairs.models import Pair
from schools.participants.models import Concern
from schools.people.models import Guardianship
from schools.rights.confidences import why_kept
from schools.rights.printing import counts_for, held_on
from schools.rights.registry import HIDDEN, subject_of
from schools.worklist.models import Contact
from tests.schools.makers import TODAY, actor_with, make_pair, make_person
from tests.schools.rights.makers import NOW, make_somebody
from tests.support.accounts import make_user, sign_in
from tests.support.world import SCHOOL_A

CONFIDENCES = {
    "api.keptanswer",
    "matching.candidate",
    "matching.proposal",
    "pairs.partnerrequest",
    "participants.concern",
    "questionnaires.response",
    "worklist.contact",
}
# Said by the person of ``make_somebody`` to those who follow the pair.
SAID = ("Жар-птицына хочет летать", "О Жар-птицыной", "Жар-птицыной далеко")


def mentor_of(person: Any) -> Any:
    return Pair.objects.get(mentee=person, order__isnull=False).mentor


def partial(actor: Any, person: Any) -> tuple[set[str], set[str], str]:
    """Return the tables left out as a whole, those shown in part, and all that is printed."""
    printed = held_on(actor=actor, person_id=person.pk)
    told = [each for each in printed.sections if each.left_out]
    assert all(not each.rows and not each.values for each in told if each.left_out.startswith("Не показано."))
    whole = {each.table for each in told if each.left_out.startswith("Не показано.")}
    return whole, {each.table for each in told} - whole, str(printed.as_data())


def test_a_director_does_not_print_what_his_mentee_confided(inside):
    person = make_somebody()
    user = make_user("director", person_id=mentor_of(person).pk, with_totp=False)
    told = Concern.objects.get(person=person)
    speaker = load_actor(make_user("mentee", person_id=person.pk, with_totp=False))
    record(actor=speaker, action="participants.concern_told", object_type="participants.concern", object_id=told.pk)

    whole, part, text = partial(load_actor(user), person)
    assert whole == CONFIDENCES
    assert part == {"meetings.meeting", "audit.auditrecord"}
    assert [words for words in (*SAID, "concern_told", "Жар-птицына довольна") if words in text] == []
    assert "Жар-птицына пришла" in text
    counts, why = counts_for(load_actor(user), subject_of(person))
    assert {holding.model._meta.label_lower for holding, _count in counts} & CONFIDENCES == set()
    assert "в паре" in why

    # The same for anybody else who may print: whole.
    whole, part, text = partial(actor_with("coordinator"), person)
    assert (whole, part) == (set(), set())
    assert [words for words in SAID if words not in text] == []
    assert "concern_told" in text


def test_whoever_else_stands_beside(inside):
    reader_card, child = make_person("Директорова Анна", kinds=("teacher", "parent")), make_person("Директоров Ян")
    Guardianship.objects.create(guardian=reader_card, ward=child, kinship="мать")
    own_mentor, mentor_of_child, former, candidate, mother, stranger = (
        make_person(f"{name} Лев") for name in ("Первый", "Второй", "Третий", "Пятый", "Шестая", "Чужой")
    )
    make_pair(own_mentor, reader_card)
    make_pair(mentor_of_child, child)
    make_pair(reader_card, former, starts_on=date(2020, 9, 1), ends_on=date(2021, 5, 31))
    # A parent may have written for his child while he was its representative.
    Guardianship.objects.create(guardian=mother, ward=former, kinship="мать", to_date=date(2022, 1, 1))
    found = Round.objects.create(form_code="teacher-pupil", title="Осень", created_at=NOW)
    for number, (side, one) in enumerate((("mentor", reader_card), ("mentee", candidate), ("mentor", stranger))):
        Candidate.objects.create(round=found, person=one, side=side, number=number)
    reader = actor_with("director", person_id=reader_card.pk)

    def is_kept(person: Any) -> bool:
        return bool(why_kept(reader, subject_of(person)))

    beside = (own_mentor, mentor_of_child, former, candidate, mother, child)
    assert [is_kept(one) for one in beside] == [True] * len(beside)
    # One's own is one's own, and whoever stands on the same side of a round has not spoken of him.
    assert [is_kept(one) for one in (reader_card, stranger)] == [False, False]
    assert why_kept(actor_with("director"), subject_of(former)) == ""


def test_nobody_gets_a_note_about_himself_nor_what_the_other_one_said(inside):
    mentor, mentee = make_person("Наставник Лев", date(1980, 1, 1), ("teacher",)), make_person("Лисицын Пётр")
    pair = make_pair(mentor, mentee)
    was = [{"at": NOW.isoformat(), "by": "", "was": {"note": "Прежняя заметка", "topic": "Тема"}}]
    said = {"kind": "regular", "state": "held", "held_on": TODAY, "created_at": NOW}
    Meeting.objects.create(pair=pair, note="Заметка о мальчике", corrections=was, **said)
    for side in ("mentor", "mentee", "both"):
        Contact.objects.create(pair=pair, held_on=TODAY, side=side, note=f"Сказано: {side}", created_at=NOW)
    by, words = actor_with("director"), ("Заметка о мальчике", "Прежняя заметка")

    of_mentee = partial(by, mentee)[2]
    assert [each in of_mentee for each in (*words, "Сказано: mentor", "Сказано: both")] == [False] * 4
    assert [each in of_mentee for each in ("Сказано: mentee", "Тема", str(HIDDEN))] == [True] * 3
    of_mentor = partial(by, mentor)[2]
    assert [each in of_mentor for each in (*words, "Сказано: mentor")] == [True] * 3
    assert [each in of_mentor for each in ("Сказано: mentee", "Сказано: both")] == [False] * 2


def test_an_answer_to_who_settled_a_confidence_is_printed_for_nobody(inside):
    mentor, mentee = make_person("Наставник Лев", date(1980, 1, 1), ("teacher",)), make_person("Лисицын Пётр")
    make_pair(mentor, mentee)
    curator, own = make_user("coordinator", with_totp=False), make_user("mentor", person_id=mentor.pk, with_totp=False)
    said = {"body_hash": "h", "created_at": NOW, "body": {"mentor": str(mentor.pk), "text": "С ним трудно"}}
    KeptAnswer.objects.create(sender=curator.pk, route="concerns/1/closing/", key="1", **said)
    KeptAnswer.objects.create(sender=own.pk, route="meetings/", key="2", **said)
    text = partial(load_actor(curator), mentor)[2]
    assert [words in text for words in ("С ним трудно", "concerns/1", "meetings/")] == [False, False, True]


def test_page_file_and_api_leave_it_out_alike(client_at, db, today):
    with school(SCHOOL_A.schema):
        mentor, mentee = make_person("Наставник Лев", date(1980, 1, 1), ("teacher",)), make_person("Лисицын Пётр")
        pair = make_pair(mentor, mentee)
        Concern.objects.create(person=mentee, pair=pair, text="Трудно", said_by=pair.pk, said_at=NOW)
    client = sign_in(client_at, SCHOOL_A, "director", person_id=mentor.pk)
    for address in ("/rights/people/{}/", "/rights/people/{}/file/", "/api/v1/people/{}/held/"):
        answer = client.get(address.format(mentee.pk))
        given = answer.content.decode() if "api" not in address else json.dumps(answer.json(), ensure_ascii=False)
        assert (answer.status_code, "Трудно" in given) == (200, False)
        assert "состоите или состояли в паре" in given
