"""How an account wants to be told: its address, confirmed by a link sent there, and its switches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.models import User
from core.audit.services import record
from core.authz import Actor, enforce
from schools.imports.policies import may_bring_files
from schools.matching.policies import may_lead_rounds
from schools.notifications import policies
from schools.notifications.domain import OF_STAFF, Channel, Kind, Window
from schools.notifications.links import confirms, read_stop
from schools.notifications.models import Letter, Preference
from schools.notifications.posting import confirm_key, post_later
from schools.people.errors import FaultyActError

# Nobody's mailbox is filled from here by typing its address again and again.
_PAUSE: Final = timedelta(minutes=10)
_MOST_A_DAY: Final = 5
LONGEST_ADDRESS: Final = 254


def kinds_for(actor: Actor) -> list[Kind]:
    """Return the sorts of news that can concern somebody with his roles."""
    takes_part, answers = actor.has("participation.view"), actor.has("concerns.answer")
    settles = actor.has("partner_requests.settle")
    waits = may_lead_rounds(actor) or may_bring_files(actor)
    own = {Kind.CONCERN: answers, Kind.REQUEST: settles, Kind.WORK: waits, Kind.CONSENT: actor.has("consents.view")}
    return [kind for kind in Kind if (own[kind] if kind in OF_STAFF else takes_part)]


def preference_of(actor: Actor) -> Preference:
    """Return how the actor wants to be told; unsaved, with what holds without a choice, when he has made none."""
    if actor.pk is None:
        return Preference()
    return Preference.objects.filter(user=actor.pk).first() or Preference(user_id=actor.pk)


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody has chosen, of the sorts that can concern him; ``mail`` is empty without an address."""

    email: str
    wanted: str
    product: list[str]
    mail: list[str]
    digest: str


def choices_of(actor: Actor) -> Choices:
    """Return what the actor has chosen."""
    mine, kinds = preference_of(actor), kinds_for(actor)
    by_site, by_mail = ([kind.value for kind in kinds if mine.wants(kind, channel)] for channel in Channel)
    return Choices(mine.email, mine.wanted, by_site, by_mail, mine.digest)


def ask_address(*, actor: Actor, address: str) -> None:
    """Send a link to an address; until it is opened, letters go where they went, or nowhere.

    What is answered does not depend on whether anybody else here has this address.

    :raises FaultyActError: no address, or one was asked for a moment ago.
    :raises RefusedError: no mail here, or a child asks.
    """
    enforce(policies.may_have_mail(actor))
    address = _clean(address)
    now = timezone.now()
    with transaction.atomic():
        mine = _held(actor)
        sent = Letter.objects.filter(user=actor.pk, sort=Letter.Sort.CONFIRM, created_at__gt=now - timedelta(days=1))
        if (mine.wanted_at is not None and mine.wanted_at > now - _PAUSE) or sent.count() >= _MOST_A_DAY:
            sentence = _("Письмо для подтверждения уже отправлено. Проверьте почту или повторите через десять минут.")
            raise FaultyActError.of("too_soon", sentence, "address")
        mine.wanted, mine.wanted_at, mine.refused_at = address, now, None
        mine.save()
        Letter.objects.create(
            user_id=mine.user_id, sort=Letter.Sort.CONFIRM, key=confirm_key(mine), created_at=now, due_at=now
        )
        post_later()
        _note(actor, "notifications.address_asked")


def confirm_address(*, actor: Actor, token: str) -> None:
    """Take the address to which a link came, for the very account that asked for it.

    :raises FaultyActError: the link is too old, another account's, or of an address that is no longer wanted.
    :raises RefusedError: no mail here, or a child asks.
    """
    enforce(policies.may_have_mail(actor))
    with transaction.atomic():
        mine = _held(actor)
        if actor.pk is None or not confirms(token, actor.pk, mine.wanted):
            sentence = _("Ссылка не подходит: она устарела, или её прислали для другой учётной записи.")
            raise FaultyActError.of("bad_link", sentence)
        mine.email, mine.confirmed_at, mine.wanted, mine.refused_at = mine.wanted, timezone.now(), "", None
        mine.save()
        _note(actor, "notifications.address_confirmed")


def forget_address(*, actor: Actor) -> None:
    """Write to the actor no more, and keep no address of his."""
    with transaction.atomic():
        mine = _held(actor)
        mine.email, mine.confirmed_at, mine.wanted, mine.refused_at = "", None, "", None
        mine.save()
        _note(actor, "notifications.address_forgotten")


def choose(*, actor: Actor, product: Collection[str], mail: Collection[str], digest: str) -> None:
    """Switch sorts of news on and off; of sorts that do not concern the actor nothing changes.

    :param product, mail: the sorts that are wanted on the site and by mail.
    :param digest: a window, or empty for none.
    :raises FaultyActError: a sort or a window that there is not.
    """
    offered = kinds_for(actor)
    known = {kind.value for kind in Kind}
    if not (set(product) | set(mail) <= known) or digest not in {"", *Window}:
        raise FaultyActError.of("bad_choice", _("Выберите из предложенного."))
    wanted = {Channel.PRODUCT: product, Channel.MAIL: mail}
    with transaction.atomic():
        mine = _held(actor)
        others = {word for word in mine.off if word.partition(":")[0] not in offered}
        own = {f"{kind}:{channel}" for kind in offered for channel in Channel if kind.value not in wanted[channel]}
        mine.off, mine.digest = sorted(others | own), digest
        mine.save()
        _note(actor, "notifications.chosen")


def stop(*, token: str, everything: bool = False) -> bool:
    """Stop letters by the link in one of them, without signing in; False for a link that is not ours.

    ``everything``: forget the address altogether, as the link in a letter that asks to confirm one does.
    """
    said = read_stop(token)
    if said is None:
        return False
    user, what = said
    with transaction.atomic():
        mine = Preference.objects.select_for_update().filter(user=user).first()
        if mine is None:
            return True
        if everything or what == Letter.Sort.CONFIRM:
            mine.email, mine.confirmed_at, mine.wanted = "", None, ""
        elif what == Letter.Sort.DIGEST:
            mine.digest = ""
        else:
            mine.off = sorted({*mine.off, f"{what}:{Channel.MAIL}"})
        mine.save()
        record(actor="mail", action="notifications.stopped", object_type="accounts.user", object_id=user)
    return True


def _held(actor: Actor) -> Preference:
    """Return the actor's preference, made if need be and held until the transaction ends."""
    user = User.objects.select_for_update().filter(pk__in=[actor.pk]).get()
    return Preference.objects.get_or_create(user=user)[0]


def _clean(typed: str) -> str:
    address = typed.strip()
    try:
        validate_email(address)
    except ValidationError:
        address = ""
    name, _at, domain = address.rpartition("@")
    if not address or len(address) > LONGEST_ADDRESS or not name.isascii() or not address.isprintable():
        raise FaultyActError.of("bad_address", _("Напишите адрес почты целиком, например imya@example.ru."), "address")
    return f"{name}@{domain.lower()}"


def _note(actor: Actor, action: str) -> None:
    """Record the act without the address."""
    record(actor=actor, action=action, object_type="accounts.user", object_id=actor.pk or "")
