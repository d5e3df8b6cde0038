"""allauth's views under our policies; only those that are used have an address."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from core.accounts.services.second_factor import forget_second_factor_checks
from core.accounts.services.sign_ins import end_other_sign_ins
from core.audit.services import record
from core.authz import public, signed_in, signed_in_before_second_factor


@public
class Login(account.LoginView):  # type: ignore[misc]
    """Sign in."""


@public
class Inactive(account.AccountInactiveView):  # type: ignore[misc]
    """Say that the account is switched off; reached with the right password only."""


@signed_in_before_second_factor
class Logout(account.LogoutView):  # type: ignore[misc]
    """Sign out, by POST."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out, and have the browser forget what pages kept on this device: drafts are whoever wrote them's."""
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


@signed_in
class PasswordChange(account.PasswordChangeView):  # type: ignore[misc]
    """Change one's password."""


@signed_in_before_second_factor
class Reauthenticate(account.ReauthenticateView):  # type: ignore[misc]
    """Prove by password who is at the keyboard."""


@public
class SecondStep(mfa.AuthenticateView):  # type: ignore[misc]
    """Pass the second step of signing in; nothing here without the first."""


@signed_in_before_second_factor
class SecondFactorAgain(mfa.ReauthenticateView):  # type: ignore[misc]
    """Prove by the second factor who is at the keyboard."""


@signed_in
class SecondFactor(mfa.IndexView):  # type: ignore[misc]
    """Show one's second factor."""


@signed_in_before_second_factor
class SetUp(totp.ActivateTOTPView):  # type: ignore[misc]
    """Set up a code generator."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Keep the secret out of every cache."""
        return never_cache(super().dispatch)(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Set it up; sessions that were opened with a password alone end, for they never passed it."""
        response: HttpResponse = super().form_valid(form)
        user = self.request.user
        record(actor=user, action="second_factor.set_up", object_type="user", object_id=user.pk)
        end_other_sign_ins(request=self.request)
        return response


@signed_in
class TakeOff(totp.DeactivateTOTPView):  # type: ignore[misc]
    """Take the code generator off, to set up another."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Take it off; no session keeps the passed check."""
        response: HttpResponse = super().form_valid(form)
        forget_second_factor_checks(self.request.user)
        return response


@signed_in
class RecoveryCodes(recovery_codes.ViewRecoveryCodesView):  # type: ignore[misc]
    """Show the recovery codes that are left."""


@signed_in
class NewRecoveryCodes(recovery_codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    """Make new recovery codes; the old ones end."""


@signed_in
class RecoveryCodesFile(recovery_codes.DownloadRecoveryCodesView):  # type: ignore[misc]
    """Download the recovery codes."""
