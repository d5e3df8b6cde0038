"""Letters from end to end: a curator asks for them, something happens, the courier hands one to a real server over TLS.

The link in it leads through sign-in to the page that was meant, and what is switched off in the product sends nothing.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from trustme import CA

from tests.core.mail.office import Office, office
from tests.journeys.hands import Hands
from tests.journeys.instance import instance
from tests.support.accounts import totp_code

pytestmark = [pytest.mark.browser, pytest.mark.nightly]
CODE, ADDRESS, SENDER = "talitsa", "curator@mail.test", "mentoring@mail.test"
ON_ITS_WAY_SECONDS = 60
CONCERNS = "Обращения «мне некомфортно»"


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Run a server with a certificate of the region's own authority; instances that start now send there."""
    ours, file = CA(), tmp_path_factory.mktemp("authority") / "ca.pem"
    ours.cert_pem.write_to_path(str(file))
    with office("smtp", authority=ours) as there, pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMAIL_URL", there.url)
        patch.setenv("EMAIL_FROM", SENDER)
        patch.setenv("EMAIL_CA_FILE", str(file))
        yield there


@pytest.fixture(scope="module")
def demo(post: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    home: Path = tmp_path_factory.mktemp("letters")
    with instance(home, "demo") as about:
        yield about
    shutil.rmtree(home, ignore_errors=True)


def account(about: dict[str, Any], login: str) -> dict[str, Any]:
    host = about["schools"][CODE]
    return next(one for one in about["accounts"] if (one["host"], one["login"]) == (host, login))


def come(browser: Browser, about: dict[str, Any], login: str) -> Hands:
    hands = Hands(browser, about["schools"][CODE])
    hands.sign_in(account(about, login))
    return hands


def letters(post: Office, number: int) -> list[EmailMessage]:
    """Wait until the server has so many letters; return them all."""
    deadline = time.monotonic() + ON_ITS_WAY_SECONDS
    while len(post.letters) < number and time.monotonic() < deadline:
        time.sleep(0.2)
    return list(post.letters)


def link_in(letter: EmailMessage, words: str) -> str:
    """Return the link of a letter that holds these words."""
    return next(found for found in re.findall(r"http\S+", letter.get_content()) if words in found)


def is_told(hands: Hands, number: int) -> None:
    """Open the pair of this number on the home page and say that it is not well."""
    hands.go("/")
    hands.page.locator("main").get_by_role("link", name="Мне некомфортно").nth(number).click()
    hands.titled("Мне некомфортно")
    hands.press("Передать куратору и психологу")


def mail_is_for(curator: Hands, *, concerns: bool) -> None:
    curator.go("/notifications/settings/")
    group = curator.page.locator("main fieldset").filter(has_text="Присылать на почту")
    group.get_by_label(CONCERNS).set_checked(concerns)
    curator.press("Сохранить")
    curator.sees("Сохранено.")


def test_letters_from_the_switch_to_the_page(browser: Browser, demo: dict[str, Any], post: Office) -> None:
    curator, mentee, mentor = (come(browser, demo, login) for login in ("curator", "mentee", "mentor"))
    curator.go("/notifications/settings/")
    curator.write("Адрес почты", ADDRESS)
    curator.press("Прислать ссылку")
    curator.sees(f"Ждёт подтверждения: {ADDRESS}")
    (asking,) = letters(post, 1)
    assert (asking["To"], asking["Subject"].strip()) == (ADDRESS, "Подтвердите адрес почты")
    curator.go(link_in(asking, "/confirm/"))
    curator.looks_right()
    curator.press("Подтвердить адрес")
    curator.sees(f"Письма приходят на {ADDRESS}.")

    is_told(mentee, 0)
    told = letters(post, 2)[1]
    assert told["To"] == ADDRESS
    assert SENDER in told["From"]
    opens_after_sign_in(browser, demo, link_in(told, "/notifications/"))

    # One that is switched off is news on the site alone; the next that is wanted is the next at the server.
    mail_is_for(curator, concerns=False)
    is_told(mentor, 0)
    curator.go("/notifications/")
    assert curator.page.locator("main tbody tr").filter(has_text="Новое").count() == 1
    mail_is_for(curator, concerns=True)
    is_told(mentor, 1)
    assert len(letters(post, 3)) == 3
    curator.go(link_in(post.letters[2], "/stop/"))
    curator.press("Не присылать никаких и забыть адрес")
    curator.go("/notifications/settings/")
    curator.sees("Адреса нет, писем вы не получаете.")
    assert len(post.letters) == 3
    for hands in (curator, mentee, mentor):
        hands.quiet()


def opens_after_sign_in(browser: Browser, about: dict[str, Any], url: str) -> None:
    """Follow a letter's link on a computer where nobody is signed in."""
    who = account(about, "curator")
    hands = Hands(browser, about["schools"][CODE])
    hands.go(url)
    hands.write("Логин", who["login"])
    hands.write("Пароль", who["password"])
    hands.press("Войти")
    hands.page.wait_for_url("**/second-factor/enter/**")
    # A code counts once, and this account has just used one.
    time.sleep(30.5 - time.time() % 30)
    hands.page.locator("main [name=code]").fill(totp_code(who["totp_secret"]))
    hands.page.locator("main form button").first.click()
    hands.titled("Уведомления")
    assert hands.page.url == url
    hands.page.locator("main tbody th a").first.click()
    hands.sees("Я этим занимаюсь")
    hands.looks_right()
    hands.quiet()
