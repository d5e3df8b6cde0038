"""How long the files of archives are kept."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from core.tenancy import region
from tenants.provisioning.models import Archive, ArchivePart


def are_any_out_of_date() -> bool:
    """Tell whether files lie longer than they were to. Region or roll-up."""
    return Archive.objects.filter(state=Archive.State.READY, expires_at__lte=timezone.now()).exists()


def forget_out_of_date() -> int:
    """Forget the files whose term is over; return of how many archives. Migrator only: no other role may."""
    with region(), transaction.atomic():
        old = Archive.objects.filter(state=Archive.State.READY, expires_at__lte=timezone.now())
        ArchivePart.objects.filter(archive__in=old).delete()
        return old.update(state=Archive.State.FORGOTTEN)


def forget_archives_of(schema: str) -> None:
    """Forget every file of a school whose data are dropped. Migrator only, in ``region()``."""
    ArchivePart.objects.filter(school_schema=schema).delete()
    Archive.objects.filter(school_schema=schema, state=Archive.State.READY).update(state=Archive.State.FORGOTTEN)
