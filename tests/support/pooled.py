"""Two schools of the recount as one: what the figures must be when one has become a part of the other."""

from __future__ import annotations

from dataclasses import replace

from tests.support import oracle


def together(made: oracle.Region, *codes: str) -> oracle.School:
    """Return the schools of these codes as one, in the district of the first; each person once.

    A person's key is the number that the recount gave him over the whole region.
    """
    who = oracle.identities(made)
    pooled = oracle.School(made.schools[codes[0]].district)
    known: set[int] = set()
    for code in codes:
        part = made.schools[code]
        for person in part.people:
            number = who[code, person.key]
            if number not in known:
                pooled.people.append(replace(person, key=number))
            known.add(number)
        pooled.orders += [replace(order, key=(code, order.key)) for order in part.orders]
        pooled.enrolments += [replace(stay, person=who[code, stay.person]) for stay in part.enrolments]
        pooled.consents += [replace(paper, person=who[code, paper.person]) for paper in part.consents]
        pooled.pairs += [
            replace(
                pair,
                mentor=who[code, pair.mentor],
                mentee=who[code, pair.mentee],
                order=None if pair.order is None else (code, pair.order),
            )
            for pair in part.pairs
        ]
    return pooled
