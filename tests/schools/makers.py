"""Makes people, consents and pairs in the current school, and actors with a role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from core.text import name_key as fold

TODAY = date(2026, 11, 21)
_NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)


def actor_with(role: str | None, scope: str = "", **fields: Any) -> Any:
    """Return the actor of a new user with one role in the current school."""
    from core.authz import load_actor
    from tests.support.accounts import make_user

    return load_actor(make_user(role, scope, with_totp=False, **fields))


def make_person(
    full_name: str = "Иванова Анна Петровна",
    born: date = date(2012, 5, 5),
    kinds: Iterable[str] = ("pupil",),
    *,
    room: str = "",
    admitted: date | None = date(2026, 9, 1),
    left: date | None = None,
    snils: str = "",
) -> Any:
    """Make a person; pupils, teachers and staff are enrolled unless ``admitted`` is None."""
    from schools.people.models import Enrolment, Person, PersonKind, SchoolClass

    surname, name, *rest = full_name.split()
    person = Person.objects.create(
        surname=surname,
        name=name,
        patronymic=" ".join(rest),
        folded_name=fold(full_name),
        birth_date=born,
        snils=snils,
        name_key=f"{full_name}{born}"[:32],
        created_at=_NOW,
        updated_at=_NOW,
    )
    for kind in kinds:
        PersonKind.objects.create(person=person, kind=kind)
        if admitted and kind in ("pupil", "teacher", "staff"):
            school_class = SchoolClass.objects.get_or_create(title=room)[0] if room and kind == "pupil" else None
            Enrolment.objects.create(
                person=person, kind=kind, admitted_on=admitted, left_on=left, school_class=school_class
            )
    return person


def make_consent(person: Any, signer: str = "", *, kind: str = "processing", **fields: Any) -> Any:
    """Make a consent given on 2 September 2026, signed by whoever must sign."""
    from schools.consents.models import Consent
    from schools.people.domain import is_adult_on

    return Consent.objects.create(
        person=person,
        kind=kind,
        signer=signer or ("self" if is_adult_on(person.birth_date, TODAY) else "representative"),
        given_on=fields.pop("given_on", date(2026, 9, 2)),
        created_at=_NOW,
        **fields,
    )


def make_order(number: str = "84-од", signed_on: date | None = date(2026, 9, 10)) -> Any:
    """Make an order."""
    from schools.pairs.models import Order

    return Order.objects.create(number=number, signed_on=signed_on, created_at=_NOW)


def make_pair(mentor: Any, mentee: Any, form: str = "teacher-pupil", **fields: Any) -> Any:
    """Make a pair from 15 September 2026; a draft unless an order is given."""
    from schools.pairs.models import Pair

    return Pair.objects.create(
        mentor=mentor,
        mentee=mentee,
        form_code=form,
        starts_on=fields.pop("starts_on", date(2026, 9, 15)),
        created_at=_NOW,
        **fields,
    )


def make_training(person: Any, title: str = "Школа наставников", **fields: Any) -> Any:
    """Make a training that was finished on 28 August 2026."""
    from schools.training.models import Training

    fields = {"finished_on": date(2026, 8, 28), "noted_at": _NOW, **fields}
    return Training.objects.create(person=person, title=title, **fields)


def audited() -> list[tuple[str, str]]:
    """Return (action, id of the object) of all audit rows of the current school, the oldest first."""
    from core.audit.models import AuditRecord

    return list(AuditRecord.objects.order_by("at").values_list("action", "object_id"))


def search(client: Any, path: str, words: str, **filters: str) -> Any:
    """Search a list for words as its filter bar does, by POST; return the page found."""
    return client.post(path, {"search": "1", "q": words, **filters}, follow=True)
