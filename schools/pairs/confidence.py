"""What one of a pair tells in confidence: whoever stands in the pair reads none of it, and somebody else has to."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.holders import staff_with
from core.authz import Actor
from schools.pairs.models import Pair
from schools.pairs.selectors import pairs_visible_to
from schools.people.domain import is_adult_on
from schools.people.selectors import wards_of

CONCERNS, REQUESTS = "concerns.answer", "partner_requests.settle"


def is_near(actor: Actor, pair: str = "") -> Q:
    """Return the condition «the actor stands in it, or his child does» on rows that reach a pair by ``pair``."""
    if actor.person_id is None:
        return Q(pk__in=())
    wards = wards_of(actor=actor).order_by().values("pk")
    own = Q(**{f"{pair}mentor": actor.person_id}) | Q(**{f"{pair}mentee": actor.person_id})
    return own | Q(**{f"{pair}mentor__in": wards}) | Q(**{f"{pair}mentee__in": wards})


def unheard(permission: str, staff: Collection[Actor] | None = None) -> Q:
    """Return the condition «no login of the staff reads what its two tell» on pairs.

    ``staff`` are :func:`~core.accounts.holders.staff_with` the permission, where they are known already.
    """
    nobody = ~Q(pk__in=())
    for actor in staff_with(permission) if staff is None else staff:
        nobody &= ~Q(pk__in=pairs_visible_to(actor, permission).values("pk")) | is_near(actor)
    return nobody


def is_heard(pair_id: UUID, permission: str) -> bool:
    """Tell whether somebody of the staff, besides its two and their parents, reads what one of a pair tells."""
    return not Pair.objects.filter(unheard(permission), pk=pair_id).exists()


def words_if_unheard(actor: Actor, pair: Pair, permission: str) -> str:
    """Return what is said to one of a pair, or a parent, where nobody reads what he tells; empty where somebody does.

    That it is kept, and whom to turn to. The two of the pair are loaded.
    """
    if is_heard(pair.pk, permission):
        return ""
    kept = _(
        "Сейчас в школе нет сотрудника, который прочитал бы это и сам не связан с вашей парой. Написанное сохранится: "
        "его увидит тот, кому школа поручит отвечать."
    )
    day = timezone.localdate()
    own = [person for person in (pair.mentor, pair.mentee) if person.pk == actor.person_id]
    if own and not is_adult_on(own[0].birth_date, day):
        return f"{kept} {_('Расскажите об этом родителям или другому взрослому, которому доверяете.')}"
    return f"{kept} {_('Если ждать нельзя, обратитесь в управление образования вашего района или города.')}"
