"""Whose login may open others' data: a grown-up's who does not study here. One rule, from whichever side it is asked.

A role is refused to a pupil's login, a pupil's card to a login of staff, and a change that would make a pupil's card of
one that such a login is tied to. What lists and other schools bring is taken as it is: it is not theirs to say no. What
stands against the rule by that, or since before there was one, waits in the work list of whoever manages staff.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.models import RoleGrant, User
from core.accounts.policies import is_own_alone
from core.authz.registry import Role, World, role_of, roles
from schools.people.domain import ADULT_AGE_YEARS, latest_birth_date
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment, FormerName, Person, PersonKind
from schools.people.selectors import enrolled_q
from schools.people.tie_rules import ADULT_KINDS, EMPLOYED_KINDS, Card, is_grown_up

# Pupils are mentors too, but a mentor is as often somebody who works here; a mentee nobody knows is likely a child.
_LIKELY_A_CHILD: Final = "mentee"


def opens_others(role: Role | None) -> bool:
    """Tell whether a role opens more than what belongs to its holder himself."""
    return role is not None and not is_own_alone(role)


def card_of(person: Person, day: date) -> Card:
    """Return what decides about a card on a day; four queries."""
    here = set(Enrolment.objects.filter(enrolled_q(day), person=person).values_list("kind", flat=True))
    former = FormerName.objects.filter(person=person).values_list("folded_name", flat=True)
    return Card(
        kinds=set(PersonKind.objects.filter(person=person).values_list("kind", flat=True)),
        birth_date=person.birth_date,
        name_keys={person.folded_name, *former},
        employed_as=here & EMPLOYED_KINDS,
        is_pupil_here="pupil" in here,
        has_account=User.objects.filter(person_id=person.pk).exists(),
    )


def why_no_staff(person_id: UUID | None, slugs: Collection[str]) -> str:
    """Return why a login of a person may not have these roles together, one of which opens others' data.

    Of a login without a card nobody knows whose it is; with a mentee's role it gets none of staff until that is known.
    """
    person = Person.objects.filter(pk=person_id).first() if person_id is not None else None
    if person is None:
        if _LIKELY_A_CHILD not in slugs:
            return ""
        return _(
            "Роль сотрудника вместе с ролью наставляемого выдают только тому, чья карточка известна. "
            "Сначала свяжите вход с карточкой этого человека или пригласите его с его карточки."
        )
    day = timezone.localdate()
    if is_grown_up(card_of(person, day), day):
        return ""
    return _(
        "По карточке это обучающийся или человек младше 18 лет: роль сотрудника открыла бы ему чужие данные. "
        "Если в карточке ошибка, исправьте её; если вход не его, свяжите вход с другой карточкой."
    )


def refuse_staff_login(person: Person, day: date, *, becomes_pupil: bool = False) -> None:
    """Refuse a change by which a card that a login of staff is tied to has become no grown-up's; in its transaction.

    An account that is switched off counts too: it may be switched on again. ``becomes_pupil``: somebody says of the
    card that it is a pupil's, whatever else it is.

    :raises FaultyActError: with what to do first.
    """
    users = User.objects.filter(person_id=person.pk)
    held = RoleGrant.objects.filter(user__in=users).values_list("role", flat=True)
    if not any(opens_others(role_of(World.SCHOOL, slug)) for slug in held):
        return
    if not becomes_pupil and is_grown_up(card_of(person, day), day):
        return
    sentence = _(
        "С этой карточкой связан вход с ролью сотрудника, а карточка станет карточкой ученика. "
        "Сначала отзовите роль или отвяжите вход от карточки."
    )
    raise FaultyActError.of("staff_login", sentence)


def logins_against_the_rule(day: date) -> QuerySet[User]:
    """Return the accounts in force that open others' data and are no grown-up's, by name.

    The same rule as :func:`why_no_staff`, asked of the whole school at once. It takes no actor: whoever asks manages
    staff.
    """
    now = timezone.now()
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    held = RoleGrant.objects.filter(in_force)
    of_staff = [role.slug for role in roles(World.SCHOOL) if opens_others(role)]
    grown_up = (
        Person.objects.filter(birth_date__lte=latest_birth_date(day, ADULT_AGE_YEARS))
        .filter(pk__in=PersonKind.objects.filter(kind__in=ADULT_KINDS).values("person"))
        .exclude(pk__in=Enrolment.objects.filter(enrolled_q(day), kind="pupil").values("person"))
    )
    nobody_knows = Q(person_id__isnull=True, pk__in=held.filter(role=_LIKELY_A_CHILD).values("user"))
    a_child = Q(person_id__isnull=False) & ~Q(person_id__in=grown_up.values("pk"))
    rows = User.objects.filter(in_force, is_active=True, pk__in=held.filter(role__in=of_staff).values("user"))
    return rows.filter(nobody_knows | a_child).order_by("name", "login")
