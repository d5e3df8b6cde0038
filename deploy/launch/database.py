"""Brings a database to the state the code expects: roles and schemas by a superuser, tables by their owner."""

import json
import subprocess
import sys

from deploy.launch import contract, instance
from deploy.launch.places import CHECKOUT, locked
from deploy.launch.report import LaunchError, say
from deploy.launch.servers import ServerSet

# The bootstrap's way to say that a managed server without a superuser keeps a weaker promise; it named it
# itself.
WEAKER = 3
# The migration's way to say that region and most schools are done and single schools, which it named, are not.
SCHOOLS_BEHIND = 3


def prepare_database(servers: ServerSet, port: int, *, always: bool) -> None:
    """Make roles, schemas and tables; with `always` also in a database that has had them, as the code may be newer.

    Every step is idempotent, and the mark is written last: what was killed half-way is done again.

    :raises LaunchError: when a step fails; its own words are on stderr.
    """
    # Two commands may find the same empty database at once.
    with locked(servers.home / ".preparing.lock"):
        if always or not servers.migrated_mark.exists():
            _prepare(servers, port)


def _prepare(servers: ServerSet, port: int) -> None:
    addresses, secrets, home = servers.addresses, servers.secrets, servers.home
    if not addresses.admin:
        say("DATABASE_ADMIN_URL is not set: the database is taken as it is, nothing is migrated")
        return
    superuser = contract.bootstrap_environment(home, secrets, addresses, port)
    if superuser:
        _step("preparing roles and schemas", contract.bootstrap(), superuser, also_good=WEAKER)
    owner = contract.environment(home, secrets, addresses, port, owner=True)
    if _step("migrating", contract.manage("migrate_region"), owner, also_good=SCHOOLS_BEHIND) == SCHOOLS_BEHIND:
        say(
            "these schools were not migrated and may answer with errors; everything else starts."
            " Try them again: python run.py manage migrate_region"
        )
    servers.migrated_mark.touch()


def collect_static(servers: ServerSet, port: int) -> None:
    """Gather the files that the web serves beside its pages.

    :raises LaunchError: when it fails; its own words are on stderr.
    """
    ordinary = contract.environment(servers.home, servers.secrets, servers.addresses, port, owner=False)
    _step("gathering static files", contract.manage("collectstatic", "--noinput", "--verbosity", "0"), ordinary)


def ensure_administrator(servers: ServerSet, port: int) -> None:
    """Make the first administrator of the region if there is none, and keep how to sign in and a token of the API.

    :raises LaunchError: when it fails; its own words are on stderr.
    """
    say("looking for an administrator of the region")
    ordinary = contract.environment(servers.home, servers.secrets, servers.addresses, port, owner=False)
    command = contract.manage("ensure_region_admin", "--json", "--token")
    done = subprocess.run(command, env=ordinary, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    if done.returncode:
        raise LaunchError("The first administrator of the region could not be made. The command's words are above.")
    account = json.loads(done.stdout)
    if account:
        token = account.pop("token")
        instance.record_account(servers.home, **account)
        instance.record_token(servers.home, role=account["role"], host=account["host"], token=token)


def _step(what: str, command: list[str], environment: dict[str, str], also_good: int = 0) -> int:
    say(what)
    # Steps talk on stderr: stdout belongs to the command that the user asked for.
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    if done.returncode not in {0, also_good}:
        raise LaunchError(f"This step failed: {what} (exit code {done.returncode}). Its own words are above.")
    return done.returncode
