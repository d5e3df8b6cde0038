"""How long the files of archives are kept."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.tenancy import region
from tenants.provisioning.models import Archive, ArchivePart


def are_any_out_of_date() -> bool:
    """Tell whether files lie longer than they were to. Region or roll-up."""
    return Archive.objects.filter(state=Archive.State.READY, expires_at__lte=timezone.now()).exists()


def forget(rows: QuerySet[Archive]) -> int:
    """Forget these archives with their files; return how many. In the caller's transaction and world.

    The rows are held first: an archive that is just being stored has its parts only once its transaction is over.
    """
    keys = list(rows.select_for_update().values_list("pk", flat=True))
    ArchivePart.objects.filter(archive__in=keys).delete()
    return Archive.objects.filter(pk__in=keys).update(state=Archive.State.FORGOTTEN)


def forget_out_of_date() -> int:
    """Forget the files whose term is over; return of how many archives. Migrator only: no other role may."""
    with region(), transaction.atomic():
        return forget(Archive.objects.filter(state=Archive.State.READY, expires_at__lte=timezone.now()))


def forget_archives_of(schema: str) -> None:
    """Forget every file of a school whose data are dropped. Migrator only, in ``region()``."""
    with transaction.atomic():
        forget(Archive.objects.filter(school_schema=schema, state__in=(Archive.State.ASKED, Archive.State.READY)))
        ArchivePart.objects.filter(school_schema=schema).delete()
