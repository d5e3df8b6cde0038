"""Django's own way to a server, which also trusts a region's own authority instead of the world's."""

from __future__ import annotations

import ssl
from functools import cached_property

from django.conf import settings
from django.core.mail.backends import smtp


class EmailBackend(smtp.EmailBackend):
    """As Django's. With ``MAIL_CA_FILE`` the server's certificate must come from that authority, and from no other."""

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        """Return what a certificate is held against: its authority and the server's name are always asked for."""
        return ssl.create_default_context(cafile=settings.MAIL_CA_FILE or None)
