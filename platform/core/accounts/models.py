"""Users and their roles. A school's users live in its own schema, region and district staff in the region's."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


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
    """Somebody who signs in on one host. Knows nothing of permissions: roles are grants."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    login = models.CharField(_("логин"), max_length=64, unique=True)
    name = models.CharField(_("имя"), max_length=200)
    email = models.EmailField(_("электронная почта"), blank=True)
    person_id = models.UUIDField(null=True, blank=True, db_index=True)
    is_active = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    def __str__(self) -> str:
        return self.name


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
