"""The making of consent documents to be printed and signed; each file that leaves is recorded."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor
from core.papers import Way, written
from schools.consents.own import people_answered_for
from schools.consents.selectors import has_consent
from schools.consents.sheets import ADULTS, MOST_ROWS, people_of_sheet
from schools.papers.consent_text import paper_of_consents
from schools.papers.requisites import letterhead
from schools.people.domain import is_adult_on
from schools.people.models import Person
from schools.people.selectors import classes_visible_to, person_for
from tenants.reference.selectors import ConsentKind, consent_kinds_now


def kind_called(code: str) -> ConsentKind:
    """Return an offered kind of consent; without a code the one that comes first.

    :raises Http404: no such kind is offered.
    """
    kinds = consent_kinds_now()
    found = next((kind for kind in kinds if code in ("", kind.code)), None)
    if found is None:
        raise Http404
    return found


def consent_file(*, actor: Actor, school: str, person_id: UUID, kind: str, way: Way) -> bytes:
    """Return the document of one kind for one person, as a file.

    :raises Http404: no such person among those whose consents the actor sees, no such kind, or one of minors alone
        for somebody who is 18.
    """
    person = person_for(actor=actor, person_id=person_id, permission="consents.view")
    return _file_for(actor, school, person, kind, way)


def own_consent_file(*, actor: Actor, school: str, person_id: UUID, kind: str, way: Way) -> bytes:
    """Return the document of one kind for the actor himself or for his child under 18, to be signed at home.

    :raises Http404: another's card, no such kind, or one of minors alone for somebody who is 18.
    """
    person = next((person for person in people_answered_for(actor) if person.pk == person_id), None)
    if person is None:
        raise Http404
    return _file_for(actor, school, person, kind, way)


def _file_for(actor: Actor, school: str, person: Person, kind: str, way: Way) -> bytes:
    chosen, day = kind_called(kind), timezone.localdate()
    if chosen.is_of_minors and is_adult_on(person.birth_date, day):
        raise Http404(_("Это согласие нужно только до 18 лет."))
    content = written(paper_of_consents(school=letterhead(school), kind=chosen, people=[person], day=day), way)
    record(
        actor=actor,
        action="consents.paper_printed",
        object_type="people.person",
        object_id=person.pk,
        details={"kind": chosen.code},
    )
    return content


def class_consents_file(
    *, actor: Actor, school: str, room: str, kind: str, way: Way, missing: bool = False, page: int = 1
) -> bytes:
    """Return the documents of one kind for a class (its id, ``ADULTS``, or empty for the first) in one file.

    At most ``MOST_ROWS`` people, those of the sheet's page; ``missing`` leaves out those whose consent is in force.

    :raises Http404: nobody there whose consents the actor enters, or no such kind.
    """
    chosen, day = kind_called(kind), timezone.localdate()
    rows = people_of_sheet(actor, _room(actor, room), chosen.code, day)
    people = list(rows[(page - 1) * MOST_ROWS : page * MOST_ROWS])
    if missing and people:
        lacking = rows.filter(~has_consent(day, [chosen.code])).filter(pk__in=[person.pk for person in people])
        people = list(lacking)
    if not people:
        raise Http404
    content = written(paper_of_consents(school=letterhead(school), kind=chosen, people=people, day=day), way)
    record(
        actor=actor,
        action="consents.paper_printed",
        object_type="people.person",
        details={"kind": chosen.code, "people": [str(person.pk) for person in people]},
    )
    return content


def _room(actor: Actor, room: str) -> str:
    if room == ADULTS:
        return room
    if not room:
        first = next(iter(classes_visible_to(actor)), None)
        return str(first.pk) if first is not None else ADULTS
    try:
        return str(UUID(room))
    except ValueError as fault:
        raise Http404 from fault
