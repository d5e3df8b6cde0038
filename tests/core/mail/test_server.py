"""The server of mail as the environment names it: understood, or refused with a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from core.mail.checks import mail_is_sensible
from core.mail.server import BadServerError, Server, server_of


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", Server()),
        ("smtp://mail.test", Server("smtp", "mail.test", 587)),
        ("smtps://me%40x:p%2Fw@mail.test", Server("smtps", "mail.test", 465, "me@x", "p/w")),
        ("smtp+plain://127.0.0.1:2525", Server("smtp+plain", "127.0.0.1", 2525)),
        ("folder:///var/tmp/mail", Server("folder", folder="/var/tmp/mail")),
    ],
)
def test_these_addresses_name_a_server(url: str, server: Server):
    assert server_of(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.test",
        "http://mail.test",
        "smtp://",
        "smtp://mail.test:port",
        "smtp://mail.test:99999",
        "smtp://me@mail.test",
        "smtp://mail.test/box",
        "smtp://mail.test?tls=no",
        "folder://var/mail",
        "folder:mail",
    ],
)
def test_nonsense_is_refused(url: str):
    with pytest.raises(BadServerError):
        server_of(url)


@pytest.mark.parametrize(
    ("url", "sender", "found"),
    [
        ("", "", []),
        ("smtp://mail.test", "a@mail.test", []),
        ("smtp+plain://127.0.0.1", "a@mail.test", []),
        ("smtp://mail.test", "", ["mail.E001"]),
        ("", "a@mail.test", ["mail.E001"]),
        ("smtp://mail.test", "not an address", ["mail.E002"]),
        ("smtp://mail.test", "mentoring@localhost", ["mail.E002"]),
        ("smtp://mail.test", "a@mail.test\nBcc: b@mail.test", ["mail.E002"]),
        ("folder:///tmp/mail", "a@mail.test", ["mail.E003"]),
        ("smtp+plain://u:p@mail.test", "a@mail.test", ["mail.E004"]),
    ],
)
def test_the_check_before_a_deployment_names_what_is_wrong(settings: Any, url: str, sender: str, found: list[str]):
    settings.MAIL_SERVER, settings.MAIL_FROM = server_of(url), sender
    assert [message.id for message in mail_is_sensible(None)] == found
