"""Answers to proposals, and what follows: a draft pair, the next mentor, or the waiting list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce, system_actor
from core.events.catalogue import Event, announce
from schools.consents.models import Consent
from schools.consents.selectors import deciding_kinds, has_consent
from schools.matching import policies
from schools.matching.domain import proposals as states
from schools.matching.domain.fit import fit_of
from schools.matching.domain.proposals import (
    LIVE,
    REFUSED_BY_RULE,
    Answer,
    IllegalStepError,
    Party,
    ProposalState,
    Reason,
    Standing,
)
from schools.matching.domain.rules import broken_rules
from schools.matching.models import Candidate, Proposal, Round
from schools.matching.publishing import new_proposal, pair_data, people_of, terms_of
from schools.matching.question import question_of
from schools.matching.selectors import (
    form_of,
    has_left_side,
    proposals_visible_to,
    round_for,
    stands_in_pair,
    with_people,
)
from schools.matching.services import leave_groups
from schools.pairs.domain import periods_overlap
from schools.pairs.models import Pair
from schools.pairs.services import PairData, create_pairs
from schools.people.errors import Fault, FaultyActError
from schools.people.models import Person
from schools.people.own_roles import give_own_roles

_OPEN = ProposalState.OPEN


def answer(*, actor: Actor, proposal_id: UUID, is_accepted: bool, party: str = "", reason: str = "") -> Proposal:
    """Record the answer of one of the two: his own, or told to the curator (``party`` then says whose).

    With both a draft pair is made. After a no the mentee's next mentor is asked; without one he waits. Who leads the
    round and is one of the two besides answers for himself, or names the other as ``party``.

    :param reason: a code of ``Reason`` when declining; whoever takes part no longer leaves the round.
    :raises FaultyActError: answered already, over, no reason, or by now a rule forbids the pair that both want.
    :raises Http404: no such proposal to the actor, nor in a round that he leads.
    """
    try:
        with transaction.atomic():
            return _answered(actor, proposal_id, is_accepted, party, reason)
    except _CannotPairError:
        # Nothing of the answer is stored but that it came: whoever said yes to what cannot be was not silent.
        Proposal.objects.filter(pk=proposal_id, state=_OPEN).update(reason=REFUSED_BY_RULE)
        raise


class _CannotPairError(FaultyActError):
    """Both want the pair, and a rule forbids it by now."""


def _answered(actor: Actor, proposal_id: UUID, is_accepted: bool, party: str, reason: str) -> Proposal:
    proposal, whose = _asked(actor, proposal_id, party)
    if not is_accepted and reason not in set(Reason):
        raise FaultyActError.of("no_reason", _("Выберите, почему не подходит."), "reason")
    before = _standing(proposal)
    try:
        after = states.accepted(before, whose) if is_accepted else states.declined(before, whose)
    except IllegalStepError as error:
        raise _refusal(error) from error
    proposal.reason = "" if is_accepted else reason
    _store(proposal, after)
    _record(actor, "matching.proposal_answered", proposal, party=whose.value, answer="yes" if is_accepted else "no")
    if after.state is ProposalState.AGREED:
        is_own = actor.person_id in (proposal.mentor.person_id, proposal.mentee.person_id)
        _make_pair(proposal, is_told=not is_own)
    elif after.state is ProposalState.DECLINED:
        _go_on_after_no(proposal, whose)
    return proposal


def choose(*, actor: Actor, proposal_id: UUID, mentor_id: UUID, party: str = "") -> Proposal:
    """Record whom a mentee has chosen of those whom he is offered; that mentor is asked then.

    :param party: ``mentee`` when the curator records what he was told.
    :raises FaultyActError: nothing to choose, over, another mentor, or one whose place was taken meanwhile.
    :raises Http404: no such proposal to the actor, nor in a round that he leads.
    """
    with transaction.atomic():
        proposal, whose = _asked(actor, proposal_id, party)
        if whose is not Party.MENTEE:
            raise Http404
        try:
            after = states.chosen(_standing(proposal))
        except IllegalStepError as error:
            raise _refusal(error) from error
        if str(mentor_id) not in proposal.options:
            raise FaultyActError.of("not_offered", _("Выберите наставника из предложенных."), "mentor")
        if not _has_place_for(proposal, mentor_id):
            sentence = _("Этого наставника сейчас предложить нельзя. Выберите другого из списка.")
            raise FaultyActError.of("taken", sentence, "mentor")
        proposal.mentor_id = mentor_id
        _ask_mentor(proposal, after)
        _record(actor, "matching.mentor_chosen", proposal)
    return _loaded(Q(pk=proposal_id)).get()


def _has_place_for(proposal: Proposal, mentor_id: UUID) -> bool:
    """Tell whether a mentor may still be asked for the mentee who chooses; the round is held."""
    found = proposal.mentee.round
    question = question_of(found, timezone.localdate())
    mentee, mentor = question.mentees.get(proposal.mentee_id), question.mentors.get(mentor_id)
    if mentee is None or mentor is None:
        return False
    if mentor_id == proposal.mentor_id:
        return True
    is_free = _taken_places(found).get(mentor_id, 0) < mentor.places
    return is_free and not broken_rules(mentee, mentor, question.form, question.bans)


def _ask_mentor(proposal: Proposal, after: Standing) -> None:
    """Let a proposal go on as any other, once the mentee has chosen or not in time: its mentor learns of it now."""
    found = proposal.mentee.round
    proposal.options, proposal.asked_at = [], timezone.now()
    proposal.expires_on = timezone.localdate() + timedelta(days=found.answer_days)
    proposal.save(update_fields=["mentor", "options", "asked_at", "expires_on"])
    _store(proposal, after)
    Candidate.objects.filter(pk=proposal.mentee_id).update(partner=proposal.mentor_id)
    give_own_roles(actor=system_actor("matching"), people=people_of([proposal]))
    announce("matching.proposed", {"proposals": [proposal.pk]})


def withdraw(*, actor: Actor, proposal_id: UUID) -> Proposal:
    """Take a proposal back; the mentee waits, and the curator decides what comes next.

    :raises FaultyActError: it is over.
    :raises Http404: no such proposal in a round that the actor leads.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        proposal = _locked(proposals_visible_to(actor, "matching.edit").filter(pk=proposal_id).first())
        _withdraw(proposal)
        _let_wait(proposal.mentee)
        _record(actor, "matching.proposal_withdrawn", proposal)
    return proposal


def close_round(*, actor: Actor, round_id: UUID) -> None:
    """Close a published round: what nobody has answered is taken back; the waiting list stays.

    :raises FaultyActError: it was never published, or is closed.
    :raises Http404: no such round among those the actor may lead.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        found = round_for(actor=actor, round_id=round_id, permission="matching.edit", lock=True)
        if found.state != Round.State.PUBLISHED:
            raise FaultyActError.of("not_published", _("Закрыть можно только опубликованный подбор."))
        found.state = Round.State.CLOSED
        found.save(update_fields=["state"])
        for proposal in _loaded(Q(mentee__round=found, state__in=LIVE)):
            _withdraw(proposal)
            _let_wait(proposal.mentee)
        record(actor=actor, action="matching.round_closed", object_type="matching.round", object_id=found.pk)


def end_what_must_end() -> int:
    """Let proposals expire whose last day has passed, and take back those of people who left; return how many.

    Once a day, in the current school; the next mentors are asked at once. Safe to repeat.
    """
    day = timezone.localdate()
    ended = 0
    open_rounds = Proposal.objects.filter(state__in=LIVE).values("mentee__round")
    for round_id in Round.objects.filter(pk__in=open_rounds).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            ended += _end_in_round(Round.objects.select_for_update().get(pk=round_id), day)
    return ended


def _end_in_round(found: Round, day: date) -> int:
    """End a round's proposals; leaving is seen to first, so that nobody who left is asked next."""
    ended = _end_of_leavers(found, day) + _take_back(found, _without_consent_since(found, day))
    for proposal in _loaded(Q(mentee__round=found, state=ProposalState.OFFERED, expires_on__lt=day)):
        _ask_mentor(proposal, states.lapsed(_standing(proposal), is_past=True))
        _record(system_actor("matching"), "matching.choice_lapsed", proposal)
    for proposal in _loaded(Q(mentee__round=found, state=_OPEN, expires_on__lt=day)):
        _store(proposal, states.expired(_standing(proposal), is_past=True))
        _record(system_actor("matching"), "matching.proposal_expired", proposal)
        _ask_next(found, proposal.mentee_id)
        ended += 1
    if ended:
        _offer_free_places(found)
    return ended


def let_leave(found: Round, gone: Collection[UUID]) -> int:
    """Let candidates of a published round that is held leave it, and take back what is asked; return how many it were.

    Their partners' next mentors are asked at once, and the places that are free now go to who waits.
    """
    Candidate.objects.filter(pk__in=gone).update(out_at=timezone.now(), waiting_since=None)
    ended = _take_back(found, gone)
    if ended:
        _offer_free_places(found)
    return ended


def _end_of_leavers(found: Round, day: date) -> int:
    rows = with_people(Candidate.objects.filter(round=found, out_at__isnull=True), day)
    form = form_of(found)
    gone = {row.pk for row in rows if has_left_side(row, form, day)}
    Candidate.objects.filter(pk__in=gone).update(out_at=timezone.now(), waiting_since=None)
    return _take_back(found, gone)


def _take_back(found: Round, gone: Collection[UUID]) -> int:
    """Take back what is asked of candidates, ask the next mentors of their mentees; return how many it were.

    A mentee who chooses goes on choosing among the others. Nobody but them is said to be the cause in the record.
    """
    asked = _loaded(Q(mentor__in=gone, state__in=LIVE) | Q(mentee__in=gone, state__in=LIVE))
    theirs = [row for row in asked if row.mentee_id in gone or not _goes_on_without(row, gone)]
    for proposal in theirs:
        _withdraw(proposal)
        cause = sorted(str(pk) for pk in {proposal.mentor_id, proposal.mentee_id} & set(gone))
        _record(system_actor("matching"), "matching.proposal_withdrawn", proposal, left=cause)
    for proposal in theirs:
        # Whose own consent ended waits: nobody may be proposed to him, and he is not gone.
        _ask_next(found, proposal.mentee_id)
    return len(theirs)


def _goes_on_without(proposal: Proposal, gone: Collection[UUID]) -> bool:
    """Let a mentee choose among those who are left; of one alone both are asked as usual. Tell whether there is any."""
    left = [pk for pk in map(UUID, proposal.options) if pk not in gone]
    free = [pk for pk in left if _has_place_for(proposal, pk)]
    if not free:
        return False
    cause = sorted(str(pk) for pk in {proposal.mentor_id} & set(gone))
    proposal.mentor_id = free[0]
    if len(free) == 1:
        _ask_mentor(proposal, states.lapsed(_standing(proposal), is_past=True))
    else:
        proposal.options = [str(free[0]), *(str(pk) for pk in left if pk != free[0])]
        proposal.save(update_fields=["mentor", "options"])
        Candidate.objects.filter(pk=proposal.mentee_id).update(partner=proposal.mentor_id)
    _record(system_actor("matching"), "matching.option_dropped", proposal, left=cause)
    return True


def _without_consent_since(found: Round, day: date) -> set[UUID]:
    """Return the candidates who had a consent when they were asked and have none now.

    Who never had one was paired by hand, with a warning, and goes on.
    """
    rows = list(_loaded(Q(mentee__round=found, state__in=LIVE)))
    people = {person_id for row in rows for person_id in (row.mentor.person_id, row.mentee.person_id)}
    asked_on = {timezone.localtime(row.asked_at).date() for row in rows}
    consenting = {on: _consenting(people, on) for on in {day, *asked_on}}
    return {
        candidate.pk
        for row in rows
        for candidate in (row.mentor, row.mentee)
        if candidate.person_id in consenting[timezone.localtime(row.asked_at).date()] - consenting[day]
    }


def _consenting(person_ids: Collection[UUID], day: date) -> set[UUID]:
    rows = Person.objects.filter(pk__in=person_ids).filter(has_consent(day, deciding_kinds()))
    return set(rows.values_list("pk", flat=True))


def end_what_a_withdrawal_ends(event: Event) -> None:
    """Take back at once what is asked of somebody whose consent was withdrawn, in the same transaction.

    Of the purposes only those matter without which nobody is proposed.
    """
    if event.kind.name != "consent.withdrawn":
        return
    person_id = UUID(str(event.data["person"]))
    decides = Consent.objects.filter(pk=UUID(str(event.data["consent"])), kind__in=deciding_kinds()).exists()
    if not decides or _consenting([person_id], timezone.localdate()):
        return
    his = Q(asked_as_mentor__state__in=LIVE) | Q(asked_as_mentee__state__in=LIVE)
    rows = Candidate.objects.filter(his, person=person_id).order_by("round", "pk").distinct()
    for round_id, pk in list(rows.values_list("round", "pk")):
        found = Round.objects.select_for_update().get(pk=round_id)
        if _take_back(found, {pk}):
            _offer_free_places(found)


def _asked(actor: Actor, proposal_id: UUID, party: str) -> tuple[Proposal, Party]:
    """Return a proposal, held, and for whom the actor answers.

    :raises Http404: he is neither asked nor leads the round.
    """
    mine = _loaded(Q(pk=proposal_id)).first()
    led = proposals_visible_to(actor, "matching.edit").filter(pk=proposal_id).first()
    if led is not None and party in set(Party):
        return _locked(led), Party(party)
    if mine is not None and actor.person_id is not None and policies.may_answer_proposals(actor):
        own = {Party.MENTOR: mine.mentor.person_id, Party.MENTEE: mine.mentee.person_id}
        for whose, person_id in own.items():
            # A mentor among whom a mentee chooses is not asked yet, and does not learn of it.
            if person_id == actor.person_id and not (whose is Party.MENTOR and mine.options):
                return _locked(mine), whose
    raise Http404


def _loaded(condition: Q) -> QuerySet[Proposal]:
    related = ("mentor__person", "mentee__person", "mentee__round")
    return Proposal.objects.filter(condition).select_related(*related).order_by("mentee__number", "pk")


def _locked(proposal: Proposal | None) -> Proposal:
    """Return the proposal as it is now, after its round is held: answers of a round come one after another."""
    if proposal is None:
        raise Http404
    Round.objects.select_for_update().get(pk=proposal.mentee.round_id)
    return _loaded(Q(pk=proposal.pk)).get()


def _standing(proposal: Proposal) -> Standing:
    return Standing(ProposalState(proposal.state), Answer(proposal.mentor_answer), Answer(proposal.mentee_answer))


def _store(proposal: Proposal, after: Standing) -> None:
    proposal.state, proposal.mentor_answer, proposal.mentee_answer = after.state, after.mentor, after.mentee
    if after.state not in LIVE:
        proposal.closed_at = timezone.now()
    proposal.save(update_fields=["state", "mentor_answer", "mentee_answer", "reason", "closed_at"])
    if after.state not in LIVE:
        announce("matching.proposal_settled", {"proposal": proposal.pk, "state": after.state})


def _withdraw(proposal: Proposal) -> None:
    try:
        _store(proposal, states.withdrawn(_standing(proposal)))
    except IllegalStepError as error:
        raise _refusal(error) from error


def _refusal(error: IllegalStepError) -> FaultyActError:
    if error.code == "choosing":
        return FaultyActError.of("choosing", _("Сначала наставляемый выбирает наставника из предложенных."), "mentor")
    if error.code == "answered":
        return FaultyActError.of("answered", _("Вы уже ответили. Можно ещё отказаться, пока не ответил второй."))
    return FaultyActError.of("over", _("Это предложение уже не действует: на него ответили, или прошёл срок."))


def _make_pair(proposal: Proposal, *, is_told: bool) -> None:
    """Make the draft of two who agreed; a pair that stands already is taken as it is.

    :param is_told: a curator records what he was told: he reads the rule that forbids the pair, those asked do not.
    :raises FaultyActError: a rule forbids it by now; nothing is stored, not even the answer.
    """
    try:
        (pair,) = create_pairs(actor=system_actor("matching"), data=_data_of(proposal))
    except FaultyActError as refusal:
        stands = _standing_pair(proposal) if {fault.code for fault in refusal.faults} == {"repeated"} else None
        if stands is None:
            sentence = _("Составить эту пару сейчас нельзя. Обратитесь к куратору.")
            faults = refusal.faults if is_told else [Fault("cannot_pair", sentence)]
            raise _CannotPairError(*faults) from refusal
        pair = stands
    Proposal.objects.filter(pk=proposal.pk).update(pair=pair)
    proposal.pair = pair


def _standing_pair(proposal: Proposal) -> Pair | None:
    """Return the pair of these two that stands on one of the days that were agreed."""
    found = proposal.mentee.round
    terms = terms_of(found)
    rows = Pair.objects.filter(
        mentor=proposal.mentor.person_id, mentee=proposal.mentee.person_id, form_code=found.form_code
    )
    for pair in rows.order_by("-starts_on"):
        if periods_overlap(terms.starts_on, terms.ends_on, pair.starts_on, pair.ends_on):
            return pair
    return None


def _data_of(proposal: Proposal) -> PairData:
    """Return what is asked for: a pair, or a place in the group whose first ones have agreed already."""
    found, number = proposal.mentee.round, proposal.mentee.group
    data = pair_data(found, terms_of(found), proposal.mentor, [proposal.mentee])
    if number is None:
        return data
    made = Pair.objects.filter(
        pk__in=Proposal.objects.filter(mentee__round=found, mentee__group=number).values("pair"),
        mentor=proposal.mentor.person_id,
        group__isnull=False,
    )
    return replace(
        data,
        group_id=made.values_list("group", flat=True).first(),
        group_title=found.groups.get(str(number)) or _("Группа: %(name)s") % {"name": proposal.mentor.person.full_name},
    )


def _go_on_after_no(proposal: Proposal, whose: Party) -> None:
    found, who_said_no = proposal.mentee.round, proposal.mentor if whose is Party.MENTOR else proposal.mentee
    if proposal.reason == Reason.NO_MORE:
        Candidate.objects.filter(pk=who_said_no.pk).update(out_at=timezone.now(), waiting_since=None)
        _take_back(found, {who_said_no.pk})
    if not (whose is Party.MENTEE and proposal.reason == Reason.NO_MORE):
        _ask_next(found, proposal.mentee_id)
    _offer_free_places(found)


def _offer_free_places(found: Round) -> None:
    """Ask for those who wait in the round, the longest waiting first: somebody's no is another's place."""
    rows = Candidate.objects.filter(round=found, waiting_since__isnull=False, out_at__isnull=True)
    if found.state == Round.State.PUBLISHED:
        paired = stands_in_pair(found.form_code, Candidate.Side.MENTEE, timezone.localdate(), "person_id")
        rows = rows.exclude(paired)
        for pk in list(rows.order_by("waiting_since", "number").values_list("pk", flat=True)):
            _ask_next(found, pk)


def _ask_next(found: Round, mentee_id: UUID) -> None:
    """Ask the best mentor of the round who has a place and was not asked for this mentee; without one he waits."""
    question = question_of(found, timezone.localdate())
    mentee = question.mentees.get(mentee_id)
    if mentee is None or found.state != Round.State.PUBLISHED:
        return
    if _has_found_another(found, question.candidates[mentee_id]):
        _let_wait(question.candidates[mentee_id])
        return
    asked = Proposal.objects.filter(mentee=mentee_id)
    was_silent = Q(state=ProposalState.EXPIRED, mentor_answer=Answer.YES, mentee_answer=Answer.NONE)
    was_silent &= ~Q(reason=REFUSED_BY_RULE)
    if asked.filter(was_silent | Q(state=ProposalState.AGREED)).exists():
        # It was not for the mentor that nothing came of it, or a pair did not last: the curator asks why,
        # not one mentor more.
        _let_wait(question.candidates[mentee_id])
        return
    former = set(asked.values_list("mentor", flat=True))
    for refused in asked.filter(state=ProposalState.DECLINED).exclude(options=[]).values_list("options", flat=True):
        former |= set(map(UUID, refused))
    taken = _taken_places(found)
    free = [
        (fit_of(mentee, mentor).score, -question.candidates[pk].number, pk)
        for pk, mentor in question.mentors.items()
        if pk not in former
        and taken.get(pk, 0) < mentor.places
        and not broken_rules(mentee, mentor, question.form, question.bans)
    ]
    if not free:
        _let_wait(question.candidates[mentee_id])
        return
    _score, _number, mentor_id = max(free)
    made = new_proposal(found, mentor_id, mentee_id, attempt=asked.count() + 1)
    made.save()
    give_own_roles(actor=system_actor("matching"), people=people_of([made]))
    announce("matching.proposed", {"proposals": [made.pk]})
    Candidate.objects.filter(pk=mentee_id).update(partner=mentor_id, waiting_since=None)
    leave_groups(found, [mentee_id])


def _has_found_another(found: Round, mentee: Candidate) -> bool:
    """Tell whether a mentee has got a pair of the form since publication; the list of those who wait hides him."""
    since = Q(created_at__gte=found.published_at) if found.published_at else Q()
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate())
    return Pair.objects.filter(since, going_on, mentee=mentee.person_id, form_code=found.form_code).exists()


def _taken_places(found: Round) -> dict[UUID, int]:
    """Return how many places of each mentor are spoken for: he is asked, or leads whom the round gave him still.

    A draft after a cancelled order, or a pair made anew by hand, of the same two goes on in the place of the first.
    """
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate())
    two = {"mentor": OuterRef("mentor__person"), "mentee": OuterRef("mentee__person")}
    stands = Exists(Pair.objects.filter(going_on, form_code=found.form_code, **two))
    # Who left the round, or waits in it again, is led beside it as long as his pair stands: the question counts him.
    lasts = Q(state=ProposalState.AGREED, mentee__partner=F("mentor"), mentee__out_at__isnull=True) & stands
    holding = Proposal.objects.filter(Q(state__in=LIVE) | lasts, mentor__round=found)
    return dict(holding.values_list("mentor").annotate(number=Count("pk")))


def _let_wait(mentee: Candidate) -> None:
    """Put a mentee on the waiting list; who waits already goes on since the day he began."""
    rows = Candidate.objects.filter(pk=mentee.pk, out_at__isnull=True)
    rows.update(partner=None, group=None)
    rows.filter(waiting_since__isnull=True).update(waiting_since=timezone.localdate())


def _record(actor: Actor, action: str, proposal: Proposal, **details: str | list[str]) -> None:
    record(actor=actor, action=action, object_type="matching.proposal", object_id=proposal.pk, details=details)
