"""What ``check --deploy`` says of the settings of mail; an address that names no server is refused at every start."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core.mail.server import Server


@register(deploy=True)
def mail_is_sensible(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse half a configuration, a sender that is no address, a password in plain view, a folder in
    production, an authority that is none."""
    server: Server = settings.MAIL_SERVER
    sender: str = settings.MAIL_FROM
    found: list[CheckMessage] = []
    if bool(server.scheme) != bool(sender):
        found.append(Error("EMAIL_URL and EMAIL_FROM are given together or not at all", id="mail.E001"))
    if sender and not _is_address(sender):
        found.append(Error("EMAIL_FROM is no address of mail: write the bare address", id="mail.E002"))
    if server.scheme == "folder":
        found.append(Error("EMAIL_URL is a folder: nobody would get a letter", id="mail.E003"))
    if server.scheme == "smtp+plain" and server.password and not _is_loopback(server.host):
        hint = "use smtp:// (STARTTLS) or smtps://"
        found.append(Error("EMAIL_URL sends a password in plain view", hint=hint, id="mail.E004"))
    if settings.MAIL_CA_FILE and not _holds_certificates(settings.MAIL_CA_FILE):
        found.append(Error("EMAIL_CA_FILE is no file with certificates (PEM)", id="mail.E005"))
    return found


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return not text.endswith((".example", ".invalid", "@localhost"))


def _holds_certificates(path: str) -> bool:
    try:
        return bool(ssl.create_default_context(cafile=path).get_ca_certs())
    except OSError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
