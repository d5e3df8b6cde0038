"""Writes about people: who they are, their kinds and their legal representatives.

Each act authorises, locks, changes, and writes one audit row, in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.text import UnreadableSnilsError, full_name_from_columns, snils_digits
from schools.people import policies
from schools.people.domain import FIRST_BIRTH_YEAR
from schools.people.editions import Acts, edition_of, in_words, refuse_overtaken
from schools.people.enrolments import EnrolmentData, store_enrolment
from schools.people.errors import Fault, FaultyActError
from schools.people.keys import name_key, snils_key
from schools.people.merging import remember_former_name
from schools.people.models import Guardianship, Person, PersonKind, PersonKindChoice
from schools.people.registers import hold_registers
from schools.people.selectors import person_for
from schools.people.staff_logins import refuse_staff_login

_LONGEST_PART = 100
TYPED: Final = ("surname", "name", "patronymic", "birth_date", "sex", "snils", "phone", "email")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonData:
    """What a person's form says, as typed. ``kinds`` are codes of :class:`PersonKindChoice`; ``snils`` in any form."""

    surname: str
    name: str
    birth_date: date
    patronymic: str = ""
    sex: str = ""
    snils: str = ""
    phone: str = ""
    email: str = ""
    kinds: Collection[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class _Cleaned:
    columns: dict[str, object]
    kinds: frozenset[str]


def create_person(*, actor: Actor, data: PersonData, enrolments: Sequence[EnrolmentData] = ()) -> Person:
    """Add a person of the school, with enrolments when he studies or works here.

    Refused when the name or the date of birth cannot be right, when the school already has the person (same name and
    date of birth, unless both have a different СНИЛС), or when the СНИЛС is another person's.

    :raises FaultyActError: with a fault for each field to mend.
    :raises PermissionDenied: when the actor may not.
    """
    enforce(policies.may_edit_people(actor))
    with transaction.atomic():
        hold_registers()
        cleaned = _clean(data, today=timezone.localdate(), known=None)
        now = timezone.now()
        person = Person.objects.create(**cleaned.columns, created_at=now, updated_at=now)
        _set_kinds(person, cleaned.kinds)
        for enrolment in enrolments:
            store_enrolment(person, enrolment)
        record(
            actor=actor,
            action="people.person_created",
            object_type="people.person",
            object_id=person.pk,
            details={"kinds": sorted(cleaned.kinds)},
        )
    return person


def edit_person(*, actor: Actor, person_id: UUID, data: PersonData, seen: str | None = None) -> Person:
    """Change what is known of a person; the keys by which the region counts people follow the new name.

    Another name leaves the former one behind: papers and older lists go on finding the person by it. ``seen`` is the
    edition of :func:`person_values` that was read: what somebody else, or an import, has written since stays.

    :raises FaultyActError: as :func:`create_person`; a login of staff would come to a pupil's card; or somebody else
        has changed since what was seen.
    :raises Http404: no such person among those the actor sees.
    :raises PermissionDenied: when the actor may not.
    """
    enforce(policies.may_edit_people(actor))
    with transaction.atomic():
        hold_registers()
        person = person_for(actor=actor, person_id=person_id, lock=True)
        cleaned = _clean(data, today=timezone.localdate(), known=person)
        _refuse_overtaken(person, seen, cleaned)
        changed = sorted(name for name, value in cleaned.columns.items() if getattr(person, name) != value)
        former = (person.full_name, person.folded_name)
        for name, value in cleaned.columns.items():
            setattr(person, name, value)
        person.updated_at = timezone.now()
        person.save()
        remember_former_name(person, *former, until=timezone.localdate())
        other_kinds = _set_kinds(person, cleaned.kinds)
        if other_kinds:
            changed.append("kinds")
        if {"kinds", "birth_date"} & set(changed):
            becomes_pupil = PersonKindChoice.PUPIL in other_kinds & cleaned.kinds
            refuse_staff_login(person, timezone.localdate(), becomes_pupil=becomes_pupil)
        record(
            actor=actor,
            action="people.person_changed",
            object_type="people.person",
            object_id=person.pk,
            details={"fields": changed},
        )
    return person


def person_values(person: Person) -> dict[str, Any]:
    """Return what is typed of a person, as it is stored; his kinds by code, in order."""
    kinds = sorted(row.kind for row in person.kinds.all())
    return {**{name: getattr(person, name) for name in TYPED}, "kinds": kinds}


def _refuse_overtaken(person: Person, seen: str | None, cleaned: _Cleaned) -> None:
    """Refuse to overwrite a person who is held.

    :raises FaultyActError: somebody else has changed since what was seen.
    """
    if seen is None:
        return
    values, titles = person_values(person), dict(PersonKindChoice.choices)
    typed = {**{name: cleaned.columns[name] for name in TYPED}, "kinds": sorted(cleaned.kinds)}
    words = {name: in_words(value) for name, value in values.items()}
    words["kinds"] = ", ".join(str(titles.get(kind, kind)) for kind in values["kinds"])
    words["sex"] = {"f": _("женский"), "m": _("мужской")}.get(person.sex, "")
    acts = Acts("people.person", person.pk, ["people.person_changed"])
    refuse_overtaken(seen=seen, values=values, typed=typed, words=words, acts=acts)


def ties_of(ward: Person) -> dict[UUID, Guardianship]:
    """Return how people were ever recorded as a person's representatives, by their ids; a tie may have ended."""
    return {tie.guardian_id: tie for tie in Guardianship.objects.filter(ward=ward)}


def kinship_edition(kinship: str) -> str:
    """Return the edition of a kinship; of somebody who is no representative, that of an empty one."""
    return edition_of({"kinship": kinship})


def add_guardian(
    *, actor: Actor, ward_id: UUID, guardian_id: UUID, kinship: str, seen: str | None = None
) -> Guardianship:
    """Record a legal representative of a person; the same two again change the kinship, and what ended goes on.

    ``seen`` is the edition of the two's kinship that was read: what somebody else has written since stays.

    :raises FaultyActError: nobody is his own representative; the kinship is needed; somebody else has changed it.
    :raises Http404: no such person among those the actor sees.
    """
    enforce(policies.may_edit_people(actor))
    kinship = " ".join(kinship.split())
    if not kinship:
        raise FaultyActError.of("no_kinship", _("Напишите, кем приходится: мать, отец, опекун."), "kinship")
    if ward_id == guardian_id:
        raise FaultyActError.of("own_guardian", _("Человек не может быть своим представителем."), "guardian")
    with transaction.atomic():
        ward = person_for(actor=actor, person_id=ward_id, lock=True)
        guardian = person_for(actor=actor, person_id=guardian_id)
        tie = ties_of(ward).get(guardian.pk)
        stored = {"kinship": tie.kinship if tie else ""}
        acts = Acts("people.person", ward.pk, ["people.guardian_added"], {"guardian": str(guardian.pk)})
        typed = {"kinship": kinship[:40]}
        refuse_overtaken(seen=seen, values=stored, typed=typed, words=stored, acts=acts)
        kept, _created = Guardianship.objects.update_or_create(
            ward=ward, guardian=guardian, defaults={"kinship": kinship[:40], "to_date": None}
        )
        record(
            actor=actor,
            action="people.guardian_added",
            object_type="people.person",
            object_id=ward.pk,
            details={"guardian": str(guardian.pk)},
        )
    return kept


def remove_guardian(*, actor: Actor, ward_id: UUID, guardianship_id: UUID) -> None:
    """Take a legal representative off a person's card; the representative stays among the people.

    :raises Http404: no such person, or the representative is not this person's.
    """
    enforce(policies.may_edit_people(actor))
    with transaction.atomic():
        ward = person_for(actor=actor, person_id=ward_id, lock=True)
        removed, _by_model = Guardianship.objects.filter(ward=ward, pk=guardianship_id).delete()
        if not removed:
            return
        record(actor=actor, action="people.guardian_removed", object_type="people.person", object_id=ward.pk)


def _set_kinds(person: Person, wanted: frozenset[str]) -> frozenset[str]:
    """Make the person's kinds the wanted ones; return those that came or went."""
    have = set(PersonKind.objects.filter(person=person).values_list("kind", flat=True))
    PersonKind.objects.filter(person=person, kind__in=have - wanted).delete()
    PersonKind.objects.bulk_create([PersonKind(person=person, kind=kind) for kind in sorted(wanted - have)])
    return wanted ^ have


def _clean(data: PersonData, *, today: date, known: Person | None) -> _Cleaned:
    """Check everything at once, so that the form shows every fault and not the first.

    :raises FaultyActError: with all faults.
    """
    faults: list[Fault] = []
    full = full_name_from_columns(data.surname, data.name, data.patronymic)
    faults += _faults_of_name(full.surname, full.first_name, full.patronymic)
    faults += _faults_of_birth(data.birth_date, today)
    snils = _clean_snils(data.snils, faults)
    email = data.email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            faults.append(Fault("bad_email", _("Адрес почты выглядит так: имя@школа.рф."), "email"))
    kinds = frozenset(data.kinds)
    if not kinds:
        faults.append(Fault("no_kind", _("Отметьте хотя бы одно: кем человек приходится школе."), "kinds"))
    elif kinds - set(PersonKindChoice.values):
        faults.append(Fault("bad_kind", _("Такого вида участника нет."), "kinds"))
    if not faults:
        faults += _faults_of_sameness(full.key, data.birth_date, snils, known)
    if faults:
        raise FaultyActError(*faults)
    columns: dict[str, object] = {
        "surname": full.surname,
        "name": full.first_name,
        "patronymic": full.patronymic,
        "folded_name": full.key,
        "birth_date": data.birth_date,
        "sex": data.sex if data.sex in ("m", "f") else "",
        "snils": snils,
        "name_key": name_key(full.key, data.birth_date),
        "snils_key": snils_key(snils) if snils else "",
        "phone": " ".join(data.phone.split())[:40],
        "email": email,
    }
    return _Cleaned(columns, kinds)


def _faults_of_name(surname: str, name: str, patronymic: str) -> list[Fault]:
    faults = []
    if not surname:
        faults.append(Fault("no_surname", _("Напишите фамилию."), "surname"))
    if not name:
        faults.append(Fault("no_name", _("Напишите имя."), "name"))
    parts = {"surname": surname, "name": name, "patronymic": patronymic}
    for part, text in parts.items():
        if len(text) > _LONGEST_PART:
            faults.append(Fault("too_long", _("Слишком длинно: не больше 100 знаков."), part))
        elif text and not any(letter.isalpha() for letter in text):
            faults.append(Fault("no_letters", _("Здесь нужны буквы."), part))
    return faults


def _faults_of_birth(birth_date: date, today: date) -> list[Fault]:
    if birth_date > today:
        return [Fault("birth_in_future", _("Дата рождения позже сегодняшнего дня. Проверьте год."), "birth_date")]
    if birth_date.year < FIRST_BIRTH_YEAR:
        return [Fault("birth_too_early", _("Дата рождения раньше 1900 года. Проверьте год."), "birth_date")]
    return []


def _clean_snils(typed: str, faults: list[Fault]) -> str:
    try:
        return snils_digits(typed) or ""
    except UnreadableSnilsError:
        faults.append(Fault("bad_snils", _("В СНИЛС должно быть 11 цифр, например 112-233-445 95."), "snils"))
        return ""


def _faults_of_sameness(folded: str, birth_date: date, snils: str, known: Person | None) -> list[Fault]:
    """Find the person who is already here: by the rules of who is who, a second record would count him twice."""
    others = Person.objects.exclude(pk=known.pk) if known is not None else Person.objects.all()
    if snils and others.filter(snils=snils).exists():
        return [Fault("snils_taken", _("Этот СНИЛС уже записан у другого человека школы."), "snils")]
    alike = list(others.filter(folded_name=folded, birth_date=birth_date).values_list("snils", flat=True))
    if any(not snils or not other for other in alike):
        sentence = _(
            "В школе уже есть человек с этим именем и датой рождения. Если это однофамилец, укажите СНИЛС обоих; "
            "если это он и есть, второй карточки не нужно, а две объединяют."
        )
        return [Fault("already_here", sentence, "surname")]
    return []
