"""Users and their roles. A school's users live in its own schema, region and district staff in the region's."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.tenancy import require

LOGIN_PATTERN = r"^[a-zа-яё0-9][a-zа-яё0-9._-]{2,63}\Z"


class UserManager(BaseUserManager["User"]):
    """Makes users; logins are kept in lower case."""

    def create_user(self, *, login: str, name: str, password: str | None = None, **extra: object) -> User:
        """Create a user; without a password the account cannot sign in until an invitation is used."""
        user = self.model(login=login.strip().lower(), name=name, **extra)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of a login, whatever the case it was typed in."""
        return self.get(login=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody who signs in on one host. Knows nothing of permissions: roles are grants.

    ``session_epoch`` is part of every session of the user: raising it ends them all. ``unread`` is how much news the
    account has not seen, kept by whoever tells it: every page's header shows it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    login = models.CharField(
        _("логин"),
        max_length=64,
        unique=True,
        validators=[RegexValidator(LOGIN_PATTERN, _("От 3 знаков: буквы, цифры, точка, дефис, подчёркивание"))],
    )
    name = models.CharField(_("имя"), max_length=200)
    person_id = models.UUIDField(null=True, blank=True, db_index=True)
    is_active = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    session_epoch = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    def is_in_force(self, now: datetime | None = None) -> bool:
        """Tell whether the account may sign in: not switched off, and its term, if it has one, not over."""
        return self.is_active and (self.expires_at is None or self.expires_at > (now or timezone.now()))

    def _session_hash(self, secret: str | bytes | None) -> str:
        # The world stands in the hash: equal keys, passwords and epochs exist in many schools.
        value = f"{require().stamp}:{self.password}:{self.session_epoch}"
        return salted_hmac("core.accounts.session", value, secret=secret, algorithm="sha256").hexdigest()

    def get_session_auth_hash(self) -> str:
        """Return what a session of this user must carry in this world.

        :raises NoContextError: outside every context.
        """
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same under former secret keys."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)


class RoleGrant(models.Model):
    """One role of one user on this host. Additive; ``scope`` narrows it (a district, a form, a class)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.SlugField(max_length=40)
    scope = models.CharField(max_length=64, blank=True)
    granted_by = models.UUIDField(null=True, blank=True)
    granted_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "role", "scope"], name="one_grant_per_role_and_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.scope}".strip()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by what can still be done with them."""

    def usable(self) -> InvitationQuerySet:
        """Return those neither used, nor withdrawn, nor out of date."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A one-time code that makes an account with roles, or (``user`` given) sets a new password for one.

    Only a keyed hash of the code is stored, and the key names the world: the same code is nothing elsewhere.
    ``roles`` is a list of pairs ``[slug, scope]``. ``account_expires_at`` makes the account a temporary one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200, blank=True)
    roles = models.JSONField(default=list)
    person_id = models.UUIDField(null=True, blank=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.UUIDField(null=True, blank=True)
    invited_by_label = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    account_expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.UUIDField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(used_by__isnull=False), name="a_used_code_has_a_user"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class SignIn(models.Model):
    """One sign-in of a user: when, from what kind of browser and network; no full address is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    browser = models.CharField(max_length=60, blank=True)
    network = models.CharField(max_length=45, blank=True)
    is_shared_computer = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "-at"], name="sign_in_by_user")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class ApiToken(models.Model):
    """A key by which a programme acts for its owner on this one host, with some of his roles.

    Only a keyed hash of it is stored, and the key names the world: the same token is nothing elsewhere. ``roles`` is a
    list of pairs ``[slug, scope]``; a role that its owner loses, the token loses too. ``permissions``, if any are
    named, are all that the token may do of what these roles may.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    title = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    roles = models.JSONField(default=list)
    permissions = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-created_at"], name="token_by_time")]

    def __str__(self) -> str:
        return str(self.id)

    def is_in_force(self, now: datetime | None = None) -> bool:
        """Tell whether the token still opens anything."""
        return self.revoked_at is None and self.expires_at > (now or timezone.now())
