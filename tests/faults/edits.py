"""Random real work in the schools: the product's services, the ORM and COPY, in the schools' own contexts.

A process of an instance: ``python -m tests.faults.edits SEED``. Works until its stdin closes, and prints how many
edits of each kind it committed, how many were refused, and how many a broken database cost.
"""

from __future__ import annotations

import json
import select
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import uuid4

PAUSE_SECONDS = (0.05, 0.35)
SHARED = 14
"""People who are known in any of the schools: the same name and birth, with and without a СНИЛС."""

Row = TypeVar("Row")


class Writer:
    """One pair of hands."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.label = f"faults {seed}"
        self.counts: Counter[str] = Counter()
        same = Random(0)
        self.shared = [
            (
                f"Общий{chr(1072 + place)}",
                date(same.choice((1980, 2008, 2012, 2016)), same.randint(1, 12), same.randint(1, 28)),
                same.choice(("", f"{same.randrange(10**10, 10**11)}")),
            )
            for place in range(SHARED)
        ]
        self.acts: list[Callable[[], object]] = [
            self.admit, self.admit, self.admit_shared, self.admit_shared, self.leave, self.rename, self.make_pair,
            self.make_pair, self.sign, self.sign, self.end_pair, self.discard, self.consent, self.consent,
            self.withdraw, self.correct_order, self.copy_class, self.move_class, self.give_up, self.strike,
        ]  # fmt: skip

    def work(self) -> None:
        """Edit at random until stdin closes."""
        from django.db import DatabaseError, connection, transaction
        from django.http import Http404

        from core.authz import system_actor
        from core.tenancy import region, school
        from schools.people.errors import FaultyActError
        from tenants.registry.models import School

        with region():
            places = list(School.objects.filter(state="ready").order_by("code").values_list("schema_name", flat=True))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while not select.select([sys.stdin], [], [], self.random.uniform(*PAUSE_SECONDS))[0]:
            act = self.random.choice(self.acts)
            try:
                if self.random.random() < 0.02:
                    with region():
                        self.move_school()
                    self.counts["move_school"] += 1
                    continue
                with school(self.random.choice(places)), transaction.atomic():
                    self.actor = system_actor(self.label)
                    done = act()
                self.counts[act.__name__ if done else "nothing to do"] += 1
            except (FaultyActError, Http404):
                self.counts["refused"] += 1
            except DatabaseError:
                self.counts["database away"] += 1
                connection.close()

    # --- choosing ----------------------------------------------------------------------------------------------------
    def any_of(self, rows: Any) -> Any:
        """Pick a row, or None."""
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        return rows.model.objects.get(pk=self.random.choice(ids)) if ids else None

    def day(self, back: int = 90, ahead: int = 3) -> date:
        """Pick a day near today, where figures turn."""
        from django.utils import timezone

        return timezone.localdate() + timedelta(days=self.random.randint(-back, ahead))

    # --- services ----------------------------------------------------------------------------------------------------
    def admit(self) -> object:
        """Somebody new comes."""
        born = date(self.random.choice((1975, 1990, 2007, 2008, 2010, 2013, 2016)), 1, 1)
        return self._create(f"Новый{uuid4().hex[:6]}а", born + timedelta(days=self.random.randrange(365)), "")

    def admit_shared(self) -> object:
        """Somebody comes whom another school may know."""
        return self._create(*self.random.choice(self.shared))

    def _create(self, surname: str, born: date, snils: str) -> object:
        from schools.people.enrolments import EnrolmentData
        from schools.people.services import PersonData, create_person

        kind = "teacher" if born.year < 2000 else "pupil"
        data = PersonData(surname=surname, name="Пётр", birth_date=born, snils=snils, kinds={kind})
        stay = EnrolmentData(kind=kind, admitted_on=self.day(), class_name="7А", post="учитель")
        return create_person(actor=self.actor, data=data, enrolments=[stay])

    def leave(self) -> object:
        """Somebody leaves, or is found not to have left."""
        from schools.people.enrolments import record_leaving
        from schools.people.models import Enrolment

        stay = self.any_of(Enrolment.objects.all())
        return stay and record_leaving(
            actor=self.actor, enrolment_id=stay.pk, left_on=max(stay.admitted_on, self.day(30))
        )

    def rename(self) -> object:
        """A slip in a name or a birth date is put right: who is who over the region may change."""
        from schools.people.models import Person
        from schools.people.services import PersonData, edit_person

        person = self.any_of(Person.objects.all())
        if person is None:
            return None
        surname, born, snils = self.random.choice(self.shared)
        if self.random.random() < 0.5:
            surname, born = person.surname, person.birth_date
        kinds = set(person.kinds.values_list("kind", flat=True)) or {"pupil"}
        data = PersonData(surname=surname, name="Пётр", birth_date=born, snils=snils, kinds=kinds)
        return edit_person(actor=self.actor, person_id=person.pk, data=data)

    def make_pair(self) -> object:
        """A draft pair of two people of the school."""
        from schools.pairs.services import PairData, create_pairs
        from schools.people.models import Person
        from tenants.reference.selectors import forms_now

        form = self.random.choice([row for row in forms_now() if not row.is_mentor_outside])
        mentor = self.any_of(Person.objects.filter(kinds__kind__in=form.mentor_kinds).distinct())
        mentee = self.any_of(Person.objects.filter(kinds__kind__in=form.mentee_kinds).distinct())
        if mentor is None or mentee is None:
            return None
        first = self.day()
        last = self.random.choice((None, first + timedelta(days=self.random.randint(0, 120))))
        data = PairData(form_code=form.code, mentor_id=mentor.pk, mentee_ids=[mentee.pk], starts_on=first, ends_on=last)
        return create_pairs(actor=self.actor, data=data)

    def sign(self) -> object:
        """An order over some drafts."""
        from schools.pairs.models import Pair
        from schools.pairs.orders import approve_pairs

        drafts = list(Pair.objects.filter(order=None).order_by("pk").values_list("pk", flat=True))
        chosen = self.random.sample(drafts, min(len(drafts), self.random.randint(1, 4)))
        return chosen and approve_pairs(
            actor=self.actor, pair_ids=chosen, number=f"{self.random.randint(1, 30)}-н", signed_on=self.day(40)
        )

    def end_pair(self) -> object:
        """A pair ends."""
        from schools.pairs.models import Pair
        from schools.pairs.services import end_pair

        pair = self.any_of(Pair.objects.all())
        return pair and end_pair(
            actor=self.actor, pair_id=pair.pk, ends_on=max(pair.starts_on, self.day(10)), reason="отъезд"
        )

    def discard(self) -> object:
        """A draft is thrown away."""
        from schools.pairs.models import Pair
        from schools.pairs.services import discard_draft

        pair = self.any_of(Pair.objects.filter(order=None))
        if pair is None:
            return None
        discard_draft(actor=self.actor, pair_id=pair.pk)
        return True

    def consent(self) -> object:
        """A consent comes in."""
        from schools.consents.services import ConsentData, record_consent
        from schools.people.models import Person

        person = self.any_of(Person.objects.all())
        given = self.day(60)
        data = ConsentData(
            kind=self.random.choice(("processing", "processing", "processing", "transfer")),
            signer=self.random.choice(("self", "representative")),
            given_on=given,
            number=str(self.random.randint(1, 500)),
            valid_until=self.random.choice((None, None, given + timedelta(days=self.random.randint(0, 70)))),
        )
        return person and record_consent(actor=self.actor, person_id=person.pk, data=data)

    def withdraw(self) -> object:
        """A consent is withdrawn."""
        from schools.consents.models import Consent
        from schools.consents.services import withdraw_consent

        consent = self.any_of(Consent.objects.all())
        return consent and withdraw_consent(
            actor=self.actor, consent_id=consent.pk, withdrawn_on=max(consent.given_on, self.day(5))
        )

    def correct_order(self) -> object:
        """The date of an order is put right; all its pairs follow."""
        from schools.pairs.models import Order
        from schools.pairs.orders import correct_order

        order = self.any_of(Order.objects.all())
        return order and correct_order(
            actor=self.actor, order_id=order.pk, number=f"{self.random.randint(1, 30)}-н", signed_on=self.day(20)
        )

    # --- past the services -------------------------------------------------------------------------------------------
    def copy_class(self) -> object:
        """A dozen people, paired and consenting, by COPY as an import writes them."""
        from django.utils import timezone

        from core.text import name_key as fold
        from schools.consents.models import Consent
        from schools.imports.bulk import copy_rows
        from schools.pairs.models import Order, Pair
        from schools.people.keys import name_key
        from schools.people.models import Enrolment, Person

        now, born, order = timezone.now(), date(2011, self.random.randint(1, 12), 5), uuid4()
        people = [(uuid4(), f"Списков{uuid4().hex[:6]}") for _ in range(12)]
        copy_rows(
            Person,
            ("id", "surname", "name", "patronymic", "folded_name", "birth_date", "sex", "snils", "name_key",
             "snils_key", "phone", "email", "created_at", "updated_at"),
            [
                (pk, surname, "Пётр", "", fold(f"{surname} Пётр"), born, "", "",
                 name_key(fold(f"{surname} Пётр"), born), "", "", "", now, now)
                for pk, surname in people
            ],
        )  # fmt: skip
        copy_rows(
            Enrolment,
            ("id", "person_id", "kind", "post", "admitted_on"),
            [(uuid4(), pk, "pupil", "", self.day()) for pk, _ in people],
        )
        copy_rows(Order, ("id", "number", "signed_on", "created_at"), [(order, f"к{order}"[:20], self.day(30), now)])
        copy_rows(
            Pair,
            ("id", "mentor_id", "mentee_id", "form_code", "role_variant", "starts_on", "order_id", "created_at"),
            [
                (uuid4(), mentor, mentee, "pupil-pupil", "", self.day(), order, now)
                for (mentor, _), (mentee, _) in zip(people[::2], people[1::2], strict=True)
            ],
        )
        copy_rows(
            Consent,
            ("id", "person_id", "kind", "signer", "signer_kinship", "number", "given_on", "created_at"),
            [(uuid4(), pk, "processing", "representative", "мать", "", self.day(), now) for pk, _ in people],
        )
        return True

    def move_class(self) -> object:
        """Many enrolments change in one statement."""
        from schools.people.models import Enrolment

        return Enrolment.objects.filter(admitted_on=self.day()).update(admitted_on=self.day())

    def give_up(self) -> object:
        """A long change is rolled back: nothing of it may be counted."""
        from django.db import transaction

        from schools.people.models import Enrolment

        with transaction.atomic():
            Enrolment.objects.all().delete()
            transaction.set_rollback(True)
        return True

    def strike(self) -> object:
        """A person entered by mistake is deleted, with everything that hangs on him."""
        from schools.pairs.models import Pair
        from schools.people.models import Person

        person = self.any_of(Person.objects.filter(surname__startswith="Новый"))
        if person is None:
            return None
        for side in ("mentor", "mentee"):
            Pair.objects.filter(**{side: person}).delete()
        return person.delete()

    def move_school(self) -> None:
        """A school goes to another district, or to none."""
        from tenants.registry.models import District, School

        school = self.random.choice(list(School.objects.order_by("code")))
        district = self.random.choice([None, *District.objects.order_by("title")])
        School.objects.filter(pk=school.pk).update(district=district)


if __name__ == "__main__":
    import django

    django.setup()
    writer = Writer(int(sys.argv[1]))
    writer.work()
    sys.stdout.write(json.dumps(writer.counts))
