"""The provisioner's work; its queue is served by the one worker that has the migrator's login."""

from __future__ import annotations

from celery import shared_task

from core.tenancy.tasks import MigratorTask
from tenants.provisioning.pool import fill_pool
from tenants.provisioning.services import provision, provision_pending


@shared_task(base=MigratorTask, name="tenants.provisioning.provision_school")
def provision_school(school_id: str) -> None:
    """Make one school ready."""
    provision(school_id)
    fill_pool()


@shared_task(base=MigratorTask, name="tenants.provisioning.provision_late")
def provision_late() -> None:
    """Complete schools whose provisioner was killed, and keep the pool of spares full."""
    provision_pending()
