"""Letters go out: a few at a time over one conversation with the server, each claimed before it is handed over.

What holds: of one key at most one letter is handed to the server, whatever is run twice or dies. A worker that dies
between handing over and its note leaves a letter ``LOST``; one that the server refused for the moment is tried again,
for a day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from core.events.outbox import enqueue_at
from core.mail.sending import NoServerError, Post, Verdict, is_on
from core.mail.tallies import COUNTS, write_tallies
from schools.notifications.domain import DIGEST_LIVES, KIND_OF, LETTER_LIVES, Channel, News, wait_after
from schools.notifications.letters import message_of
from schools.notifications.links import Site, own_site
from schools.notifications.models import Letter, Preference

_log = structlog.get_logger(__name__)
# Longer than a conversation with the slowest server may take.
_DEAD_AFTER: Final = timedelta(minutes=15)
_KEPT_DAYS: Final = 30
_PAUSE: Final = timedelta(minutes=1)
# A school that does not work now, or an installation without mail: what waits grows old by itself.
_LONG_PAUSE: Final = timedelta(hours=1)
_State = Letter.State


def post_due_letters() -> int:
    """Hand the school's due letters to the server, so many as may go in a minute; return how many went out.

    Any number of these may run at once, and again: each letter is claimed by one.
    """
    _find_lost()
    if _left_of_this_minute() <= 0:
        # Whoever used it up asks for the next minute.
        return 0
    site = own_site() if is_on() else None
    sent = 0
    if site is not None and _due().exists():
        try:
            with Post() as post:
                sent = _post(post, site)
        except NoServerError as error:
            _log.warning("mail_server_unavailable", error=str(error))
            _rest()
    _come_again(_PAUSE if site is not None else _LONG_PAUSE)
    _tell_tallies()
    return sent


def _due() -> QuerySet[Letter]:
    return Letter.objects.filter(state=_State.WAITING, due_at__lte=timezone.now())


def _left_of_this_minute() -> int:
    """Return how many letters may still go in this minute, whoever sent the others."""
    lately = Letter.objects.exclude(state__in=(_State.WAITING, _State.DROPPED))
    tried = lately.filter(settled_at__gt=timezone.now() - timedelta(minutes=1)).count()
    return int(settings.LETTERS_OF_A_SCHOOL_PER_MINUTE) - tried


def _post(post: Post, site: Site) -> int:
    sent = 0
    for _number in range(_left_of_this_minute()):
        letter = _claim()
        if letter is None:
            break
        preference = Preference.objects.filter(user=letter.user_id).first()
        if preference is None or not is_wanted(letter, preference):
            _settle(letter, _State.DROPPED)
            continue
        try:
            verdict = post.send(message_of(letter, preference, site))
        except NoServerError:
            # The server was gone before it was given anything.
            _put_back(letter)
            raise
        sent += verdict is Verdict.TAKEN
        _note(letter, preference, verdict)
    return sent


def _claim() -> Letter | None:
    """Take the next letter, so that nobody else does; the claim is committed before anything is sent."""
    with transaction.atomic():
        letter = _due().select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk").first()
        if letter is not None:
            letter.state, letter.attempts, letter.settled_at = _State.SENDING, letter.attempts + 1, timezone.now()
            letter.save(update_fields=["state", "attempts", "settled_at"])
    return letter


def is_wanted(letter: Letter, preference: Preference) -> bool:
    """Tell whether a letter is still to be sent: account in force, address confirmed, switch on, not too late."""
    if not letter.user.is_in_force():
        return False
    lives = DIGEST_LIVES if letter.sort == Letter.Sort.DIGEST else LETTER_LIVES
    if letter.created_at + lives < timezone.now():
        return False
    if letter.sort == Letter.Sort.CONFIRM:
        return bool(preference.wanted) and letter.key == confirm_key(preference)
    if letter.sort == Letter.Sort.DIGEST:
        return bool(preference.email and preference.digest)
    return preference.wants(KIND_OF[News(letter.data["news"])], Channel.MAIL)


def confirm_key(preference: Preference) -> str:
    """Return the key of the letter that asks to confirm the address that was wanted last."""
    return f"confirm:{preference.wanted_at.isoformat() if preference.wanted_at else ''}"


def _note(letter: Letter, preference: Preference, verdict: Verdict) -> None:
    """Write down what became of a letter, and what follows from it."""
    if verdict is Verdict.TAKEN:
        _settle(letter, _State.SENT)
    elif verdict is Verdict.LATER:
        _put_back(letter)
    elif verdict is Verdict.UNKNOWN:
        _settle(letter, _State.LOST)
    else:
        _settle(letter, _State.FAILED)
        if verdict is Verdict.NO_SUCH_ADDRESS:
            # To write there again and again would harm everybody's letters; its owner sees it and may type another.
            rows = Preference.objects.filter(pk=preference.pk)
            if letter.sort == Letter.Sort.CONFIRM:
                rows.filter(wanted=preference.wanted).update(wanted="", refused_at=timezone.now())
            else:
                rows.filter(email=preference.email).update(email="", confirmed_at=None, refused_at=timezone.now())


def _settle(letter: Letter, state: Letter.State) -> None:
    Letter.objects.filter(pk=letter.pk, state=_State.SENDING).update(state=state, settled_at=timezone.now())


def _put_back(letter: Letter) -> None:
    """Let a letter rest, or give it up when it is no longer worth sending."""
    due = timezone.now() + wait_after(letter.attempts)
    state = _State.FAILED if due > letter.created_at + LETTER_LIVES else _State.WAITING
    Letter.objects.filter(pk=letter.pk, state=_State.SENDING).update(state=state, due_at=due, settled_at=timezone.now())


def _rest() -> None:
    """Let the due letters rest while the server is away, all by as much as the most tried of them."""
    tried = _due().aggregate(most=Max("attempts"))["most"] or 0
    _due().update(attempts=F("attempts") + 1, due_at=timezone.now() + wait_after(tried + 1))


def _find_lost() -> None:
    """Give up what is too old, and say of letters whose worker died that nobody knows what became of them."""
    now = timezone.now()
    waiting = Letter.objects.filter(state=_State.WAITING, created_at__lt=now - LETTER_LIVES)
    waiting.update(state=_State.FAILED, settled_at=now)
    Letter.objects.filter(state=_State.SENDING, settled_at__lt=now - _DEAD_AFTER).update(state=_State.LOST)


def _come_again(pause: timedelta) -> None:
    """Ask for the next few letters, after a pause or when the first of them is due."""
    next_at = Letter.objects.filter(state=_State.WAITING).aggregate(at=Min("due_at"))["at"]
    if next_at is not None:
        post_later(max(next_at, timezone.now() + pause))


def post_later(when: datetime | None = None) -> None:
    """Have the courier send the school's letters after commit, and not before ``when``."""
    from schools.notifications.tasks import post_letters

    enqueue_at(post_letters, when or timezone.now())


_COUNTED: Final[Mapping[str, frozenset[str]]] = {
    "waiting": frozenset({_State.WAITING, _State.SENDING}),
    "sent": frozenset({_State.SENT}),
    "failed": frozenset({_State.FAILED}),
    "lost": frozenset({_State.LOST}),
}


def _tell_tallies() -> None:
    """Tell the region how many letters there were, of today and yesterday; one query and one statement."""
    since = timezone.now() - timedelta(days=1)
    rows = Letter.objects.filter(created_at__gte=since).annotate(day=TruncDate("created_at")).order_by()
    found = rows.values_list("day", "state").annotate(
        number=Count("pk"), digests=Count("pk", filter=Q(sort=Letter.Sort.DIGEST))
    )
    days: defaultdict[date, Counter[str]] = defaultdict(lambda: Counter(dict.fromkeys(COUNTS, 0)))
    for day, state, number, digests in found:
        name = next((name for name, states in _COUNTED.items() if state in states), "")
        if name:
            days[day][name] += number
            days[day]["digests"] += digests
    write_tallies(days)


def keep_letters() -> int:
    """Forget letters of a month ago and go on with those whose task was lost; return how many were forgotten.

    A daily chore, safe to repeat.
    """
    if Letter.objects.filter(state__in=(_State.WAITING, _State.SENDING)).exists():
        post_later()
    return Letter.objects.filter(created_at__lt=timezone.now() - timedelta(days=_KEPT_DAYS)).delete()[0]
