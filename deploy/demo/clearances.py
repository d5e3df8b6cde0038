"""Papers of mentors from outside in the demonstration's schools: each mentor shows another state of the checklist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from core.accounts.models import User
from core.authz import Actor, load_actor
from core.tenancy import region, school
from schools.clearances.models import Clearance
from schools.clearances.selectors import Checklist, checklists_of_school
from schools.clearances.services import PaperData, decide_rules, record_clearance, withdraw_clearance
from tenants.registry.models import School

AGREEMENT, RECORD, LETTER = "agreement", "no-criminal-record", "enterprise-letter"
_ISSUERS: Final = {
    AGREEMENT: "Школа и наставник",
    RECORD: "Управление МВД по Кедровскому краю",
    LETTER: "Место работы или учёбы наставника",
}
_LETTERS: Final = {AGREEMENT: "Д", RECORD: "С", LETTER: "П"}
# For each mentor in turn, days from today to the last day of each paper; what is not named is not there.
_LEFT_DAYS: Final[Sequence[dict[str, int]]] = (
    {AGREEMENT: 240, RECORD: 300, LETTER: 200},
    {AGREEMENT: 240, RECORD: 5, LETTER: 200},
    {AGREEMENT: 25, RECORD: 300},
    {AGREEMENT: 240, RECORD: -10, LETTER: 200},
    {AGREEMENT: 55, RECORD: 300, LETTER: 200},
    {},
)
_TERM_DAYS: Final = 364
# Of so many mentors the last one's agreement was terminated.
_TERMINATED: Final = 4


def keep_papers(day: date) -> int:
    """Record papers in every school whose coordinator can be signed in as; return how many schools got them now."""
    with region():
        ready = School.objects.filter(state=School.State.READY).order_by("code")
        schemas = list(ready.values_list("schema_name", flat=True))
    kept = 0
    for schema in schemas:
        with school(schema), transaction.atomic():
            kept += _keep(day, kept)
    return kept


def _keep(day: date, turn: int) -> bool:
    """Record the papers of one school; each begins with another state, for small ones have two or three mentors."""
    account = User.objects.filter(login="coordinator", is_active=True).first()
    if account is None or Clearance.objects.exists():
        return False
    actor = load_actor(account)
    found = checklists_of_school(actor, day)
    if not found:
        return False
    decide_rules(actor=actor, rules={RECORD: "block"})
    for place, mentor in enumerate(found, start=turn):
        _record(actor, mentor, _LEFT_DAYS[place % len(_LEFT_DAYS)], day, number=place + 1)
    if len(found) >= _TERMINATED:
        _terminate(actor, found[-1], day)
    return True


def _record(actor: Actor, mentor: Checklist, left: dict[str, int], day: date, *, number: int) -> None:
    asked = {line.kind.code for line in mentor.lines}
    for kind, days in left.items():
        if kind in asked:
            until = day + timedelta(days=days)
            data = PaperData(
                issued_on=until - timedelta(days=_TERM_DAYS),
                number=f"{number}-{_LETTERS[kind]}",
                issuer=_ISSUERS[kind],
                valid_until=until,
            )
            record_clearance(actor=actor, person_id=mentor.person.pk, kind=kind, data=data)


def _terminate(actor: Actor, mentor: Checklist, day: date) -> None:
    paper = Clearance.objects.filter(person=mentor.person, kind=AGREEMENT).first()
    if paper is not None:
        since = day - timedelta(days=3)
        withdraw_clearance(actor=actor, clearance_id=paper.pk, withdrawn_on=since, reason="Договор расторгнут")
