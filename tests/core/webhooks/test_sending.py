"""One request: signed, to the address that was checked, cut off in time, following nothing and reading nothing."""

from __future__ import annotations

import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.webhooks import addresses, sending
from core.webhooks.sending import send
from core.webhooks.signing import is_genuine, new_secret, signature
from tests.core.webhooks.receiver import Receiver, listening
from tests.core.webhooks.test_addresses import _answering


def test_a_taken_event(receiver: Receiver):
    outcome = send(receiver.url, b'{"a":1}', {"Content-Type": "application/json", "X-Mentoring-Event": "ping"})
    assert (outcome.status, outcome.fault, outcome.is_taken) == (204, "", True)
    ((headers, body),) = receiver.requests
    assert body == b'{"a":1}'
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert headers["X-Mentoring-Event"] == "ping"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int):
    with listening() as inner:
        receiver.answers, receiver.location = [status], inner.url
        outcome = send(receiver.url, b"{}", {})
        assert (outcome.status, outcome.is_taken) == (status, False)
        assert inner.requests == []


def test_an_answer_that_drips_is_cut_off(receiver: Receiver, monkeypatch):
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.3)
    receiver.drips_seconds = 3
    begun = time.monotonic()
    assert send(receiver.url, b"{}", {}).fault == "timeout"
    assert time.monotonic() - begun < 1.5


def test_nobody_at_the_address():
    assert send("http://127.0.0.1:9/", b"{}", {}).fault == "no_answer"


def _certified(folder: Path, name: str) -> ssl.SSLContext:
    """Return a server's context with a certificate of its own for a name; the file for whoever is to trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    signed = made.sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_tls_proves_the_name_though_the_address_is_held(tmp_path, monkeypatch):
    with listening(_certified(tmp_path, "hooks.example.org")) as receiver:
        monkeypatch.setattr(addresses.socket, "getaddrinfo", _answering("127.0.0.1"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        assert send(f"https://hooks.example.org:{receiver.port}/", b"{}", {}).status == 204
        assert send(f"https://other.example.org:{receiver.port}/", b"{}", {}).fault == "tls"
        monkeypatch.delenv("SSL_CERT_FILE")
        assert send(f"https://hooks.example.org:{receiver.port}/", b"{}", {}).fault == "tls"
        assert len(receiver.requests) == 1


def test_a_signature_is_of_this_body_this_time_and_this_secret():
    key, body = new_secret(), b'{"id":"1"}'
    header = signature([key], body, at=1_000)
    assert is_genuine(header, body, key=key, now=1_200)
    assert not is_genuine(header, b'{"id":"2"}', key=key, now=1_200), "another body"
    assert not is_genuine(header, body, key=new_secret(), now=1_200), "another secret"
    assert not is_genuine(header, body, key=key, now=1_301), "an old request sent again"
    moved = header.replace("t=1000", "t=1300")
    assert not is_genuine(moved, body, key=key, now=1_301), "an old request made young"
    assert not is_genuine(f"{header},t=1300", body, key=key, now=1_301)
    assert not is_genuine("", body, key=key, now=1_000)


def test_both_secrets_sign_while_one_is_replaced():
    old, new, body = new_secret(), new_secret(), b"{}"
    header = signature([new, old], body, at=5)
    assert header.count("v1=") == 2
    assert is_genuine(header, body, key=old, now=5)
    assert is_genuine(header, body, key=new, now=5)
