"""What accounts refuse, each with a sentence for the person in front of the screen."""

from __future__ import annotations

from django.utils.translation import gettext as _


class AccountError(Exception):
    """Base; ``str()`` is the sentence to show, ``code`` is stable, ``field`` names the form's field if there is one."""

    code = "account_error"
    field: str | None = None


class CodeError(AccountError):
    """The code is unknown, used, withdrawn or out of date; the same answer to all four."""

    code = "invitation_unusable"
    field = "code"

    def __init__(self) -> None:
        super().__init__(_("Код не подходит: проверьте цифры. Если код уже использован или устарел, попросите новый."))


class LoginTakenError(AccountError):
    """Somebody here has this login."""

    code = "login_taken"
    field = "login"

    def __init__(self) -> None:
        super().__init__(_("Такой логин уже занят, придумайте другой"))


class GrantError(AccountError):
    """The roles asked for cannot be granted like this."""

    code = "bad_grant"


class HolderError(GrantError):
    """Roles over others' data are not for this login: the layer that knows people says why, and what to do."""

    code = "not_for_staff_roles"


class TokenError(AccountError):
    """A token cannot be issued like this."""

    code = "bad_token_request"

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field
