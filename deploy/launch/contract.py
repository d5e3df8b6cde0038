"""What the platform's processes are started with: their environment, their commands, and who may hold the owner's
address of the database."""

import os
from dataclasses import dataclass
from pathlib import Path

from deploy.launch import machine
from deploy.launch.instance import Secrets, write_private
from deploy.launch.places import CHECKOUT, environment_folder, environment_python
from deploy.launch.servers import Addresses

MANAGE = CHECKOUT / "platform" / "manage.py"
# These commands change schemas and roles themselves; every other one runs as the application and starts a
# short-lived provisioner when it needs one.
OWNER_COMMANDS = ("bootstrap", "migrate_region", "migrate_schemas", "migrate_schools", "provision_pending")
# Never inherited: another instance's or another project's, or one that has each process compile the code anew.
FOREIGN = (
    "DATABASE_ADMIN_URL",
    "DATABASE_SUPERUSER_URL",
    "DATABASE_URL",
    "DOOR_LOGIN",
    "DJANGO_SETTINGS_MODULE",
    "MENTORING_SECRETS",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONPATH",
    "REDIS_URL",
    "TEST_DATABASE_SUPERUSER_URL",
    "VIRTUAL_ENV",
)


@dataclass(frozen=True)
class Role:
    """A kind of process that an instance runs: its name, its command, whether it holds the owner's address."""

    name: str
    command: list[str]
    is_owner: bool = False
    serves_web: bool = False
    stop_seconds: float = 15


def roles(listener: int) -> list[Role]:
    """Return the processes of an instance, in the order of their start; `listener` is the web's open socket, which the
    launcher keeps, so that requests wait while the web is started again instead of failing."""
    python, manage = str(environment_python()), str(MANAGE)
    web = [python, "-m", "gunicorn", "config.wsgi:application", "--bind", f"fd://{listener}"]
    web += ["--workers", str(max(2, min(4, os.cpu_count() or 2))), "--worker-class", "sync"]
    # Its control socket lies in the home folder, one for all instances of a user.
    web += ["--max-requests", "2000", "--max-requests-jitter", "200", "--no-control-socket"]
    web += ["--config", "python:config.web_hooks"]
    celery = [python, "-m", "celery", "-A", "config.celery_app", "worker", "--loglevel", "INFO"]
    celery += ["--without-gossip", "--without-mingle"]
    # A pool of processes needs named semaphores, that is a writable /dev/shm.
    many = ["-c", "2"] if machine.semaphores_work() else ["-P", "solo"]
    one = ["-c", "1"] if machine.semaphores_work() else ["-P", "solo"]
    every = [
        Role("web", web, serves_web=True),
        Role("worker", [*celery, "-Q", "default,rollup", "-n", "worker@%h", *many]),
        Role("courier", [*celery, "-Q", "webhooks", "-n", "courier@%h", *one]),
        Role("sweeper", [python, manage, "sweeper"]),
        Role("provisioner", [*celery, "-Q", "provisioning", "-n", "provisioner@%h", *one], is_owner=True),
    ]
    return [role for role in every if role.name != "sweeper" or exists("sweeper")]


def inherited() -> dict[str, str]:
    """Return our environment without what belongs to another instance, with the programs of ours first."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    kept["PATH"] = f"{environment_folder() / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}"
    kept["PYTHONUNBUFFERED"] = "1"
    return kept


def environment(home: Path, secrets: Secrets, addresses: Addresses, port: int, *, owner: bool) -> dict[str, str]:
    """Return what a process of the instance is started with; the owner's address only when it is an `owner`."""
    wanted = inherited() | {
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "SECRET_KEY": secrets.secret_key,
        "PERSON_KEY_PEPPER": secrets.person_key_pepper,
        "DATABASE_URL": addresses.app,
        "REDIS_URL": addresses.broker,
        "BASE_DOMAIN": "localhost",
        "BASE_PORT": str(port),
        "MENTORING_HOME": str(home),
        # The launcher waits 15 seconds for its processes.
        "WORKER_GRACE_SECONDS": "10",
        "REGION_TIME_ZONE": os.environ.get("REGION_TIME_ZONE") or "Europe/Moscow",
    }
    if owner and addresses.admin:
        wanted |= {"DATABASE_ADMIN_URL": addresses.admin, "DOOR_LOGIN": "migrator"}
    return wanted


def command_environment(home: Path, secrets: Secrets, addresses: Addresses, port: int, command: str) -> dict[str, str]:
    """Return what a management command is started with.

    One that provisions finds in MENTORING_SECRETS the path of a private file with the variables that its short-lived
    provisioner process needs on top of its own.
    """
    owner = command in OWNER_COMMANDS
    wanted = environment(home, secrets, addresses, port, owner=owner)
    if addresses.admin and not owner:
        private = home / "provisioner.json"
        write_private(private, {"DATABASE_ADMIN_URL": addresses.admin, "DOOR_LOGIN": "migrator"})
        wanted["MENTORING_SECRETS"] = str(private)
    return wanted


def bootstrap_environment(home: Path, secrets: Secrets, addresses: Addresses, port: int) -> dict[str, str] | None:
    """Return what the bootstrap of a fresh database is started with; None when we hold no superuser's address."""
    if not addresses.superuser:
        return None
    wanted = environment(home, secrets, addresses, port, owner=True)
    return wanted | {"DATABASE_SUPERUSER_URL": addresses.superuser, "PYTHONPATH": _source_roots()}


def _source_roots() -> str:
    return os.pathsep.join([str(CHECKOUT / "platform"), str(CHECKOUT)])


def manage(*arguments: str) -> list[str]:
    """Return the command line of a management command."""
    return [str(environment_python()), str(MANAGE), *arguments]


def exists(command: str) -> bool:
    """Say whether this checkout has a management command of that name of its own."""
    roots = (CHECKOUT / "platform", *(CHECKOUT / name for name in ("tenants", "regional_bank", "schools", "reports")))
    return any(path for root in roots for path in root.glob(f"**/management/commands/{command}.py"))


def bootstrap() -> list[str]:
    """Return the command line that makes roles, schemas and revokes in a fresh database."""
    return [str(environment_python()), "-m", "core.tenancy.bootstrap"]
