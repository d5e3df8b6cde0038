"""The provisioner's work, whose queue has the one worker with the migrator's login; archives of schools."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from core.tenancy import require_school
from core.tenancy.tasks import MigratorTask, SchoolTask
from tenants.provisioning.archive.asking import make
from tenants.provisioning.archive.manifest import SchoolEntry
from tenants.provisioning.archive.terms import forget_out_of_date
from tenants.provisioning.pool import fill_pool
from tenants.provisioning.services import provision, provision_pending


@shared_task(base=MigratorTask, name="tenants.provisioning.provision_school")
def provision_school(school_id: str) -> None:
    """Make one school ready."""
    provision(school_id)
    fill_pool()


@shared_task(base=MigratorTask, name="tenants.provisioning.provision_late")
def provision_late() -> None:
    """Complete schools whose provisioner was killed, keep the pool of spares full, forget archives out of date."""
    provision_pending()
    forget_out_of_date()


@shared_task(base=SchoolTask, name="tenants.provisioning.make_archive")
def make_archive(archive_id: str, school_id: str, code: str, title: str, district: str) -> None:
    """Make the archive of one school, as the school's own role."""
    about = SchoolEntry(id=school_id, code=code, title=title, district=district, schema=require_school())
    make(archive_id=UUID(archive_id), about=about)
