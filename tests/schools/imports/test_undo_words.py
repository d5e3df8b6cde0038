"""What stands on an import, in words and with a way there, for pages and for programmes."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from core.authz import Actor, system_actor
from core.tenancy import school
from schools.imports import undo_words
from schools.imports.journal import WATCHED
from schools.imports.undo_words import shown_obstacles
from schools.imports.undoing import Obstacle, obstacles_to_undo
from schools.matching.models import Candidate, Support
from schools.meetings.models import Meeting, Plan
from schools.pairs.models import Pair, PartnerRequest
from schools.papers.models import Attachment, OrderText
from schools.participants.models import Concern
from schools.people.models import FormerName, Guardianship, MergedPerson, SchoolClass
from schools.worklist.models import Contact, Reminder
from tests.schools.imports.test_undoing import IVANOV, PAIR, PETROV, SEPTEMBER, imported, pair_file, people_file, person
from tests.schools.matching.makers import make_round
from tests.schools.questionnaires.makers import make_response
from tests.schools.questionnaires.makers import make_round as make_asking
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A


@pytest.fixture
def actor(inside: None) -> Actor:
    return system_actor("test")


def _by_the_packages_above(pair: Pair) -> None:
    """Make a row of every table that hangs on a pair, its people or its order, and of none twice."""
    now = timezone.now()
    of_pair = {"pair": pair}
    Meeting.objects.create(**of_pair, kind="regular", state="held", held_on=SEPTEMBER, created_at=now)
    Plan.objects.create(**of_pair, kind="individual", changed_at=now)
    PartnerRequest.objects.create(**of_pair, side="mentee", wish="other", asked_by=uuid4(), asked_at=now)
    Contact.objects.create(**of_pair, held_on=SEPTEMBER, created_at=now)
    Reminder.objects.create(**of_pair, user_id=uuid4(), matter="stuck", day=SEPTEMBER)
    Concern.objects.create(**of_pair, person=pair.mentee, said_at=now)
    make_response(make_asking(), pair.mentee)
    Candidate.objects.create(round=make_round(), person=pair.mentee, side="mentee", number=1)
    Support.objects.create(person=pair.mentee, marked_at=now)
    OrderText.objects.create(order=pair.order, lines=[], format=1, kept_at=now)
    Attachment.objects.create(order=pair.order, media="application/pdf", size_bytes=1, added_at=now)
    FormerName.objects.create(person=pair.mentee, full_name="Петин Пётр", folded_name="петин петр", until=SEPTEMBER)
    MergedPerson.objects.create(id=uuid4(), person=pair.mentee, merged_at=now)


@pytest.mark.urls("config.urls.school")
def test_whatever_stands_on_it_is_told_in_words_with_a_way_there(actor: Actor) -> None:
    job = imported(actor, people_file(IVANOV, PETROV), pair_file([*PAIR[:7], "44-а", "05.09.2026"]))
    pair = Pair.objects.select_related("mentee", "order").get(mentor__surname="Иванов")
    _by_the_packages_above(pair)
    shown = {item.kind: item for item in shown_obstacles(obstacles_to_undo(job))}
    other = shown.pop("other")
    assert (other.count, other.ids, other.links) == (2, (), []), "a reminder and a concern: nobody can tell which"
    assert {kind for kind, item in shown.items() if not item.links} == set()
    urls = {kind: [link.url for link in item.links] for kind, item in shown.items()}
    assert urls["meetings.meeting"] == [f"/meetings/pair/{pair.pk}/"]
    assert [link.label for link in shown["meetings.plan"].links] == ["Иванов Иван – Петров Пётр"]
    assert urls["papers.attachment"] == [f"/papers/orders/{pair.order_id}/files/"]
    assert str(pair.pk) not in str(urls["pairs.partnerrequest"]), "who asked for another partner is told in its list"
    assert all(item.more == 0 and len(item.ids) == item.count for item in shown.values())


def test_every_table_that_can_stand_on_an_import_has_its_words() -> None:
    """A new table that points at what imports write fails here: give it words, or a reason to have none."""
    above = {
        relation.related_model
        for model in WATCHED
        if model is not SchoolClass
        for relation in model._meta.related_objects
    }
    without = {model._meta.label_lower for model in above if not undo_words._sentence(Obstacle("depends", model, 1))}
    assert without == {"participants.concern", "worklist.reminder"}


@pytest.mark.django_db
def test_a_programme_learns_what_stands_on_it(client_at: Callable[..., Client]) -> None:
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    with school(SCHOOL_A.schema):
        job = imported(system_actor("test"), people_file(IVANOV, PETROV))
        tie = Guardianship.objects.create(guardian=person("Иванов"), ward=person("Петров"), kinship="брат")
    told = client.get(f"/api/v1/imports/{job.pk}/undo/").json()
    words = "Людям из этой загрузки записаны представители или подопечные"
    obstacle = {"kind": "people.guardianship", "sentence": words, "count": 1, "ids": [str(tie.pk)]}
    assert told == {"can_be_undone": False, "obstacles": [obstacle]}
