"""What becomes of a pupil and of a year is told to other programmes, with ids alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.tenancy import school
from schools.people import receiving, releasing
from schools.people.releasing import ReleaseData
from schools.people.rollover import roll_over, undo_rollover
from schools.rights.services import RequestData, destroy, register_request
from tests.schools.makers import actor_with, make_person
from tests.support.world import SCHOOL_A, SCHOOL_B

Told = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, db: None, today: date) -> Told:
    found: Told = []
    monkeypatch.setattr("core.events.catalogue.tell", lambda event: found.append((event.kind.name, dict(event.data))))
    return found


def test_a_transfer_is_told_in_the_school_that_acts(told: Told) -> None:
    data = ReleaseData(to_code="sch-b", leaves_on=date(2026, 11, 20), basis="Заявление")
    with school(SCHOOL_A.schema):
        actor, pupil = actor_with("director"), make_person("Переводов Пётр Петрович", room="7А")
        taken_back = releasing.release_pupil(actor=actor, person_id=pupil.pk, data=data).pk
        releasing.withdraw_release(actor=actor, transfer_id=taken_back)
        key = releasing.release_pupil(actor=actor, person_id=pupil.pk, data=data).pk
    with school(SCHOOL_B.schema):
        # Handed out again, or after it was taken back, it tells nothing more.
        for each in (taken_back, key, key):
            receiving.note_offer(transfer_id=each)
        taken = receiving.accept_transfer(actor=actor_with("director"), transfer_id=key, class_name="7Б")
        receiving.note_offer(transfer_id=key)
    with school(SCHOOL_A.schema):
        receiving.note_offer(transfer_id=key)
        releasing.settle_release(transfer_id=key)
        releasing.settle_release(transfer_id=key)
    person = str(pupil.pk)
    assert told == [
        ("transfer.offered", {"transfer": str(taken_back), "person": person}),
        ("transfer.ended", {"transfer": str(taken_back), "person": person, "state": "withdrawn"}),
        ("transfer.offered", {"transfer": str(key), "person": person}),
        ("transfer.received", {"transfer": str(key)}),
        ("transfer.accepted", {"transfer": str(key), "person": str(taken.pk)}),
        ("transfer.ended", {"transfer": str(key), "person": person, "state": "accepted"}),
    ]


def test_the_move_into_a_year_and_the_end_of_somebodys_data_are_told(told: Told) -> None:
    with school(SCHOOL_A.schema):
        actor = actor_with("director")
        make_person("Пятый Пётр", room="5А", admitted=date(2020, 9, 1))
        row = roll_over(actor=actor, year=2026)
        undo_rollover(actor=actor, year=2026)
        asked = RequestData(asked_by="representative", basis="withdrawn", asked_on=date(2026, 11, 1))
        person = make_person("Лишняя Ия")
        request = register_request(actor=actor, person_id=person.pk, data=asked)
        key = str(person.pk)
        destroy(actor=actor, request_id=request.pk, confirmation="уничтожить")
    assert told == [
        ("rollover.done", {"rollover": str(row.pk), "year": 2026}),
        ("rollover.undone", {"rollover": str(row.pk), "year": 2026}),
        ("destruction.done", {"destruction": str(request.pk), "person": key}),
    ]
