"""Endpoints of publication, proposals and the waiting list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.audit.services import record
from core.authz import Actor
from schools.matching import proposal_serializers as shapes
from schools.matching import proposals, publishing, selectors
from schools.matching.models import Candidate, Proposal
from schools.matching.waiting import mark_support
from schools.matching.waiting_ends import end_wait_of_candidate, end_wait_of_person
from schools.matching.waiting_people import mark_support_of_person, waiting_people
from schools.people.models import Person


class PublicationEndpoint(ApiView):
    """The board goes out."""

    tag = "matching"

    @operation(
        _("Опубликовать пары доски"),
        needs=("matching.edit",),
        description=_("Как предложения обоим участникам или сразу как черновики пар."),
        body=shapes.PublishBody,
        answer=shapes.PublishedAnswer,
        status=201,
    )
    def post(self, actor: Actor, round_id: UUID, body: dict[str, Any]) -> dict[str, int]:
        """Publish the board."""
        terms = publishing.Terms(
            starts_on=body.pop("starts_on"), ends_on=body.pop("ends_on"), role_variant=body.pop("role_variant")
        )
        return {"pairs": publishing.publish(actor=actor, round_id=round_id, terms=terms, **body)}


class ClosingOfRoundEndpoint(ApiView):
    """The end of a round."""

    tag = "matching"

    @operation(_("Закрыть подбор"), needs=("matching.edit",), description=_("Отзывает всё, на что не ответили."))
    def post(self, actor: Actor, round_id: UUID) -> None:
        """Close it."""
        proposals.close_round(actor=actor, round_id=round_id)


class ProposalsEndpoint(ApiView):
    """Proposals of a round."""

    tag = "matching"

    @operation(
        _("Предложения подбора"),
        needs=("matching.view",),
        answer=shapes.ProposalAnswer,
        pages=("pk",),
        viewed="matching.proposals_viewed",
    )
    def get(self, actor: Actor, round_id: UUID) -> QuerySet[Proposal]:
        """Return them."""
        found = selectors.round_for(actor=actor, round_id=round_id)
        return selectors.proposals_visible_to(actor).filter(mentee__round=found)


class OwnProposalsEndpoint(ApiView):
    """What one is asked oneself."""

    tag = "matching"

    @operation(
        _("Предложения мне"),
        needs=("proposals.answer",),
        answer=shapes.ProposalAnswer,
        pages=("pk",),
        viewed="matching.proposals_viewed",
    )
    def get(self, actor: Actor) -> QuerySet[Proposal]:
        """Return the proposals to the actor himself."""
        return selectors.proposals_for(actor)


class ProposalEndpoint(ApiView):
    """One proposal."""

    tag = "matching"

    @operation(_("Предложение"), needs=("proposals.answer", "matching.view"), answer=shapes.ProposalAnswer)
    def get(self, actor: Actor, proposal_id: UUID) -> Proposal:
        """Return it and record that it was seen."""
        mine = selectors.proposals_for(actor).filter(pk=proposal_id).first()
        row = mine or selectors.proposal_for(actor=actor, proposal_id=proposal_id)
        record(actor=actor, action="matching.proposal_viewed", object_type="matching.proposal", object_id=row.pk)
        return row

    @operation(
        _("Ответить на предложение"),
        needs=("proposals.answer", "matching.edit"),
        body=shapes.AnswerBody,
        answer=shapes.ProposalAnswer,
    )
    def put(self, actor: Actor, proposal_id: UUID, body: dict[str, Any]) -> Proposal:
        """Accept, choose or decline."""
        mentor_id: UUID | None = body.pop("mentor")
        if mentor_id is not None and body["is_accepted"]:
            done = proposals.choose(actor=actor, proposal_id=proposal_id, mentor_id=mentor_id, party=body["party"])
        else:
            done = proposals.answer(actor=actor, proposal_id=proposal_id, **body)
        return selectors.proposals_for(actor).filter(pk=done.pk).first() or done

    @operation(_("Отозвать предложение"), needs=("matching.edit",))
    def delete(self, actor: Actor, proposal_id: UUID) -> None:
        """Take it back."""
        proposals.withdraw(actor=actor, proposal_id=proposal_id)


class WaitingListEndpoint(ApiView):
    """The waiting list."""

    tag = "matching"

    @operation(
        _("Список ожидания"),
        needs=("pairs.unpaired_view",),
        answer=shapes.WaitingMenteeAnswer,
        pages=("pk",),
        viewed="matching.waiting_viewed",
    )
    def get(self, actor: Actor) -> QuerySet[Candidate]:
        """Return those for whom the search goes on."""
        return selectors.waiting_mentees(actor=actor, day=timezone.localdate())


class SupportEndpoint(ApiView):
    """The psychologist's support of somebody who waits."""

    tag = "matching"

    @operation(
        _("Отметить психологическое сопровождение"),
        needs=("waiting.support",),
        body=shapes.SupportBody,
        answer=shapes.WaitingMenteeAnswer,
    )
    def put(self, actor: Actor, waiting_id: UUID, body: dict[str, Any]) -> Candidate:
        """Mark or unmark it."""
        return mark_support(actor=actor, candidate_id=waiting_id, has_support=body["has_support"], seen=body["version"])


class WaitEndEndpoint(ApiView):
    """The end of somebody's wait after a round."""

    tag = "matching"

    @operation(
        _("Больше не ждёт: снять с ожидания того, кто ждёт после подбора"),
        needs=("matching.edit",),
        description=_("Снова он ждёт, если ещё раз ответит на входную анкету или его добавят в подбор."),
        body=shapes.WaitEndBody,
    )
    def post(self, actor: Actor, waiting_id: UUID, body: dict[str, Any]) -> None:
        """End it."""
        end_wait_of_candidate(actor=actor, candidate_id=waiting_id, reason=body["reason"])


class PersonWaitEndEndpoint(ApiView):
    """The end of somebody's wait beside the rounds."""

    tag = "matching"

    @operation(
        _("Больше не ждёт: снять с ожидания того, кто не в подборе"),
        needs=("matching.edit",),
        description=_("Снова он ждёт, если ещё раз ответит на входную анкету или его добавят в подбор."),
        body=shapes.WaitEndBody,
    )
    def post(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> None:
        """End it."""
        end_wait_of_person(actor=actor, person_id=person_id, reason=body["reason"])


class WaitingPeopleEndpoint(ApiView):
    """Those who wait and stand in no round."""

    tag = "matching"

    @operation(
        _("Ждут наставника и в подборе не участвуют"),
        needs=("pairs.unpaired_view",),
        description=_("Ответили в анкете, что хотят участвовать, согласие действует, пары и подбора нет."),
        answer=shapes.WaitingPersonAnswer,
        pages=("pk",),
        viewed="matching.waiting_viewed",
    )
    def get(self, actor: Actor) -> QuerySet[Person]:
        """Return them."""
        return waiting_people(actor=actor, day=timezone.localdate())


class PersonSupportEndpoint(ApiView):
    """The psychologist's support of somebody who waits and stands in no round."""

    tag = "matching"

    @operation(
        _("Отметить психологическое сопровождение того, кто не в подборе"),
        needs=("waiting.support",),
        body=shapes.SupportBody,
        answer=shapes.WaitingPersonAnswer,
    )
    def put(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> Person:
        """Mark or unmark it."""
        return mark_support_of_person(
            actor=actor, person_id=person_id, has_support=body["has_support"], seen=body["version"]
        )


urlpatterns = [
    path("matching/rounds/<uuid:round_id>/publication/", PublicationEndpoint.as_view(), name="matching-publication"),
    path("matching/rounds/<uuid:round_id>/closing/", ClosingOfRoundEndpoint.as_view(), name="matching-closing"),
    path("matching/rounds/<uuid:round_id>/proposals/", ProposalsEndpoint.as_view(), name="matching-proposals"),
    path("proposals/", OwnProposalsEndpoint.as_view(), name="own-proposals"),
    path("proposals/<uuid:proposal_id>/", ProposalEndpoint.as_view(), name="proposal"),
    path("waiting/", WaitingListEndpoint.as_view(), name="waiting"),
    path("waiting/people/", WaitingPeopleEndpoint.as_view(), name="waiting-people"),
    path("waiting/people/<uuid:person_id>/support/", PersonSupportEndpoint.as_view(), name="waiting-person-support"),
    path("waiting/people/<uuid:person_id>/ending/", PersonWaitEndEndpoint.as_view(), name="waiting-person-ending"),
    path("waiting/<uuid:waiting_id>/ending/", WaitEndEndpoint.as_view(), name="waiting-ending"),
    path("waiting/<uuid:waiting_id>/support/", SupportEndpoint.as_view(), name="waiting-support"),
]
