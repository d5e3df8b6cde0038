"""Forms of signing in and of accounts, in Russian and without placeholders that vanish while one types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.accounts.adapters import SHARED_COMPUTER_KEY
from core.accounts.codes import clean_code
from core.accounts.models import User
from core.authz.registry import Role, Text, World, role_of, scope_choices


def _say(form: forms.BaseForm, **labels: Any) -> None:
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        field.widget.attrs.pop("placeholder", None)


def _code_input(form: forms.BaseForm, label: Any, help_text: Any) -> None:
    _say(form, code=label)
    field = form.fields["code"]
    field.help_text = help_text
    field.widget.attrs["maxlength"] = 32
    field.widget.attrs |= {"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}


class SignInForm(allauth_forms.LoginForm):  # type: ignore[misc]
    """Login, password and whose computer it is."""

    shared_computer = forms.BooleanField(
        label=_("Чужой или общий компьютер"),
        help_text=_("Вход завершится через 10 минут бездействия"),
        required=False,
    )
    field_order = ("login", "password", "shared_computer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, login=_("Логин"), password=_("Пароль"))
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        self.fields["password"].help_text = ""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in, remembering whose computer it is until the second factor is passed."""
        request.session[SHARED_COMPUTER_KEY] = self.cleaned_data["shared_computer"]
        return super().login(request, redirect_url=redirect_url)  # type: ignore[no-any-return]


class PasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """A new password for somebody who knows the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, oldpassword=_("Нынешний пароль"), password1=_("Новый пароль"), password2=_("Новый пароль ещё раз"))
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = _("Не короче 10 знаков и не из одних цифр")


class ReauthenticateForm(allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something important."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password=_("Пароль"))
        self.fields["password"].help_text = ""


class SecondFactorForm(mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_input(self, _("Код"), _("Шесть цифр из приложения или один из запасных кодов"))


class SecondFactorAgainForm(mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The second factor once more, before something important."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_input(self, _("Код"), _("Шесть цифр из приложения или один из запасных кодов"))


class SetUpSecondFactorForm(totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new code generator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_input(self, _("Код из приложения"), _("Шесть цифр, которые приложение показывает сейчас"))


class CodeForm(forms.Form):
    """An invitation code, typed over from paper."""

    code = forms.CharField(
        label=_("Код приглашения"),
        help_text=_("12 цифр, например 1234-5678-9012"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True, "data-code-from-address": ""}
        ),
    )

    def clean_code(self) -> str:
        """Return the twelve digits.

        :raises ValidationError: when there are not twelve.
        """
        digits = clean_code(self.cleaned_data["code"])
        if not digits:
            raise ValidationError(gettext("В коде 12 цифр. Проверьте, что введены все."), code="not_a_code")
        return digits


class NewPasswordForm(forms.Form):
    """A password typed twice; the rules are checked by the service, which knows the account."""

    password1 = forms.CharField(
        label=_("Пароль"),
        help_text=_("Не короче 10 знаков и не из одних цифр"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Пароль ещё раз"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Compare the two.

        :raises ValidationError: when they differ.
        """
        cleaned = super().clean() or {}
        if cleaned.get("password1") != cleaned.get("password2") and not self.errors:
            raise ValidationError({"password2": gettext("Пароли не совпали, введите их ещё раз.")})
        return cleaned


class NewAccountForm(NewPasswordForm):
    """Login and password of a new account, and the name when the inviter wrote none."""

    name = forms.CharField(label=_("Фамилия, имя, отчество"), max_length=200)
    login = forms.CharField(
        label=_("Логин"),
        help_text=_("Придумайте сами: от 3 знаков, буквы, цифры, точка, дефис"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ("name", "login", "password1", "password2")

    def __init__(self, *args: Any, is_named: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_named:
            del self.fields["name"]

    def clean_login(self) -> str:
        """Return the login in lower case, checked by the model's own rule."""
        login = str(self.cleaned_data["login"]).strip().lower()
        for validator in User._meta.get_field("login").validators:
            validator(login)
        return login


def role_choices(world: World, roles: Sequence[Role]) -> list[tuple[str, Any]]:
    """Return choices ``role`` or ``role:scope`` for a select: one entry for each scope of a scoped role."""
    choices: list[tuple[str, Any]] = []
    for role in roles:
        if not role.scope_kind:
            choices.append((role.slug, role.title))
            continue
        choices += [
            (f"{role.slug}:{value}", f"{role.title}: {title}") for value, title in scope_choices(world, role.scope_kind)
        ]
    return choices


def split_choice(choice: str) -> tuple[str, str]:
    """Return the pair (role, scope) of a choice."""
    slug, _colon, scope = choice.partition(":")
    return slug, scope


class GrantForm(forms.Form):
    """One more role for somebody."""

    role = forms.ChoiceField(label=_("Роль"))

    def __init__(self, *args: Any, world: World, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "—"), *role_choices(world, roles)]  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Who is invited (a person whose name is known is not asked for it), and to which roles."""

    name = forms.CharField(label=_("Фамилия, имя, отчество"), max_length=200)
    roles = forms.MultipleChoiceField(
        label=_("Роли"),
        help_text=_("Можно несколько: права складываются"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, world: World, roles: Sequence[Role], name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if name:
            del self.fields["name"]
        self.fields["roles"].choices = role_choices(world, roles)  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """What a programme is to be allowed, and until when."""

    title = forms.CharField(
        label=_("Для какой программы"), max_length=100, help_text=_("Например: обмен с электронным журналом")
    )
    roles = forms.MultipleChoiceField(label=_("Какие ваши роли получит программа"), widget=forms.CheckboxSelectMultiple)
    only = forms.ChoiceField(label=_("Что из этого ей можно"), required=False, widget=forms.RadioSelect)
    days = forms.IntegerField(label=_("Сколько дней действует"), min_value=1, max_value=366, initial=180)

    def __init__(
        self, *args: Any, choices: Sequence[tuple[str, str]], purposes: Sequence[tuple[str, Text]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = choices  # type: ignore[attr-defined]
        everything = gettext("Всё, что могут эти роли")
        only = [(name, gettext("Только %(what)s") % {"what": title}) for name, title in purposes]
        self.fields["only"].choices = [("", everything), *only]  # type: ignore[attr-defined]
        if not purposes:
            del self.fields["only"]


class RoleTitles:
    """Words for pairs (role, scope); the scopes of each kind are read once, however many rows a page has."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, dict[str, Any]] = {}

    def of(self, pairs: Iterable[Sequence[str]]) -> list[str]:
        """Return one title for each pair; a role that is gone is left out, a scope that is gone shows as a dash."""
        found = [(role_of(self._world, slug), scope) for slug, scope in pairs]
        return [self._title(role, scope) for role, scope in found if role is not None]

    def _title(self, role: Role, scope: str) -> str:
        kind = role.scope_kind
        if not kind:
            return str(role.title)
        if kind not in self._known:
            self._known[kind] = dict(scope_choices(self._world, kind))
        return f"{role.title}: {self._known[kind].get(scope, '—')}"
