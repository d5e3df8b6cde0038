"""States of a proposal: two people are asked, each answers for himself, and time ends what is not answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class ProposalState(StrEnum):
    """Where a proposal stands; all but ``offered`` and ``open`` are final."""

    OFFERED = "offered"  # the mentee chooses among mentors, none of whom is asked yet
    OPEN = "open"
    AGREED = "agreed"  # both said yes
    DECLINED = "declined"  # one of them said no
    EXPIRED = "expired"  # not everybody answered in time
    WITHDRAWN = "withdrawn"  # the curator took it back, or one of them left


LIVE = (ProposalState.OFFERED, ProposalState.OPEN)
"""The states in which somebody is asked."""


class Party(StrEnum):
    """Who is asked."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class Answer(StrEnum):
    """What somebody has said so far."""

    NONE = ""
    YES = "yes"
    NO = "no"


class Reason(StrEnum):
    """Why somebody declines; nobody is blamed, and the other one is never told."""

    NO_TIME = "no_time"
    OTHER_TOPIC = "other_topic"
    OTHER_PERSON = "other_person"
    NO_MORE = "no_more"  # does not take part any longer
    OTHER = "other"


REFUSED_BY_RULE = "by_rule"
"""In the place of a reason: somebody said yes, and a rule forbade the pair; nobody declined."""


class IllegalStepError(Exception):
    """A step that the state does not allow; ``code`` is ``over``, ``answered``, ``too_early`` or ``choosing``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Standing:
    """A proposal's state and both answers."""

    state: ProposalState = ProposalState.OPEN
    mentor: Answer = Answer.NONE
    mentee: Answer = Answer.NONE

    def of(self, party: Party) -> Answer:
        """Return what a party has said."""
        return self.mentor if party is Party.MENTOR else self.mentee


def accepted(standing: Standing, party: Party) -> Standing:
    """Return the standing after a yes; with both it is agreed.

    :raises IllegalStepError: it is over, this party has answered, or the mentee is choosing still.
    """
    _require_asked(standing)
    if standing.of(party) is not Answer.NONE:
        raise IllegalStepError("answered")
    after = _said(standing, party, Answer.YES)
    both = after.mentor is Answer.YES and after.mentee is Answer.YES
    return replace(after, state=ProposalState.AGREED) if both else after


def declined(standing: Standing, party: Party) -> Standing:
    """Return the standing after a no; also whoever has said yes may think again while the other has not answered.

    A mentee who chooses says it of all whom he is offered.

    :raises IllegalStepError: it is over, or a mentor who is not asked yet.
    """
    _require_live(standing)
    if party is Party.MENTOR:
        _require_asked(standing)
    return replace(_said(standing, party, Answer.NO), state=ProposalState.DECLINED)


def expired(standing: Standing, *, is_past: bool) -> Standing:
    """Return the standing after its last day.

    :raises IllegalStepError: it is over, the last day has not passed, or the mentee is choosing still.
    """
    _require_asked(standing)
    if not is_past:
        raise IllegalStepError("too_early")
    return replace(standing, state=ProposalState.EXPIRED)


def withdrawn(standing: Standing) -> Standing:
    """Return the standing after it was taken back.

    :raises IllegalStepError: it is over.
    """
    _require_live(standing)
    return replace(standing, state=ProposalState.WITHDRAWN)


def chosen(standing: Standing) -> Standing:
    """Return the standing after the mentee has chosen: he has said yes, and the mentor is asked.

    :raises IllegalStepError: there is nothing to choose, or it is over.
    """
    _require_choice(standing)
    return Standing(mentee=Answer.YES)


def lapsed(standing: Standing, *, is_past: bool) -> Standing:
    """Return the standing after the last day of choosing: the first mentor and the mentee are asked as usual.

    :raises IllegalStepError: there is nothing to choose, it is over, or the last day has not passed.
    """
    _require_choice(standing)
    if not is_past:
        raise IllegalStepError("too_early")
    return Standing()


def _require_live(standing: Standing) -> None:
    if standing.state not in LIVE:
        raise IllegalStepError("over")


def _require_asked(standing: Standing) -> None:
    _require_live(standing)
    if standing.state is ProposalState.OFFERED:
        raise IllegalStepError("choosing")


def _require_choice(standing: Standing) -> None:
    _require_live(standing)
    if standing.state is not ProposalState.OFFERED:
        raise IllegalStepError("answered")


def _said(standing: Standing, party: Party, answer: Answer) -> Standing:
    if party is Party.MENTOR:
        return replace(standing, mentor=answer)
    return replace(standing, mentee=answer)
