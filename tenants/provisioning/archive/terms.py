"""How long the files of archives are kept, and who waits for whom when they are forgotten."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.tenancy import region
from tenants.provisioning.models import Archive, ArchivePart

# First half of the advisory lock's key; the second is made of the school's schema: locks are shared by all schools.
_LOCK: Final = 0x6172


def hold_archives(schema: str) -> None:
    """Wait until nobody asks for or forgets archives of this school; held until the transaction ends.

    Whoever destroys data holds it: an archive asked for meanwhile would be written from what is still there, after
    the others were forgotten.

    :param schema: the school's, such as ``s_0123456789ab``.
    """
    key = int(schema.removeprefix("s_"), 16) % 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.pg_advisory_xact_lock(%s, %s)", [_LOCK, key])


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
