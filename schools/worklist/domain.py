"""The rhythm of support, and what a work list can hold. Without Django."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

# Two words of support in a pair's first month, then one a month (product's rule, recalled from common practice).
FIRST_CONTACT_DAYS = 15
MONTH_DAYS = 30
FIRST_MONTH_CONTACTS = 2
# How early somebody is told that a parent's signature will no longer do.
SOON_ADULT_DAYS = 30
# The law gives so long to destroy the data of who withdrew (152-ФЗ, ст. 21 ч. 5).
WITHDRAWN_DAYS = 30


class Matter(StrEnum):
    """A sort of thing that waits; the order is that of the list."""

    STAFF_LOGIN = "staff-login"
    OWN_CHILD = "own-child"
    UNHEARD = "unheard"
    UNORDERED = "unordered"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    NO_CONSENT = "no-consent"
    CONSENT_ENDED = "consent-ended"
    SOON_ADULT = "soon-adult"
    CLEARANCE_MISSING = "clearance-missing"
    CLEARANCE_ENDED = "clearance-ended"
    CLEARANCE_ENDING = "clearance-ending"
    LEAVERS = "leavers"
    NEVER_MET = "never-met"
    STUCK = "stuck"
    CONTACT = "contact"
    PROPOSALS = "proposals"
    UNANSWERED = "unanswered"


# Those of which the mentor can be reminded: he is the one who meets and logs.
REMINDED = frozenset({Matter.NEVER_MET, Matter.STUCK})


def contact_due_on(effective: date, contacts: int, last: date | None) -> date:
    """Return the day from which a pair is due for a word of support.

    :param effective: the day from which the pair works.
    :param contacts: how many there were since; ``last`` is the day of the latest, None when there was none.
    """
    if last is None:
        return effective + timedelta(days=FIRST_CONTACT_DAYS)
    end_of_first_month = effective + timedelta(days=MONTH_DAYS)
    if contacts < FIRST_MONTH_CONTACTS and last < end_of_first_month:
        return max(end_of_first_month, last + timedelta(days=1))
    return last + timedelta(days=MONTH_DAYS)
