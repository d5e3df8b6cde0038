"""Letters go over TLS or not at all: to a server whose certificate holds, over either way of beginning it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from trustme import CA

from core.mail.checks import mail_is_sensible
from core.mail.sending import NoServerError, Post, Verdict
from core.mail.server import server_of
from tests.core.mail.office import Office, office

# With implicit TLS nothing is said outside of it, whatever the library fears.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
LETTER = {"subject": "Письмо", "body": "Слова", "from_email": "a@mail.test", "to": ["b@mail.test"]}


@pytest.fixture(scope="module")
def ours() -> CA:
    return CA()


@pytest.fixture(autouse=True)
def trusting(settings: Any, ours: CA, tmp_path: Path) -> None:
    """Trust our authority, as EMAIL_CA_FILE says it."""
    settings.MAIL_CA_FILE = str(tmp_path / "ca.pem")
    ours.cert_pem.write_to_path(settings.MAIL_CA_FILE)


def go_to(settings: Any, url: str) -> None:
    settings.MAIL_SERVER = server_of(url)
    for name, value in settings.MAIL_SERVER.settings().items():
        setattr(settings, name, value)


@pytest.fixture(params=["smtp", "smtps"])
def scheme(request: pytest.FixtureRequest) -> str:
    return request.param


def test_a_letter_goes_to_a_server_whose_certificate_holds(settings: Any, ours: CA, scheme: str):
    with office(scheme, authority=ours) as there:
        go_to(settings, there.url)
        with Post() as post:
            assert post.send(EmailMessage(**LETTER)) is Verdict.TAKEN
            assert post.send(EmailMessage(**LETTER)) is Verdict.TAKEN
    assert [letter["Subject"] for letter in there.letters] == ["Письмо", "Письмо"]
    assert there.signed_in == 1


def refused(settings: Any, there: Office) -> None:
    go_to(settings, there.url)
    with pytest.raises(NoServerError, match="SSLCertVerificationError"), Post():
        pass
    assert (there.letters, there.signed_in) == ([], 0)


def test_a_strangers_certificate_gets_neither_password_nor_letter(settings: Any, scheme: str):
    with office(scheme, authority=CA()) as there:
        refused(settings, there)


def test_a_certificate_for_another_name_is_refused(settings: Any, ours: CA, scheme: str):
    with office(scheme, authority=ours, name="mail.test") as there:
        refused(settings, there)


def test_without_a_file_only_the_systems_authorities_count(settings: Any, ours: CA, scheme: str):
    settings.MAIL_CA_FILE = ""
    with office(scheme, authority=ours) as there:
        refused(settings, there)


def test_a_server_without_tls_is_never_spoken_to_plainly(settings: Any):
    with office("smtp+plain") as there:
        go_to(settings, there.url.replace("smtp+plain", "smtp"))
        with pytest.raises(NoServerError, match="SMTPNotSupportedError"), Post():
            pass
    assert there.letters == []


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n", None])
def test_a_file_without_certificates_is_named_before_a_deployment(settings: Any, tmp_path: Path, text: str | None):
    settings.MAIL_SERVER, settings.MAIL_FROM = server_of("smtp://mail.test"), "a@mail.test"
    assert mail_is_sensible(None) == []
    settings.MAIL_CA_FILE = str(tmp_path / "another.pem")
    if text is not None:
        Path(settings.MAIL_CA_FILE).write_text(text, encoding="utf-8")
    assert [message.id for message in mail_is_sensible(None)] == ["mail.E005"]
