"""Which login stays when two cards of one person, each with a login, become one: a person signs in by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from core.accounts.models import User
from core.accounts.policies import may_manage
from core.authz import Actor
from core.authz.registry import World, role_of
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.staff_logins import opens_others
from schools.people.ties import close_second, may_tie, roles_to_move


def logins_of(*cards: Person) -> list[User]:
    """Return the accounts tied to these cards with their grants and ``used_at``, the one that stays by default first.

    That is one that is on before one that is not, one with a password before one that came without (with another
    school), and the later used before the other. It takes no actor: whoever was granted both cards. Two queries.
    """
    rows = User.objects.filter(person_id__in=[card.pk for card in cards]).prefetch_related("grants")
    found = rows.annotate(used_at=Greatest("last_login", Max("sign_ins__seen_at")))
    return sorted(found, key=_by_use, reverse=True)


def _by_use(user: User) -> tuple[bool, bool, float, float, str]:
    used: datetime | None = getattr(user, "used_at", None)
    times = (used.timestamp() if used else 0.0, user.created_at.timestamp())
    return (user.is_in_force(), user.has_usable_password(), *times, user.login)


def default_login(actor: Actor | str, logins: Sequence[User]) -> User:
    """Return which login stays when nobody says: the actor's own, which he cannot close, or the first."""
    own = [user for user in logins if isinstance(actor, Actor) and user.pk == actor.pk]
    return [*own, *logins][0]


def settle_logins(*, actor: Actor | str, cards: Sequence[Person], stays: UUID | None) -> list[UUID]:
    """Leave one login of those tied to cards that become one; return the ids of the closed ones. The cards are held.

    The roles of a login that was in force come to the one that stays; those with a term, and those of a login that was
    switched off or whose term was over, end. By itself (``actor`` is a name) it gives a login that is in use
    participants' roles alone: who may see others' data here, somebody decides. ``stays`` is an account; None for the
    default.

    :raises FaultyActError: no such login of these cards, a temporary one, or one whose roles the actor may not change.
    """
    ids = [card.pk for card in cards]
    # Held in one order, so that two acts crosswise do not wait for each other.
    held = set(User.objects.select_for_update().filter(person_id__in=ids).order_by("pk").values_list("pk", flat=True))
    if len(held) < 2:
        return []
    logins = logins_of(*cards)
    if stays is not None and stays not in held:
        raise FaultyActError.of("no_login", _("Выберите, какой вход останется."), "login")
    kept = next((user for user in logins if user.pk == stays), None) or default_login(actor, logins)
    others = [user for user in logins if user.pk != kept.pk]
    for gone in others:
        _check(actor, kept, gone)
        is_own = isinstance(actor, Actor) and actor.pk == kept.pk
        moved = roles_to_move(kept, gone, is_own=is_own) if gone.is_in_force() else []
        if not isinstance(actor, Actor) and kept.has_usable_password():
            # Nobody has decided that whoever signs in already may see more here than before.
            moved = [grant for grant in moved if not opens_others(role_of(World.SCHOOL, grant.role))]
        close_second(actor=actor, kept=kept, gone=gone, moved=moved)
    return [user.pk for user in others]


def _check(actor: Actor | str, kept: User, gone: User) -> None:
    if any(user.is_in_force() and user.expires_at is not None for user in (kept, gone)):
        raise FaultyActError.of("temporary", _("Временный вход ни с чем не объединяют."), "login")
    if not isinstance(actor, Actor):
        return
    if actor.pk == gone.pk:
        sentence = _("Свой вход не закрывают: оставьте его, или карточки объединит другой сотрудник.")
        raise FaultyActError.of("own_login", sentence, "login")
    if not may_tie(actor, kept) or not may_manage(actor, gone):
        sentence = _("У каждой карточки свой вход. Объединить их может тот, кто выдаёт все их роли, например директор.")
        raise FaultyActError.of("wider_roles", sentence, "login")
