"""Writes of the reference data: a change is a new version, the old one stays readable for good."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.audit.services import record
from tenants.reference.errors import CodeInUseError, StaleVersionError
from tenants.reference.models import Versioned
from tenants.reference.remembered import forget_reference

# What a version is made of besides its own content.
_BOOKKEEPING = frozenset({"id", "code", "version", "created_at", "superseded_at", "changed_by"})


def content_fields(model: type[Versioned]) -> list[str]:
    """Return the names of the fields that a new version may change."""
    return [field.name for field in model._meta.concrete_fields if field.name not in _BOOKKEEPING]


def add_entry(*, actor: Any, model: type[Versioned], code: str, content: dict[str, Any]) -> Versioned:
    """Add an entry: version 1 under a code nobody had before. Runs in ``region()``; ``actor`` is a user.

    :raises CodeInUseError: when an entry of the kind has, or had, this code.
    :raises ValidationError: when the content is not valid.
    """
    with transaction.atomic():
        if model.objects.filter(code=code).exists():
            raise CodeInUseError(code)
        return _store(actor, model, code=code, version=1, content=content, action="reference.added")


def publish_version(
    *, actor: Any, model: type[Versioned], code: str, based_on: UUID, content: dict[str, Any]
) -> Versioned:
    """Make a new version of an entry and supersede the one it is based on; the past keeps its own version.

    Runs in ``region()``. ``content`` holds the changed fields; what it leaves out is carried over. A change that
    changes nothing makes no version: the version in force is returned.

    :raises StaleVersionError: when ``based_on`` is no longer in force.
    :raises ValidationError: when the content is not valid.
    """
    with transaction.atomic():
        now: Versioned | None = model.objects.select_for_update().now().filter(code=code).first()
        if now is None or now.pk != based_on:
            raise StaleVersionError
        before = {name: getattr(now, name) for name in content_fields(model)}
        after = {**before, **content}
        if after == before:
            return now
        # By update, not save(): the old row's content must not be able to change with it.
        model.objects.filter(pk=now.pk).update(superseded_at=timezone.now())
        changed = sorted(name for name in after if after[name] != before[name])
        return _store(
            actor,
            model,
            code=code,
            version=now.version + 1,
            content=after,
            action="reference.changed",
            details={"fields": changed},
        )


def set_offered(*, actor: Any, model: type[Versioned], code: str, based_on: UUID, is_offered: bool) -> Versioned:
    """Withdraw an entry from offer or offer it again: a new version too, so that the past shows what was offered.

    :raises StaleVersionError: when ``based_on`` is no longer in force.
    """
    return publish_version(actor=actor, model=model, code=code, based_on=based_on, content={"is_offered": is_offered})


def _store(
    actor: Any,
    model: type[Versioned],
    *,
    code: str,
    version: int,
    content: dict[str, Any],
    action: str,
    details: dict[str, Any] | None = None,
) -> Versioned:
    row = model(code=code, version=version, changed_by=actor.pk, **content)
    row.full_clean(validate_constraints=False)
    row.save(force_insert=True)
    record(
        actor=actor,
        action=action,
        object_type=f"reference.{model._meta.model_name}",
        object_id=row.pk,
        details={"code": code, "version": version, **(details or {})},
    )
    transaction.on_commit(forget_reference)
    return row
