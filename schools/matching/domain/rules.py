"""Hard rules: who may not be proposed to whom, each with a code, so that «почему не …?» can always be answered."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from schools.matching.domain.facts import FormSides, MenteeFacts, MentorFacts


class HardRule(StrEnum):
    """Why a pair is not proposed; the first that applies in this order is the one that is told first."""

    SAME_PERSON = "same_person"  # nobody is a mentor of himself
    OWN_CHILD = "own_child"  # a parent is not a mentor of own child
    MENTEE_KIND = "mentee_kind"  # the form's side does not take such a mentee
    MENTOR_KIND = "mentor_kind"  # the form's side does not take such a mentor
    MENTEE_NOT_WILLING = "mentee_not_willing"  # taking part is voluntary, and the mentee said no
    MENTOR_NOT_WILLING = "mentor_not_willing"  # the same of the mentor
    BANNED = "banned"  # the curator has ruled these two out
    VETO_OF_MENTEE = "veto_of_mentee"  # «с кем не хочу», said after the group meeting: never shown to the mentor
    VETO_OF_MENTOR = "veto_of_mentor"  # the same of the mentor
    NOT_CLEARED = "not_cleared"  # the mentor lacks a paper that the school has made blocking
    MENTEE_NO_CONSENT = "mentee_no_consent"  # no consent to processing in force
    MENTOR_NO_CONSENT = "mentor_no_consent"  # the same of the mentor
    NO_PLACES = "no_places"  # the mentor takes nobody more
    # Last: runs that are kept hold the rules before them by their numbers.
    MENTEE_WITHDREW = "mentee_withdrew"  # the consent to take part was taken back
    MENTOR_WITHDREW = "mentor_withdrew"  # the same of a mentor who is a minor


SOFT_BY_HAND: Final = frozenset(
    {
        HardRule.MENTEE_NO_CONSENT,
        HardRule.MENTOR_NO_CONSENT,
        HardRule.NO_PLACES,
        HardRule.MENTEE_WITHDREW,
        HardRule.MENTOR_WITHDREW,
    }
)
"""Rules that bind a run alone: a pair made by hand is warned about and goes on."""

ORDER: Final = tuple(HardRule)


def mark_of(rule: HardRule) -> int:
    """Return the negative number by which a table of scores says that ``rule`` forbids a pair."""
    return -1 - ORDER.index(rule)


def rule_of(mark: int) -> HardRule | None:
    """Return the rule behind a number of a table of scores; None for a score, which is 0 or more."""
    return None if mark >= 0 else ORDER[-1 - mark]


def rules_of_mentee(mentee: MenteeFacts, form: FormSides) -> tuple[HardRule, ...]:
    """Return the rules that keep a mentee out of every pair of a run."""
    return tuple(
        rule
        for rule, breaks in (
            (HardRule.MENTEE_KIND, not _fits(mentee.kinds, form.mentee_kinds)),
            (HardRule.MENTEE_NOT_WILLING, not mentee.is_willing),
            (HardRule.MENTEE_NO_CONSENT, not mentee.has_consent),
            (HardRule.MENTEE_WITHDREW, mentee.has_withdrawn),
        )
        if breaks
    )


def rules_of_mentor(mentor: MentorFacts, form: FormSides) -> tuple[HardRule, ...]:
    """Return the rules that keep a mentor out of every pair of a run."""
    return tuple(
        rule
        for rule, breaks in (
            (HardRule.MENTOR_KIND, not _fits(mentor.kinds, form.mentor_kinds)),
            (HardRule.MENTOR_NOT_WILLING, not mentor.is_willing),
            (HardRule.NOT_CLEARED, not mentor.is_cleared),
            (HardRule.MENTOR_NO_CONSENT, not mentor.has_consent),
            (HardRule.NO_PLACES, mentor.places <= 0),
            (HardRule.MENTOR_WITHDREW, mentor.has_withdrawn),
        )
        if breaks
    )


def rules_between(
    mentee: MenteeFacts, mentor: MentorFacts, bans: Collection[tuple[str, str]] = ()
) -> tuple[HardRule, ...]:
    """Return the rules that forbid these two alone; ``bans`` are pairs of (mentee, mentor) keys."""
    return tuple(
        rule
        for rule, breaks in (
            (HardRule.SAME_PERSON, mentee.key == mentor.key),
            (HardRule.OWN_CHILD, mentor.key in mentee.parents),
            (HardRule.BANNED, (mentee.key, mentor.key) in bans),
            (HardRule.VETO_OF_MENTEE, mentor.key in mentee.vetoes),
            (HardRule.VETO_OF_MENTOR, mentee.key in mentor.vetoes),
        )
        if breaks
    )


def broken_rules(
    mentee: MenteeFacts, mentor: MentorFacts, form: FormSides, bans: Collection[tuple[str, str]] = ()
) -> tuple[HardRule, ...]:
    """Return every rule that forbids a pair, in the order in which they are told; empty when it may be proposed."""
    found = {*rules_of_mentee(mentee, form), *rules_of_mentor(mentor, form), *rules_between(mentee, mentor, bans)}
    return tuple(sorted(found, key=ORDER.index))


def _fits(kinds: Collection[str], wanted: Collection[str]) -> bool:
    return not wanted or bool(set(kinds) & set(wanted))
