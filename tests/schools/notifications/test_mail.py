"""Letters: to whom, when, once, and what never stands in them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from trustme import CA

from core.accounts.models import User
from core.authz import RefusedError, load_actor
from core.mail.server import server_of
from core.tenancy import school, shared
from schools.notifications import preferences
from schools.notifications.domain import News, wait_after
from schools.notifications.models import Letter, Notice, Preference
from schools.notifications.posting import post_due_letters
from schools.notifications.services import join_accounts
from schools.people.errors import FaultyActError
from tenants.transfers.models import Place
from tests.core.mail.office import office
from tests.schools.makers import actor_with, audited, make_person
from tests.schools.notifications.makers import ADDRESS, link_in, news, reader
from tests.schools.notifications.sink import listening
from tests.support import world
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def inside(school_a: Any) -> Any:
    """Stand in the first school, on the day of the machine: letters grow old by the clock."""
    with school(SCHOOL_A.schema):
        yield


def states() -> list[str]:
    return list(Letter.objects.order_by("created_at", "pk").values_list("state", flat=True))


def answering(monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> None:
    """Make the server answer every letter so."""

    def send_messages(self: Any, messages: Any) -> int:
        if error is not None:
            raise error
        mail.outbox.extend(messages)
        return len(messages)

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send_messages)


def test_news_is_one_letter_without_names_however_often_it_is_told_and_sent():
    user = reader(person_id=world.MENTOR, name=SCHOOL_A.surname)
    for _again in range(3):
        news(user)
        post_due_letters()
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    assert letter.subject == "Напоминание: давно не было встреч"
    whole = letter.message().as_string() + letter.body
    assert SCHOOL_A.surname not in whole
    assert SCHOOL_A.canary not in whole
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (states(), Notice.objects.count()) == (["sent"], 1)


@pytest.mark.parametrize(
    "why", ["closed", "out of term", "switched off", "address gone", "too old", "child of a merger"]
)
def test_a_letter_that_is_no_longer_wanted_is_not_sent(why: str):
    user = reader()
    news(user)
    match why:
        case "closed":
            User.objects.filter(pk=user.pk).update(is_active=False)
        case "out of term":
            User.objects.filter(pk=user.pk).update(expires_at=timezone.now() - timedelta(hours=1))
        case "switched off":
            Preference.objects.update(off=["reminder:mail"])
        case "address gone":
            preferences.forget_address(actor=load_actor(user))
        case "too old":
            Letter.objects.update(created_at=timezone.now() - timedelta(hours=25))
        case _:
            join_accounts(actor_with("mentor").pk, user.pk)
    post_due_letters()
    assert mail.outbox == []
    assert states()[0] in ("dropped", "failed")


def test_whoever_switched_a_sort_off_is_not_told_by_that_channel():
    user = reader()
    Preference.objects.update(off=["reminder:product", "pair:mail"])
    for what in (News.STUCK, News.ORDERED):
        news(user, what.value)
    assert [row.news for row in Notice.objects.all()] == ["ordered"]
    assert [row.data for row in Letter.objects.all()] == [{"news": "stuck"}]


def test_a_worker_that_dies_after_handing_over_leaves_a_letter_lost_and_sends_it_never_again(
    monkeypatch: pytest.MonkeyPatch,
):
    news(reader())
    with monkeypatch.context() as patch:
        answering(patch, KeyboardInterrupt())  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            post_due_letters()
    post_due_letters()
    assert (states(), mail.outbox) == (["sending"], [])
    Letter.objects.update(settled_at=timezone.now() - timedelta(hours=1))
    post_due_letters()
    assert (states(), mail.outbox) == (["lost"], [])


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPRecipientsRefused({ADDRESS: (450, b"later")}), "waiting"),
        (SMTPRecipientsRefused({ADDRESS: (550, b"no such user")}), "failed"),
        (SMTPDataError(451, b"later"), "waiting"),
        (SMTPDataError(554, b"spam"), "failed"),
        (SMTPServerDisconnected("gone"), "lost"),
        (TimeoutError(), "lost"),
    ],
    ids=["busy", "no such user", "later", "spam", "silent", "too slow"],
)
def test_what_the_server_says_decides_what_follows(monkeypatch: pytest.MonkeyPatch, error: Exception, state: str):
    news(reader())
    with monkeypatch.context() as patch:
        answering(patch, error)
        post_due_letters()
    assert states() == [state]
    is_refused = isinstance(error, SMTPRecipientsRefused) and state == "failed"
    assert Preference.objects.filter(email=ADDRESS).exists() is not is_refused
    # A minute later the server is well again: only what it had said no to goes out.
    Letter.objects.update(due_at=timezone.now())
    post_due_letters()
    assert len(mail.outbox) == (state == "waiting")


def test_a_server_that_is_away_is_asked_again_ever_more_rarely(monkeypatch: pytest.MonkeyPatch):
    def away(self: Any) -> bool:
        raise ConnectionRefusedError

    news(reader())
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.open", away)
        post_due_letters()
    letter = Letter.objects.get()
    assert (letter.state, letter.attempts) == ("waiting", 1)
    assert letter.due_at > timezone.now() + timedelta(seconds=50)
    waits = [wait_after(number) for number in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=2)


def test_an_old_link_and_one_of_a_former_wish_are_refused(monkeypatch: pytest.MonkeyPatch):
    actor = actor_with("director")
    preferences.ask_address(actor=actor, address=ADDRESS)
    post_due_letters()
    token = link_in(mail.outbox[0], "/confirm/").partition("token=")[2].replace("%3A", ":")
    Preference.objects.update(wanted="other@mail.test")
    with pytest.raises(FaultyActError):
        preferences.confirm_address(actor=actor, token=token)
    Preference.objects.update(wanted=ADDRESS)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() + 4 * 86400)
        with pytest.raises(FaultyActError):
            preferences.confirm_address(actor=actor, token=token)
    preferences.confirm_address(actor=actor, token=token)
    assert all(ADDRESS not in str(row) for row in audited())


def test_nobody_s_mailbox_is_filled_and_nobody_learns_whose_address_it_is():
    reader(email="known@mail.test")
    one, two = actor_with("director"), actor_with("coordinator")
    preferences.ask_address(actor=one, address="known@mail.test")
    preferences.ask_address(actor=two, address="unknown@mail.test")
    with pytest.raises(FaultyActError, match="too_soon"):
        preferences.ask_address(actor=one, address="third@mail.test")
    for _day in range(4):
        Preference.objects.update(wanted_at=timezone.now() - timedelta(hours=1))
        preferences.ask_address(actor=one, address="known@mail.test")
    Preference.objects.update(wanted_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(FaultyActError, match="too_soon"):
        preferences.ask_address(actor=one, address="known@mail.test")


@pytest.mark.parametrize(
    "address",
    ["", "inna", "inna@mail.test\nBcc: all@mail.test", "a b@mail.test", "x" * 250 + "@mail.test", "инна@mail.test"],
)
def test_what_is_no_address_is_refused(address: str):
    with pytest.raises(FaultyActError, match="bad_address"):
        preferences.ask_address(actor=actor_with("director"), address=address)
    assert not Letter.objects.exists()


def test_a_school_s_title_cannot_add_headers(monkeypatch: pytest.MonkeyPatch):
    with shared():
        place = Place.objects.get(pk=SCHOOL_A.schema)
    place.title = "Школа\r\nBcc: all@mail.test\r\n\r\nТело"
    monkeypatch.setattr(
        "schools.notifications.links.Place.objects.filter", lambda **_: type("R", (), {"first": lambda s: place})()
    )
    news(reader())
    post_due_letters()
    message = mail.outbox[0].message()
    assert (message["Bcc"], message["To"]) == (None, ADDRESS)
    assert mail.outbox[0].body.startswith("Школа Bcc: all@mail.test Тело\n")


def test_children_and_temporary_accounts_give_no_address(settings: Any):
    child = actor_with("mentee", person_id=make_person("Ученикова Яна").pk)
    with pytest.raises(RefusedError):
        preferences.ask_address(actor=child, address=ADDRESS)
    settings.MAIL_FROM = ""
    with pytest.raises(RefusedError, match="не настроена"):
        preferences.ask_address(actor=actor_with("director"), address=ADDRESS)


def test_a_letter_waits_for_a_server_whose_certificate_is_refused(settings: Any, tmp_path: Path):
    ours, settings.MAIL_CA_FILE = CA(), str(tmp_path / "ca.pem")
    ours.cert_pem.write_to_path(settings.MAIL_CA_FILE)
    news(reader())
    for authority, state, taken in ((CA(), "waiting", 0), (ours, "sent", 1)):
        with office("smtp", authority=authority) as there:
            for name, value in server_of(there.url).settings().items():
                setattr(settings, name, value)
            post_due_letters()
        assert (states(), len(there.letters), there.signed_in) == ([state], taken, taken)
        rested = Letter.objects.filter(due_at__gt=timezone.now()).update(due_at=timezone.now())
        assert rested == 1 - taken


def test_a_real_server_takes_a_letter_whole_and_refuses_another(settings: Any):
    with listening() as sink:
        host, port = sink.server_address[:2]
        server = server_of(f"smtp+plain://{host}:{port}")
        for name, value in server.settings().items():
            setattr(settings, name, value)
        news(reader())
        news(reader("curator", email="refused@mail.test"))
        post_due_letters()
    (letter,) = sink.letters
    assert (letter["To"], letter["Subject"].strip()) == (ADDRESS, "Напоминание: давно не было встреч")
    assert letter["List-Unsubscribe"].strip().startswith("<http")
    assert sorted(states()) == ["failed", "sent"]
