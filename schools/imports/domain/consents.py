"""Resolves rows of consents: whose it is, which consent it is, whether the right person signed; and what pairs lack."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from core.text import number_key
from schools.consents.domain import ConsentState, Terms, state_on
from schools.imports.domain.pairs import TakenPair
from schools.imports.domain.people import KnownPerson, People
from schools.imports.domain.plan import Changes, NewConsent, Plan
from schools.imports.domain.reference import Reference
from schools.imports.domain.rows import ConsentRow, Refusal, Remark
from schools.imports.domain.stored import StoredConsent, StoredSchool

_TERMS = frozenset({"signer", "given_on", "valid_until", "withdrawn_on"})
# Who lacks a consent, the mentor and the mentee.
_SIDES = {(True, False): "mentor_side", (False, True): "mentee_side", (True, True): "both_sides"}
ConsentKey = tuple[UUID, str, str, date]


def resolve_consents(
    rows: list[ConsentRow],
    stored: StoredSchool,
    people: People,
    plan: Plan,
    reference: Reference,
    new_id: Callable[[], UUID],
) -> None:
    """Plan consents of people who are in the school or came with this import."""
    known: dict[ConsentKey, StoredConsent | NewConsent] = {
        _key(item.person_id, item.kind_id, item.number, item.given_on): item for item in stored.consents
    }
    changes = Changes()
    for row in rows:
        found = people.find(row.person_key)
        if len(found) != 1:
            why = "person_ambiguous" if found else "person_not_found"
            plan.refusals.append(Refusal(row.place, why))
            continue
        person = found[0]
        signer = _signer(row, person, plan, reference.adult_age_years)
        key = _key(person.id, row.kind_id, row.number, row.given_on)
        existing = known.get(key)
        if existing is None:
            known[key] = consent = NewConsent(
                new_id(),
                person.id,
                row.kind_id,
                signer,
                row.signer_text,
                row.number,
                row.given_on,
                row.valid_until,
                row.withdrawn_on,
            )
            plan.consents.append(consent)
        else:
            _update(row, signer, existing, changes, plan)
        plan.named_consents.add(known[key].id)
        plan.rows_accepted += 1
    plan.consent_changes.extend(changes.made())


def remark_upon_missing(
    pairs: Sequence[TakenPair], stored: tuple[StoredConsent, ...], plan: Plan, kinds: frozenset[str]
) -> None:
    """Remark upon rows of pairs of which a side has no consent in force on the first day, this import's included.

    :param kinds: the kinds of consent one of which is needed; nothing is needed when there are none.
    """
    terms: dict[UUID, list[Terms]] = defaultdict(list)
    changed = {change.id: change.values for change in plan.consent_changes}
    known: tuple[StoredConsent | NewConsent, ...] = (*stored, *plan.consents) if pairs and kinds else ()
    for item in known:
        if item.kind_id in kinds:
            now = Terms(item.signer, item.given_on, item.valid_until, item.withdrawn_on)
            said = {name: value for name, value in changed.get(item.id, {}).items() if name in _TERMS}
            terms[item.person_id].append(replace(now, **said) if said else now)

    def has(person: KnownPerson, day: date) -> bool:
        born = person.birth_date
        return born is not None and any(
            state_on(item, born, day) is ConsentState.IN_FORCE for item in terms.get(person.id, ())
        )

    for pair in pairs if kinds else ():
        lacks = (not has(pair.mentor, pair.starts_on), not has(pair.mentee, pair.starts_on))
        if any(lacks):
            plan.remarks.append(Remark(pair.place, "no_consent", _SIDES[lacks]))


def _key(person_id: UUID, kind_id: str, number: str, given_on: date) -> ConsentKey:
    return person_id, kind_id, number_key(number), given_on


def _signer(row: ConsentRow, person: KnownPerson, plan: Plan, adult_age_years: int) -> str:
    """Return who signed, by age when the cell is empty, and remark upon the wrong one."""
    is_adult = person.birth_date is not None and _has_age(person.birth_date, row.given_on, adult_age_years)
    signer = row.signer
    if not signer:
        plan.remarks.append(Remark(row.place, "no_signer"))
        return "self" if is_adult else "representative"
    if signer == "self" and not is_adult:
        plan.remarks.append(Remark(row.place, "minor_signed_himself"))
    elif signer == "representative" and is_adult:
        plan.remarks.append(Remark(row.place, "adult_signed_by_other"))
    return signer


def _has_age(birth_date: date, day: date, years: int) -> bool:
    """Tell whether the full years are reached on the day; born on 29 February: on 1 March of other years."""
    return (day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))) >= years


def _update(row: ConsentRow, signer: str, existing: StoredConsent | NewConsent, changes: Changes, plan: Plan) -> None:
    """Let the last row about a consent of this import hold; from a stored one no empty cell takes a withdrawal back."""
    if isinstance(existing, NewConsent):
        plan.remarks.append(Remark(row.place, "repeated_consent"))
        existing.signer, existing.signer_text = signer, row.signer_text
        existing.valid_until, existing.withdrawn_on = row.valid_until, row.withdrawn_on
        return
    typed: dict[str, date | str | None] = {"valid_until": row.valid_until, "withdrawn_on": row.withdrawn_on}
    if row.signer:
        typed |= {"signer": signer, "signer_text": row.signer_text}
    changes.lay_over(existing, {name: value for name, value in typed.items() if value is not None})
