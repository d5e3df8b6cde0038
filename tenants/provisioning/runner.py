"""Provisioning from a command: a short-lived process with the migrator's login does it, the command stays ``app``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from core.tenancy import region
from tenants.registry.models import School


class NoProvisionerError(RuntimeError):
    """Schools wait, and neither an owner's address is at hand nor does a provisioner answer."""


def _owner_variables() -> dict[str, str]:
    """Return what the provisioner needs on top of our environment; empty when we hold no owner's address."""
    private = os.environ.get("MENTORING_SECRETS")
    if private:
        return dict(json.loads(Path(private).read_text(encoding="utf-8")))
    if os.environ.get("DATABASE_ADMIN_URL"):
        return {"DATABASE_ADMIN_URL": os.environ["DATABASE_ADMIN_URL"], "DOOR_LOGIN": "migrator"}
    return {}


def provision_now() -> None:
    """Make every school that is still ``creating`` ready, and wait for it. Runs outside every context.

    :raises NoProvisionerError: when no process with the migrator's login can be started, or it left schools undone.
    """
    if _owner_variables():
        as_provisioner("provision_pending")
    with region():
        waiting = School.objects.filter(state=School.State.CREATING).count()
    if waiting:
        raise NoProvisionerError(
            f"{waiting} schools are not ready: set DATABASE_ADMIN_URL for this command or start a provisioner"
        )


def as_provisioner(*arguments: str, told: str = "") -> None:
    """Run a command of the platform in a process with the migrator's login; ``told`` is its standard input.

    :raises NoProvisionerError: without the owner's address, or when the command failed.
    """
    variables = _owner_variables()
    if not variables:
        raise NoProvisionerError("set DATABASE_ADMIN_URL for this command: it makes or drops a school's schema")
    done = subprocess.run(
        [sys.executable, "-m", "config.cli", *arguments],
        env={**os.environ, **variables},
        input=told,
        stdout=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoProvisionerError(f"{arguments[0]} ended with {done.returncode}")
