"""Endpoints of people: cards, enrolments, representatives, classes. Lists stand above, in ``schools.programme.api``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.audit.services import record
from core.authz import Actor
from schools.people import enrolments, leaving, selectors, services
from schools.people import serializers as shapes
from schools.people.duplicates import Candidate, duplicate_candidates, key_of
from schools.people.merging import merge_people, tell_apart
from schools.people.models import Enrolment, Guardianship, Person, SchoolClass
from schools.people.upon_cards import remarks_upon


def _card(actor: Actor, person_id: UUID) -> Person:
    """Return a person with kinds and enrolments.

    :raises Http404: for one whom the actor does not see.
    """
    found = selectors.person_for(actor=actor, person_id=person_id)
    return selectors.with_enrolments(selectors.people_visible_to(actor).filter(pk=found.pk)).get()


def _remarks(actor: Actor, *people: UUID) -> list[str]:
    return [said.sentence for said in remarks_upon(actor, people)]


class PersonEndpoint(ApiView):
    """One person."""

    tag = "people"

    @operation(_("Карточка человека"), needs=("people.view",), answer=shapes.PersonAnswer)
    def get(self, actor: Actor, person_id: UUID) -> Person:
        """Return the card and record that it was seen."""
        person = _card(actor, person_id)
        record(actor=actor, action="people.person_viewed", object_type="people.person", object_id=person.pk)
        return person

    @operation(_("Изменить карточку"), needs=("people.edit",), body=shapes.PersonChange, answer=shapes.PersonAnswer)
    def put(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> Person:
        """Change a person's own data and kinds."""
        seen = body.pop("version")
        services.edit_person(actor=actor, person_id=person_id, data=services.PersonData(**body), seen=seen)
        return _card(actor, person_id)


class PersonEnrolmentsEndpoint(ApiView):
    """Enrolments of a person."""

    tag = "people"

    @operation(
        _("Зачислить или принять на работу"),
        needs=("people.edit",),
        body=shapes.EnrolmentBody,
        answer=shapes.EnrolmentAnswer,
        status=201,
    )
    def post(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> Enrolment:
        """Record that a person came."""
        return enrolments.enrol(actor=actor, person_id=person_id, data=enrolments.EnrolmentData(**body))


class EnrolmentLeavingEndpoint(ApiView):
    """The end of an enrolment."""

    tag = "people"

    @operation(
        _("Записать выбытие"),
        needs=("people.edit",),
        description=_(
            "Выбытие записывают в последней записи ученика, не в той, что продолжается в следующем классе. День может "
            "быть и раньше перевода на новый учебный год: тогда в нём кончается прежняя запись, а в последней не "
            "остаётся ни одного дня."
        ),
        body=shapes.LeavingBody,
        answer=shapes.EnrolmentAnswer,
    )
    def put(self, actor: Actor, enrolment_id: UUID, body: dict[str, Any]) -> Enrolment:
        """Record the day of leaving; again: correct it."""
        return leaving.leave(actor=actor, enrolment_id=enrolment_id, left_on=body["left_on"], seen=body["version"])[0]


class EnrolmentDaysEndpoint(ApiView):
    """The days of an enrolment."""

    tag = "people"

    @operation(
        _("Исправить даты зачисления и выбытия"),
        needs=("people.edit",),
        description=_("Без «left_on» запись о выбытии снимается. Прежние даты остаются в журнале."),
        body=shapes.EnrolmentDaysBody,
        answer=shapes.EnrolmentAnswer,
    )
    def put(self, actor: Actor, enrolment_id: UUID, body: dict[str, Any]) -> Enrolment:
        """Correct days that were typed wrongly."""
        return enrolments.correct_enrolment(actor=actor, enrolment_id=enrolment_id, seen=body.pop("version"), **body)


class EnrolmentClassEndpoint(ApiView):
    """The class of an enrolment."""

    tag = "people"

    @operation(
        _("Перевести в другой класс"), needs=("people.edit",), body=shapes.ClassBody, answer=shapes.EnrolmentAnswer
    )
    def put(self, actor: Actor, enrolment_id: UUID, body: dict[str, Any]) -> Enrolment:
        """Move a pupil."""
        return enrolments.change_class(
            actor=actor, enrolment_id=enrolment_id, class_name=body["class_name"], seen=body["version"]
        )


class GuardiansEndpoint(ApiView):
    """Legal representatives of a person."""

    tag = "people"

    @operation(_("Представители"), needs=("people.view",), answer=shapes.GuardianAnswer, many=True)
    def get(self, actor: Actor, person_id: UUID) -> list[Guardianship]:
        """Return them by name."""
        person = selectors.person_for(actor=actor, person_id=person_id)
        record(actor=actor, action="people.person_viewed", object_type="people.person", object_id=person.pk)
        return selectors.guardians_of(actor=actor, person=person)

    @operation(
        _("Добавить представителя"),
        needs=("people.edit",),
        body=shapes.GuardianBody,
        answer=shapes.GuardianMade,
        status=201,
    )
    def post(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> Guardianship:
        """Record a representative; the same two again change the kinship."""
        made = services.add_guardian(
            actor=actor,
            ward_id=person_id,
            guardian_id=body["guardian"],
            kinship=body["kinship"],
            seen=body["version"],
        )
        made.remarks = _remarks(actor, person_id, body["guardian"])  # type: ignore[attr-defined]
        return made


class GuardianEndpoint(ApiView):
    """One legal representative of a person."""

    tag = "people"

    @operation(_("Убрать представителя"), needs=("people.edit",))
    def delete(self, actor: Actor, person_id: UUID, guardianship_id: UUID) -> None:
        """Take him off the card."""
        selectors.guardianship_for(actor=actor, ward_id=person_id, guardianship_id=guardianship_id)
        services.remove_guardian(actor=actor, ward_id=person_id, guardianship_id=guardianship_id)


class ClassesEndpoint(ApiView):
    """Classes."""

    tag = "people"

    @operation(_("Классы"), needs=("people.view",), answer=shapes.ClassAnswer, many=True)
    def get(self, actor: Actor) -> list[SchoolClass]:
        """Return the classes whose people the actor sees."""
        return selectors.classes_visible_to(actor)


class CandidatesEndpoint(ApiView):
    """People who can be chosen for a pair."""

    tag = "people"

    @operation(
        _("Найти людей для пары"),
        needs=("people.find",),
        description=_("До 12 человек по имени. Имя передаётся в теле запроса, чтобы не попасть в адрес."),
        body=shapes.CandidatesBody,
        answer=shapes.CandidateAnswer,
        many=True,
        viewed="people.candidates_viewed",
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> list[selectors.Candidate]:
        """Return those whose name holds the words."""
        return selectors.candidates(actor=actor, typed=body["q"], kinds=body["kinds"])[0]


class DuplicatesEndpoint(ApiView):
    """Cards that look alike."""

    tag = "people"

    @operation(
        _("Карточки, похожие на карточки одного человека"),
        needs=("people.edit",),
        answer=shapes.DuplicateAnswer,
        keyed=key_of,
        viewed="people.duplicates_viewed",
    )
    def get(self, actor: Actor) -> list[Candidate]:
        """Return pairs of cards, the surest first."""
        return duplicate_candidates(actor)


class MergeEndpoint(ApiView):
    """Two cards made one."""

    tag = "people"

    @operation(
        _("Объединить две карточки одного человека"),
        needs=("people.edit",),
        description=_(
            "Вся история второй карточки переходит к первой; вернуть вторую нельзя. Из двух входов остаётся один, "
            "роли второго переходят к нему."
        ),
        body=shapes.MergeBody,
        answer=shapes.MergedAnswer,
    )
    def post(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> Person:
        """Make one card of two."""
        kept = merge_people(
            actor=actor,
            kept_id=person_id,
            gone_id=body["gone"],
            from_gone=body["from_gone"],
            login_id=body.get("login"),
        )
        card = _card(actor, kept.pk)
        card.remarks = _remarks(actor, kept.pk)  # type: ignore[attr-defined]
        return card


class ApartEndpoint(ApiView):
    """Two people who look alike."""

    tag = "people"

    @operation(
        _("Записать, что две похожие карточки – разные люди"),
        needs=("people.edit",),
        body=shapes.ApartBody,
    )
    def post(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> None:
        """Propose them no more."""
        tell_apart(actor=actor, first_id=person_id, second_id=body["other"])


def created(actor: Actor, body: dict[str, Any]) -> Person:
    """Add a person with the enrolments of the body, and return the card."""
    wanted = [enrolments.EnrolmentData(**each) for each in body.pop("enrolments", [])]
    person = services.create_person(actor=actor, data=services.PersonData(**body), enrolments=wanted)
    return _card(actor, person.pk)


urlpatterns = [
    path("people/<uuid:person_id>/", PersonEndpoint.as_view(), name="person"),
    path("people/<uuid:person_id>/enrolments/", PersonEnrolmentsEndpoint.as_view(), name="person-enrolments"),
    path("people/<uuid:person_id>/guardians/", GuardiansEndpoint.as_view(), name="guardians"),
    path("people/<uuid:person_id>/guardians/<uuid:guardianship_id>/", GuardianEndpoint.as_view(), name="guardian"),
    path("people/<uuid:person_id>/merge/", MergeEndpoint.as_view(), name="merge"),
    path("people/<uuid:person_id>/apart/", ApartEndpoint.as_view(), name="apart"),
    path("people/duplicates/", DuplicatesEndpoint.as_view(), name="duplicates"),
    path("people/candidates/", CandidatesEndpoint.as_view(), name="candidates"),
    path("enrolments/<uuid:enrolment_id>/leaving/", EnrolmentLeavingEndpoint.as_view(), name="leaving"),
    path("enrolments/<uuid:enrolment_id>/days/", EnrolmentDaysEndpoint.as_view(), name="enrolment-days"),
    path("enrolments/<uuid:enrolment_id>/class/", EnrolmentClassEndpoint.as_view(), name="enrolment-class"),
    path("classes/", ClassesEndpoint.as_view(), name="classes"),
]
