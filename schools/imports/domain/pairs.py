"""Resolves rows of pairs: who the two are, which pair it is, under which order, and whether they have consented."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.text import number_key
from schools.imports.domain.people import KnownPerson, People
from schools.imports.domain.plan import Changes, NewOrder, NewPair, NewPerson, Plan
from schools.imports.domain.reference import Form, Reference
from schools.imports.domain.rows import PairRow, Place, Refusal, Remark
from schools.imports.domain.stored import StoredOrder, StoredPair, StoredSchool

PairKey = tuple[UUID, UUID, str, date]


@dataclass(frozen=True, slots=True)
class TakenPair:
    """A row that was taken: where it stands, and who is in the pair from which day."""

    place: Place
    starts_on: date
    mentor: KnownPerson
    mentee: KnownPerson


class _Orders:
    """The orders of a school by number and date; the same two are the same order."""

    def __init__(self, stored: tuple[StoredOrder, ...], plan: Plan, new_id: Callable[[], UUID]) -> None:
        self._plan = plan
        self._new_id = new_id
        self._by_key = {(number_key(order.number), order.signed_on): order.id for order in stored}
        self._closed = {order.id for order in stored if order.is_closed}

    def is_closed(self, order_id: UUID | None) -> bool:
        """Tell whether nothing may come under an order any more: it was cancelled, or cancels another."""
        return order_id in self._closed

    def order_id(self, number: str, signed_on: date | None) -> UUID | None:
        """Return the id of the order, planned if it is new; None when the row names none."""
        if not number and signed_on is None:
            return None
        key = (number_key(number), signed_on)
        if key not in self._by_key:
            order = NewOrder(self._new_id(), number, signed_on)
            self._plan.orders.append(order)
            self._by_key[key] = order.id
        return self._by_key[key]


def resolve_pairs(
    rows: list[PairRow],
    stored: StoredSchool,
    people: People,
    plan: Plan,
    reference: Reference,
    new_id: Callable[[], UUID],
) -> list[TakenPair]:
    """Plan pairs, their orders and outside mentors; return the rows that were taken."""
    orders = _Orders(stored.orders, plan, new_id)
    known: dict[PairKey, StoredPair | NewPair] = {
        (pair.mentor_id, pair.mentee_id, pair.form_id, pair.starts_on): pair for pair in stored.pairs
    }
    changes = Changes()
    taken = []
    for row in rows:
        form = reference.forms_by_id[row.form_id]
        found = _find_members(row, form, people, plan, reference.outside_kinds, new_id)
        if isinstance(found, str):
            plan.refusals.append(Refusal(row.place, found))
            continue
        mentor, mentee = found
        key = (mentor.id, mentee.id, form.id, row.starts_on)
        existing = known.get(key)
        if (mentor.id, mentee.id) in stored.own_children:
            if _brings_into_force(row, existing):
                plan.refusals.append(Refusal(row.place, "own_child"))
                continue
            plan.remarks.append(Remark(row.place, "own_child"))
        _remark(row, form, mentor, mentee, plan)
        order_id = orders.order_id(row.order_number, row.order_date)
        is_over = existing is not None and orders.is_closed(existing.order_id)
        if is_over or orders.is_closed(order_id):
            # The list was made before the order was cancelled: it brings nothing back into force.
            plan.remarks.append(Remark(row.place, "order_cancelled"))
            order_id = None
        if existing is None:
            known[key] = pair = NewPair(
                new_id(), mentor.id, mentee.id, form.id, row.variant, row.starts_on, row.ends_on, order_id
            )
            plan.pairs.append(pair)
        elif not is_over:
            _update(row, existing, order_id, changes, plan)
        plan.named_pairs.add(known[key].id)
        plan.rows_accepted += 1
        taken.append(TakenPair(row.place, row.starts_on, mentor, mentee))
    plan.pair_changes.extend(changes.made())
    return taken


def _brings_into_force(row: PairRow, existing: StoredPair | NewPair | None) -> bool:
    """Tell whether a row makes a pair, or gives one an order; what stands under an order may still get its last day."""
    return existing is None or (existing.order_id is None and bool(row.order_number or row.order_date))


def _find_members(
    row: PairRow,
    form: Form,
    people: People,
    plan: Plan,
    outside_kinds: frozenset[str],
    new_id: Callable[[], UUID],
) -> tuple[KnownPerson, KnownPerson] | str:
    """Return both people, or the code of the refusal: first that somebody is missing, then that several fit.

    Somebody known only from outside is no member of a pair inside the school; a form with an outside mentor takes the
    school's own person of that name first.
    """
    everyone = people.find(row.mentor_key)
    mentors = [person for person in everyone if not person.is_outside(outside_kinds)]
    mentees = [person for person in people.find(row.mentee_key) if not person.is_outside(outside_kinds)]
    if not mentors and form.outside_kind is not None:
        mentors = everyone
    name_key, birth_date = row.mentor_key
    may_create = form.outside_kind is not None and bool(row.mentor.first_name) and birth_date is not None
    if not mentees or (not mentors and not may_create) or row.mentor_key == row.mentee_key:
        return "person_not_found"
    if len(mentors) > 1 or len(mentees) > 1:
        return "person_ambiguous"
    if mentors or form.outside_kind is None or birth_date is None:
        return mentors[0], mentees[0]
    mentor = people.add(
        NewPerson(new_id(), row.mentor, name_key, birth_date, None, "", {form.outside_kind}, row.mentor_occupation)
    )
    plan.remarks.append(Remark(row.place, "outside_mentor_created"))
    return mentor, mentees[0]


def _remark(row: PairRow, form: Form, mentor: KnownPerson, mentee: KnownPerson, plan: Plan) -> None:
    fits = (not form.mentor_kinds or mentor.kinds & form.mentor_kinds) and (
        not form.mentee_kinds or mentee.kinds & form.mentee_kinds
    )
    if not fits:
        plan.remarks.append(Remark(row.place, "side_mismatch"))
    if not row.order_number and row.order_date is None:
        plan.remarks.append(Remark(row.place, "no_order"))
    elif not row.order_number or row.order_date is None:
        plan.remarks.append(Remark(row.place, "order_incomplete"))


def _update(row: PairRow, existing: StoredPair | NewPair, order_id: UUID | None, changes: Changes, plan: Plan) -> None:
    """Let the last row about a pair of this import hold; against a stored pair, empty cells take nothing away."""
    if isinstance(existing, NewPair):
        plan.remarks.append(Remark(row.place, "repeated_pair"))
        existing.ends_on, existing.variant, existing.order_id = row.ends_on, row.variant, order_id
        return
    ends_on = row.ends_on
    if existing.is_end_decided and ends_on not in (None, existing.ends_on):
        # The list was made before somebody ended the pair: two mentors of one mentee would count at once.
        plan.remarks.append(Remark(row.place, "end_decided"))
        ends_on = None
    typed = {"ends_on": ends_on, "variant": row.variant, "order_id": order_id}
    changes.lay_over(existing, {name: value for name, value in typed.items() if value not in ("", None)})
