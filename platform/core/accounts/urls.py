"""Addresses of accounts, on every host. allauth's names are kept where its own code reverses them."""

from django.urls import include, path

from core.accounts.views import library, own, staff, tokens, welcome

_own = (
    [
        path("account/sessions/", own.sessions, name="sessions"),
        path("account/sessions/end-others/", own.end_others, name="end-others"),
        path("account/tokens/", tokens.tokens, name="tokens"),
        path("account/tokens/new/", tokens.new, name="token-new"),
        path("account/tokens/<uuid:token_id>/revoke/", tokens.revoke, name="token-revoke"),
        path("invite/", welcome.enter_code, name="invite"),
        path("invite/account/", welcome.new_account, name="invite-account"),
        path("staff/", staff.staff_list, name="staff"),
        path("staff/invite/", staff.invite, name="staff-invite"),
        path("staff/invitations/<uuid:invitation_id>/withdraw/", staff.withdraw, name="staff-withdraw"),
        path("staff/<uuid:user_id>/", staff.member, name="staff-member"),
        path("staff/<uuid:user_id>/grant/", staff.grant, name="staff-grant"),
        path("staff/<uuid:user_id>/revoke/<uuid:grant_id>/", staff.revoke, name="staff-revoke"),
        path("staff/<uuid:user_id>/password-code/", staff.password_code, name="staff-password-code"),
        path("staff/<uuid:user_id>/reset-second-factor/", staff.reset, name="staff-reset"),
        path("staff/<uuid:user_id>/active/", staff.switch, name="staff-switch"),
    ],
    "accounts",
)

urlpatterns = [
    path("", include(_own)),
    path("accounts/login/", library.Login.as_view(), name="account_login"),
    path("accounts/logout/", library.Logout.as_view(), name="account_logout"),
    path("accounts/inactive/", library.Inactive.as_view(), name="account_inactive"),
    path("accounts/reauthenticate/", library.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("accounts/password/", library.PasswordChange.as_view(), name="account_change_password"),
    path("accounts/second-factor/", library.SecondFactor.as_view(), name="mfa_index"),
    path("accounts/second-factor/enter/", library.SecondStep.as_view(), name="mfa_authenticate"),
    path("accounts/second-factor/again/", library.SecondFactorAgain.as_view(), name="mfa_reauthenticate"),
    path("accounts/second-factor/set-up/", library.SetUp.as_view(), name="mfa_activate_totp"),
    path("accounts/second-factor/take-off/", library.TakeOff.as_view(), name="mfa_deactivate_totp"),
    path("accounts/recovery-codes/", library.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("accounts/recovery-codes/new/", library.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("accounts/recovery-codes/file/", library.RecoveryCodesFile.as_view(), name="mfa_download_recovery_codes"),
]
