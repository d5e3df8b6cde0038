"""Where events may go: the public Internet by TLS. Inner addresses are refused whatever they are written as."""

from __future__ import annotations

import socket
import threading
from ipaddress import ip_address

import pytest

from core.webhooks import addresses
from core.webhooks.addresses import is_permitted, resolved, target_of
from core.webhooks.errors import WebhookError
from core.webhooks.sending import send
from tests.core.webhooks.receiver import Receiver

INNER = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::7f00:1", "fe80::1", "fc00::1", "fd12::1", "fec0::1",
    "ff02::1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "2001:db8::1",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"]


@pytest.fixture(autouse=True)
def no_loopback(settings):
    settings.WEBHOOKS_TO_LOOPBACK = False


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses_are_refused(address: str):
    assert not is_permitted(ip_address(address), is_tls=True)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(WebhookError):
        resolved(target_of(f"https://{host}/"))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_permitted_by_tls_alone(address: str):
    assert is_permitted(ip_address(address), is_tls=True)
    assert not is_permitted(ip_address(address), is_tls=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https://", "https:///x", "example.org", "https://a@example.org/",
        "https://a:b@example.org/", "https://exa mple.org/", "https://example.org:99999/", "https://a..рф/",
        "https://exa＼mple.org/", "https://ⓛocalhost/",
        "https://localhost/", "https://sch-a.localhost/", "https://sch-a.localhost./", "https://example.org\\@10.0.0.1/",
        "https://example.org/\r\nX: y", f"https://example.org/{'a' * 500}", "https://[::1/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_is_no_address_for_events_is_refused(url: str):
    with pytest.raises(WebhookError) as refused:
        target_of(url)
    assert refused.value.field == "url"


def test_a_name_in_letters_of_one_s_own_is_asked_for_in_ascii(monkeypatch):
    found = target_of("https://журнал.Школа.рф:8443/приём?класс=5&до=%D1%8F")
    assert (found.host, found.port) == ("xn--80alqgor.xn--80atdl2c.xn--p1ai", 8443)
    assert found.path == "/%D0%BF%D1%80%D0%B8%D1%91%D0%BC?%D0%BA%D0%BB%D0%B0%D1%81%D1%81=5&%D0%B4%D0%BE=%D1%8F"
    monkeypatch.setattr(addresses.socket, "getaddrinfo", _answering("93.184.216.34"))
    assert resolved(found) == "93.184.216.34"


@pytest.mark.parametrize("written", ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "１２７.0.0.1", "127。0。0。1"])
def test_other_spellings_of_loopback_are_seen_through(written: str):
    with pytest.raises(WebhookError):
        resolved(target_of(f"https://{written}/"))


def _answering(*found: str):
    return lambda host, port, *args, **more: [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found
    ]


def test_a_name_with_one_inner_address_is_refused(monkeypatch):
    monkeypatch.setattr(addresses.socket, "getaddrinfo", _answering("93.184.216.34"))
    assert resolved(target_of("https://hooks.example.org/")) == "93.184.216.34"
    monkeypatch.setattr(addresses.socket, "getaddrinfo", _answering("93.184.216.34", "10.0.0.1"))
    with pytest.raises(WebhookError):
        resolved(target_of("https://hooks.example.org/"))


def test_a_name_that_turns_inwards_later_gets_nothing(monkeypatch, receiver: Receiver):
    """Registered while the name was public; by the time of sending it leads here, where somebody listens."""
    url = f"https://hooks.example.org:{receiver.port}/"
    monkeypatch.setattr(addresses.socket, "getaddrinfo", _answering("93.184.216.34"))
    resolved(target_of(url))
    monkeypatch.setattr(addresses.socket, "getaddrinfo", _answering("127.0.0.1"))
    assert send(url, b"{}", {}).fault == "bad_address"
    assert receiver.requests == []


def test_an_operator_may_permit_loopback_and_nothing_else(settings):
    settings.WEBHOOKS_TO_LOOPBACK = True
    assert resolved(target_of("http://127.0.0.1:9/")) == "127.0.0.1"
    for url in ("http://10.0.0.1/", "http://8.8.8.8/", "https://169.254.169.254/"):
        with pytest.raises(WebhookError):
            resolved(target_of(url))


def _waiting_for(event: threading.Event):
    def ask(*args, **more):
        event.wait(5)
        return []

    return ask


def test_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(addresses, "LOOKUP_SECONDS", 0.05)
    monkeypatch.setattr(addresses.socket, "getaddrinfo", _waiting_for(never))
    with pytest.raises(WebhookError) as refused:
        resolved(target_of("https://hooks.example.org/"))
    assert refused.value.code == "unknown_host"
    never.set()
