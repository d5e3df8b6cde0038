"""One person, one login: an account tied to its owner's card, untied again, and two accounts of one person made one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.models import ApiToken, Invitation, RoleGrant, SignIn, User
from core.accounts.policies import is_own_alone, may_appoint, may_manage
from core.accounts.selectors import users_visible_to
from core.audit.services import record
from core.authz import Actor, Decision, enforce
from core.authz.registry import World, role_of
from core.text import name_key
from schools.people.errors import FaultyActError
from schools.people.models import FormerName, Person
from schools.people.own_roles import give_own_roles
from schools.people.selectors import people_visible_to, person_for
from schools.people.staff_logins import card_of, opens_others
from schools.people.tie_rules import Account, Refusal, UntieReason, is_grown_up, why_not

_MOST_OWN_CARDS = 5
# Takes the account that stays and the one that goes; re-points what lives on under the account's id.
Join = Callable[[UUID, UUID], None]
_JOINS: Final[dict[str, Join]] = {}


def register_account_join(name: str, join: Join) -> None:
    """Let an upper package re-point what it keeps for an account when two accounts become one."""
    _JOINS[name] = join


def may_tie(actor: Actor, user: User) -> Decision:
    """Tell whether the actor may tie an account to a card: whoever manages it, or its holder who manages staff.

    Whoever manages staff may give any card a second account by an invitation; saying «это я» of his own is less.
    """
    return may_appoint(actor, []) if actor.pk == user.pk else may_manage(actor, user)


def account_for(actor: Actor, user_id: UUID) -> User:
    """Return an account whose card the actor may choose.

    :raises Http404: no such account here.
    :raises RefusedError: when the actor may not.
    """
    user = users_visible_to(actor).filter(pk=user_id).first()
    if user is None:
        raise Http404
    enforce(may_tie(actor, user))
    return user


def own_cards(actor: Actor, user: User) -> list[Person]:
    """Return the cards of which the holder of an account may say «это я», at most five."""
    key, day = name_key(user.name), timezone.localdate()
    former = FormerName.objects.filter(folded_name=key).values("person")
    rows = people_visible_to(actor)
    alike = rows.filter(folded_name=key) | rows.filter(pk__in=former)
    found = alike.prefetch_related("kinds").order_by("birth_date", "pk")[: _MOST_OWN_CARDS * 2]
    account = _account(actor, user)
    return [card for card in found if why_not(account, card_of(card, day), day) is None][:_MOST_OWN_CARDS]


def tie_account(*, actor: Actor, user_id: UUID, person_id: UUID) -> User:
    """Tie an account to its owner's card; it gets the participant's roles that follow from the card.

    Codes for a new password issued before end, for they lie with somebody who did not know what they would open;
    open invitations upon the card end too: they would make a second account.

    :raises FaultyActError: tied already, the card has an account, or a card that is not to be his (``why_not``).
    :raises Http404: no such account or person for the actor.
    :raises RefusedError: when the actor may not.
    """
    with transaction.atomic():
        person = person_for(actor=actor, person_id=person_id, lock=True)
        user = _held(actor, user_id)
        enforce(may_tie(actor, user))
        day = timezone.localdate()
        refusal = why_not(_account(actor, user), card_of(person, day), day)
        if refusal is not None:
            raise refused(refusal)
        _tie(actor, user, person.pk, is_own=actor.pk == user.pk)
    return user


def untie_account(*, actor: Actor, user_id: UUID, reason: str) -> User:
    """Untie an account from its card, by another than its holder: untied, he would read what is kept from him.

    :raises FaultyActError: it is not tied, or no reason.
    :raises Http404: no such account here.
    :raises RefusedError: when the actor may not manage the account; one's own always.
    """
    with transaction.atomic():
        user = _held(actor, user_id)
        enforce(may_manage(actor, user))
        if reason not in set(UntieReason):
            raise FaultyActError.of("no_reason", _("Отметьте, почему вход больше не связан с карточкой."), "reason")
        if user.person_id is None:
            raise FaultyActError.of("not_tied", _("Этот вход не связан с карточкой."))
        was, user.person_id = user.person_id, None
        user.save(update_fields=["person_id"])
        _end_codes(user)
        _tell_both(actor, "untied", user, was, {"reason": reason})
    return user


def join_accounts(*, actor: Actor, user_id: UUID, login: str) -> User:
    """Make one account of two of one person: the card and the roles of the second come to the first, the second closes.

    Nothing is left of its roles: switched on again by a slip, it opens nothing.

    Of his own account its holder joins only a second one with participants' roles alone, whose card he could have
    tied himself; others are joined by whoever manages both.

    :raises FaultyActError: no such second account, the same one, a temporary one, two different cards, roles that the
        actor cannot move, a card that is not to be his.
    :raises Http404: no such first account here.
    :raises RefusedError: when the actor may not manage one of them.
    """
    with transaction.atomic():
        kept, gone = _both(actor, user_id, login)
        is_own = actor.pk == kept.pk
        enforce(may_tie(actor, kept))
        enforce(may_manage(actor, gone))
        if kept.expires_at is not None or gone.expires_at is not None:
            raise FaultyActError.of("temporary", _("Временный вход ни с чем не объединяют."), "login")
        if kept.person_id and gone.person_id and kept.person_id != gone.person_id:
            raise FaultyActError.of(
                "two_cards", _("У этих входов разные карточки. Сначала объедините карточки одного человека."), "login"
            )
        moved = roles_to_move(kept, gone, is_own=is_own)
        card, gone.person_id = gone.person_id, None
        gone.save(update_fields=["person_id"])
        if card is not None and kept.person_id is None:
            _take_card(actor, kept, card, is_own=is_own)
        close_second(actor=actor, kept=kept, gone=gone, moved=moved)
        _check_grown_up(actor, kept)
    return kept


def close_second(*, actor: Actor | str, kept: User, gone: User, moved: Sequence[RoleGrant]) -> None:
    """Close the second login of one person, untied and without a role; both are held. In the caller's transaction.

    :param moved: those of its roles that the first one gets; the others end with it.
    """
    by = actor.pk if isinstance(actor, Actor) else None
    for grant in moved:
        RoleGrant.objects.get_or_create(user=kept, role=grant.role, scope=grant.scope, defaults={"granted_by": by})
    _end_grants(actor, gone)
    _close(gone)
    _end_codes(kept)
    for join in _JOINS.values():
        join(kept.pk, gone.pk)
    details = {"gone": str(gone.pk), "roles": sorted({grant.role for grant in moved})}
    record(actor=actor, action="account.joined", object_type="user", object_id=kept.pk, details=details)
    record(
        actor=actor,
        action="account.closed_as_second",
        object_type="user",
        object_id=gone.pk,
        details={"kept": str(kept.pk)},
    )


def refused(refusal: Refusal) -> FaultyActError:
    """Return a refusal in words."""
    words = {
        Refusal.TIED_ALREADY: _("Этот вход уже связан с карточкой."),
        Refusal.CARD_HAS_ACCOUNT: _("У этой карточки уже есть вход. Если он того же человека, объедините их."),
        Refusal.NOT_AN_ADULT: _(
            "Вход сотрудника связывают с карточкой взрослого, а это карточка ученика. "
            "Выберите другую карточку или сначала отзовите роли сотрудника."
        ),
        Refusal.NOT_EMPLOYED: _("Сами вы можете назвать своей только карточку работника этой школы."),
        Refusal.ANOTHER_NAME: _("Имя в карточке другое. Проверьте карточку или попросите другого сотрудника."),
    }
    return FaultyActError.of(refusal.value, words[refusal], "person")


def _held(actor: Actor, user_id: UUID) -> User:
    user = users_visible_to(actor).prefetch_related(None).select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is None:
        raise Http404
    return user


def _both(actor: Actor, user_id: UUID, login: str) -> tuple[User, User]:
    """Hold both accounts, in the order of their ids: two joins crosswise do not wait for each other."""
    gone_id = users_visible_to(actor).filter(login=login.strip().lower()).values_list("pk", flat=True).first()
    if gone_id is None or gone_id == user_id:
        raise FaultyActError.of("no_second", _("Введите логин второго входа этого человека."), "login")
    rows = (
        users_visible_to(actor)
        .prefetch_related(None)
        .select_for_update(of=("self",))
        .filter(pk__in=(user_id, gone_id))
        .order_by("pk")
    )
    found = {user.pk: user for user in rows}
    if user_id not in found:
        raise Http404
    return found[user_id], found[gone_id]


def roles_to_move(kept: User, gone: User, *, is_own: bool) -> list[RoleGrant]:
    """Hold and return the grants of the second account that the first lacks; those with a term end with it.

    :param is_own: the first one is the login of whoever asks.
    :raises FaultyActError: of his own login he would get roles over others' data.
    """
    held = {(grant.role, grant.scope) for grant in kept.grants.all()}
    # Held: a role that somebody takes away at this moment either is gone already or waits, and never moves unseen.
    found = [grant for grant in gone.grants.select_for_update().order_by("pk") if grant.expires_at is None]
    roles = [role_of(World.SCHOOL, grant.role) for grant in found]
    if is_own and not all(role is None or is_own_alone(role) for role in roles):
        sentence = _("У второго входа есть права на чужие данные: объединить их должен другой сотрудник.")
        raise FaultyActError.of("wider_roles", sentence, "login")
    return [grant for grant in found if (grant.role, grant.scope) not in held]


def _take_card(actor: Actor, kept: User, card_id: UUID, *, is_own: bool) -> None:
    person = people_visible_to(actor).filter(pk=card_id).first()
    day = timezone.localdate()
    if person is not None:
        refusal = why_not(_account(actor, kept), card_of(person, day), day)
        if refusal is not None:
            raise refused(refusal)
        _tie(actor, kept, card_id, is_own=is_own)


def _check_grown_up(actor: Actor, kept: User) -> None:
    """Refuse to let others' data be opened by an account that has come to a pupil's card, whichever came first."""
    person = Person.objects.filter(pk=kept.person_id).first() if kept.person_id else None
    day = timezone.localdate()
    if person is not None and _account(actor, kept).is_staff and not is_grown_up(card_of(person, day), day):
        raise refused(Refusal.NOT_AN_ADULT)


def _tie(actor: Actor, user: User, person_id: UUID, *, is_own: bool) -> None:
    user.person_id = person_id
    user.save(update_fields=["person_id"])
    _end_codes(user)
    Invitation.objects.usable().filter(person_id=person_id).update(revoked_at=timezone.now())
    _tell_both(actor, "tied", user, person_id, {"is_own": is_own})
    give_own_roles(actor=actor, people=[person_id])


def _end_grants(actor: Actor | str, gone: User) -> None:
    """Take every role off an account that closes, each with a record of its own, as any role that is taken away."""
    for grant in gone.grants.order_by("role", "scope"):
        details = {"role": grant.role, "scope": grant.scope, "closed_as_second": True}
        record(actor=actor, action="role.revoked", object_type="user", object_id=gone.pk, details=details)
    gone.grants.all().delete()


def _end_codes(user: User) -> None:
    Invitation.objects.usable().filter(user=user).update(revoked_at=timezone.now())


def _close(user: User) -> None:
    """Let nobody in by an account any more; the acts recorded under it stay its own."""
    now = timezone.now()
    user.person_id, user.is_active = None, False
    user.session_epoch += 1
    user.save(update_fields=["person_id", "is_active", "session_epoch"])
    SignIn.objects.filter(user=user, ended_at=None).update(ended_at=now)
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    _end_codes(user)


def _tell_both(actor: Actor, what: str, user: User, person_id: UUID, details: dict[str, object]) -> None:
    """Record the act upon the account and upon the card: whoever looks at either learns of it."""
    record(
        actor=actor,
        action=f"account.{what}",
        object_type="user",
        object_id=user.pk,
        details={**details, "person": str(person_id)},
    )
    record(
        actor=actor,
        action=f"people.account_{what}",
        object_type="people.person",
        object_id=person_id,
        details={**details, "user": str(user.pk)},
    )


def _account(actor: Actor, user: User) -> Account:
    held = [role_of(World.SCHOOL, slug) for slug in user.grants.values_list("role", flat=True)]
    return Account(
        name_key=name_key(user.name),
        is_own=actor.pk == user.pk,
        is_staff=any(opens_others(role) for role in held),
        is_tied=user.person_id is not None,
    )
