"""How allauth behaves here: no sign-up, no e-mail, own host only; sign-ins are written down."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import MultiFernet
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from core.accounts.models import User
from core.accounts.services.sign_ins import SIGN_IN_KEY, end_sign_in, start_sign_in
from core.authz import load_actor
from core.tenancy.signing import cipher

SHARED_COMPUTER_KEY = "_shared_computer"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in and sign-out of this product."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence for an unknown login and a wrong password: the page does not tell which logins exist.
        "username_password_mismatch": _("Логин или пароль не подходит. Проверьте раскладку и повторите."),
        "invalid_login": _("Логин или пароль не подходит. Проверьте раскладку и повторите."),
        "too_many_login_attempts": _("Слишком много попыток подряд. Подождите пять минут и повторите."),
        "enter_current_password": _("Введите свой нынешний пароль."),
        "incorrect_password": _("Пароль не подходит."),
        "rate_limited": _("Слишком много попыток подряд. Подождите и повторите."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: accounts come from invitations only."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Allow return addresses on this very host only: a school's page never sends anybody to another host."""
        return bool(url) and not urlsplit(url).netloc and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Ask for the second factor where there is one: a password alone does not change it."""
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] == "mfa_reauthenticate"] or methods

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Refuse an account that is off or out of term, after the right password only."""
        if not user.is_in_force():
            clear_login(request)
            return self.respond_user_inactive(request, user)  # type: ignore[no-any-return]
        return super().pre_login(request, user, **kwargs)  # type: ignore[no-any-return]

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Write the sign-in down; having just proved who he is, nobody is asked for it again at once."""
        record_authentication(request, user, method="password", reauthenticated=True)
        start_sign_in(
            request=request,
            user=user,
            address=self.get_client_ip(request),
            is_shared_computer=bool(request.session.pop(SHARED_COMPUTER_KEY, False)),
            is_staff=load_actor(user).needs_second_factor,
        )
        return super().post_login(request, user, **kwargs)  # type: ignore[no-any-return]

    def logout(self, request: HttpRequest) -> None:
        """Write the end of the sign-in down."""
        if sign_in := request.session.get(SIGN_IN_KEY):
            end_sign_in(sign_in)
        super().logout(request)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Leave out allauth's own messages: our pages say what happened, in our words."""


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of code generators are stored encrypted, under a key of this world."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Код не подходит. Введите новый код из приложения; проверьте время на телефоне."),
    }

    def _cipher(self) -> MultiFernet:
        return cipher("core.accounts.totp")

    def encrypt(self, text: str) -> str:
        """Return the text encrypted for the current world."""
        return self._cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the text again.

        :raises cryptography.fernet.InvalidToken: in another world, or under another secret key.
        """
        return self._cipher().decrypt(encrypted_text.encode()).decode()

    def reencrypt(self, encrypted_text: str) -> str:
        """Return the text encrypted under the present secret key, whichever known key it was under.

        :raises cryptography.fernet.InvalidToken: when no known key fits.
        """
        return self._cipher().rotate(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """Draw the code to scan, dark on white whatever the page's colours."""
        out = BytesIO()
        segno.make(url, error="m", micro=False).save(out, kind="svg", scale=5, light="#fff", xmldecl=False)
        return out.getvalue().decode()
