"""Backup and restore of the whole, rehearsed: a real server with real schools is lost and comes back equal."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from deploy.launch import children, machine
from deploy.launch.postgres import Postgres
from tests.deploy.production import KEY, PEPPER, ROOT

pytestmark = pytest.mark.nightly

BACKUP = ROOT / "deploy" / "backup"
PASSWORD = "rehearsal-superuser"
# What is read of a school whose pupil was destroyed.
DESTROYED = ["Удалённое лицо", "Фамилияsch-2", "InsufficientPrivilege"]


@dataclass
class Installation:
    """One server and the processes that use it; ``backups`` outlives every server."""

    folder: Path
    backups: Path
    server: Postgres = field(init=False)

    def __post_init__(self) -> None:
        self.server = self.server_in("first")

    def server_in(self, name: str) -> Postgres:
        """A server whose data lie in a folder of that name; not started."""
        home = self.folder / name
        home.mkdir()
        home.chmod(0o755)
        if machine.ordinary_user():
            shutil.chown(home, machine.ordinary_user().pw_uid, machine.ordinary_user().pw_gid)
        return Postgres(home, self.folder / "logs", PASSWORD, durable=False)

    def script(self, name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a script of deploy/backup as the server's own user."""
        environment = {
            "PATH": f"{self.server._programs()}:/usr/bin:/bin",
            "BACKUP_FOLDER": str(self.backups),
            "KEEP_BACKUPS": "2",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.server.port),
            "PGPASSWORD": PASSWORD,
        }
        account = machine.ordinary_user()
        return children.run_as(
            ["sh", self.folder / "scripts" / name, *arguments],
            environment=environment,
            folder=self.backups,
            account=account,
        )

    def environment(self, *, owner: bool = False, **more: str) -> dict[str, str]:
        """The environment of a process of the platform."""

        def url(login: str) -> str:
            return self.server.url(login, f"rehearsal-{login}", "mentoring")

        variables = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "SECRET_KEY": KEY,
            "PERSON_KEY_PEPPER": PEPPER,
            "BASE_DOMAIN": "nastavnik.example",
            "DATABASE_URL": url("app"),
            "REDIS_URL": "redis://127.0.0.1:1/0",
            # Of the three schools two come from the pool; the third gets tables, rights and a role of its own.
            "SPARE_SCHOOLS": "2",
            "TOMBSTONES_FILE": str(self.folder / "tombstones.jsonl"),
        }
        if owner:
            superuser = self.server.url("postgres", PASSWORD, "postgres")
            variables |= {"DATABASE_ADMIN_URL": url("migrator"), "DATABASE_SUPERUSER_URL": superuser}
        return {**variables, **more}

    def run(self, *command: str, owner: bool = False, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the platform."""
        environment = self.environment(owner=owner, **more)
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    def must(self, *command: str, owner: bool = False, **more: str) -> str:
        """Run a program of the platform that has to succeed, and return its output."""
        result = self.run(*command, owner=owner, **more)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def query(self, text: str) -> list[tuple[object, ...]]:
        """Ask the database as its superuser."""
        with psycopg.connect(self.server.url("postgres", PASSWORD, "mentoring"), autocommit=True) as connection:
            return connection.execute(text).fetchall()

    def fill(self, code: str) -> None:
        """Add a school with rows."""
        self.must(sys.executable, "-m", "tests.faults.installation", "fill", code, owner=True, DOOR_LOGIN="migrator")

    def lose(self) -> None:
        """Kill the server as a power cut would and throw its data away."""
        assert self.server.child is not None
        os.killpg(self.server.child.pid, signal.SIGKILL)
        self.server.child.wait()
        self.server.child = None
        shutil.rmtree(self.server.folder)

    def archived(self) -> None:
        """Close the current piece of the log and wait until it is in the archive."""
        ((wanted,),) = self.query("SELECT pg_walfile_name(pg_switch_wal())")
        deadline = time.monotonic() + 30
        while not (self.backups / "wal" / f"{wanted}.gz").exists():
            assert time.monotonic() < deadline, self.query("SELECT * FROM pg_stat_archiver")
            time.sleep(0.1)


CATALOGUE = {
    "roles": "SELECT a.rolname, a.rolsuper, a.rolinherit, a.rolcreaterole, a.rolcreatedb, a.rolcanlogin,"
    " md5(a.rolpassword) FROM pg_authid a ORDER BY 1",
    "memberships": "SELECT r.rolname, m.rolname, a.admin_option, a.inherit_option, a.set_option FROM pg_auth_members a"
    " JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member ORDER BY 1, 2, 3, 4, 5",
    "database": "SELECT datname, datacl::text FROM pg_database WHERE datname = 'mentoring'",
    "schemas": "SELECT nspname, nspowner::regrole::text, nspacl::text FROM pg_namespace ORDER BY 1",
    "relations": "SELECT relnamespace::regnamespace::text, relname, relkind::text, relowner::regrole::text,"
    " relacl::text, relrowsecurity FROM pg_class WHERE relnamespace::regnamespace::text ~ '^(region|ext|s_)'"
    " ORDER BY 1, 2",
    "policies": "SELECT schemaname, tablename, policyname, roles::text, qual, with_check FROM pg_policies"
    " ORDER BY 1, 2, 3",
    "functions": "SELECT proname, proacl::text FROM pg_proc WHERE proname = 'set_config'"
    " OR pronamespace::regnamespace::text ~ '^(region|ext|s_)' ORDER BY 1, 2",
    "languages": "SELECT lanname, lanacl::text FROM pg_language ORDER BY 1",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal ORDER BY 1, 2",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace::regnamespace::text ~ '^(region|s_)' ORDER BY 1, 2",
    "locale": "SELECT datlocprovider::text, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
    " WHERE datname = 'mentoring'",
}


def picture(installation: Installation) -> dict[str, object]:
    """Everything that has to come back: each table's rows as a hash, roles, memberships, rights, policies."""
    taken: dict[str, object] = {name: installation.query(text) for name, text in CATALOGUE.items()}
    tables = installation.query(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname ~ '^(region|s_)' ORDER BY 1, 2"
    )
    for schema, table in tables:
        text = sql.SQL("SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t").format(
            sql.Identifier(str(schema), str(table))
        )
        taken[f"{schema}.{table}"] = installation.query(text.as_string())
    return taken


@pytest.fixture(scope="module")
def lost() -> Iterator[tuple[Installation, dict[str, object], dict[str, object], str]]:
    """An installation with two schools and a base backup; then a third school, a pupil's data destroyed; no server."""
    folder = Path(tempfile.mkdtemp(prefix="mentoring-backup-"))
    folder.chmod(0o755)
    backups = folder / "backups"
    backups.mkdir(mode=0o755)
    shutil.copytree(BACKUP, folder / "scripts")
    if account := machine.ordinary_user():
        shutil.chown(backups, account.pw_uid, account.pw_gid)
    installation = Installation(folder, backups)
    try:
        _start_with_archive(installation)
        installation.must("sh", "deploy/migrate.sh", owner=True)
        for code in ("sch-1", "sch-2"):
            installation.fill(code)
        result = installation.script("backup.sh")
        assert result.returncode == 0, result.stdout
        early = picture(installation)
        ((moment,),) = installation.query("SELECT clock_timestamp()::text")
        time.sleep(0.2)
        installation.fill("sch-3")
        installation.must(sys.executable, "-m", "tests.faults.installation", "destroy", "sch-2")
        late = picture(installation)
        installation.archived()
        installation.lose()
        yield installation, early, late, str(moment)
    finally:
        installation.server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _start_with_archive(installation: Installation) -> None:
    """Start the server with the settings of the compose file that concern the backup."""
    installation.server.start(0)
    script = installation.folder / "scripts" / "archive_wal.sh"
    with psycopg.connect(installation.server.url("postgres", PASSWORD, "postgres"), autocommit=True) as connection:
        command = f"BACKUP_FOLDER={installation.backups} sh {script} %p %f"
        connection.execute("ALTER SYSTEM SET archive_mode = 'on'")
        connection.execute(sql.SQL("ALTER SYSTEM SET archive_command = {}").format(sql.Literal(command)))
    installation.server.stop()
    installation.server.start(0)


def restore(installation: Installation, name: str, *until: str) -> None:
    """Restore into a folder that did not exist and start the server there."""
    installation.server = installation.server_in(name)
    result = installation.script("restore.sh", "latest", installation.server.data, *until)
    assert result.returncode == 0, result.stdout
    installation.server.start(0)
    deadline = time.monotonic() + 60
    while installation.query("SELECT pg_is_in_recovery()") != [(False,)]:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def differences(before: dict[str, object], after: dict[str, object]) -> list[str]:
    """The names of what is not equal."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def test_everything_committed_comes_back(lost):
    installation, _, late, _ = lost
    assert sum(name.endswith(".people_person") for name in late) == 3
    restore(installation, "second")
    assert differences(late, picture(installation)) == []

    assert installation.must(sys.executable, "-m", "config.cli", "check", "--database", "default")
    seen = json.loads(installation.must(sys.executable, "-m", "tests.faults.installation", "read"))
    whole = {
        code: [f"Фамилия{code}", f"Фамилия{code}", "InsufficientPrivilege"] for code in ("sch-1", "sch-2", "sch-3")
    }
    assert seen == {**whole, "sch-2": DESTROYED}
    # The next school finds everything it needs.
    installation.fill("sch-4")
    installation.must("sh", "deploy/migrate.sh", owner=True)
    installation.server.stop()


def test_the_restored_database_refuses_another_regions_secrets(lost):
    installation, *_ = lost
    restore(installation, "third")
    result = installation.run(
        sys.executable, "-m", "config.cli", "check", "--database", "default", PERSON_KEY_PEPPER=PEPPER[::-1]
    )
    assert result.returncode == 1
    assert "PERSON_KEY_PEPPER is not the one this database was filled with" in result.stderr
    installation.server.stop()


def _whoever_was_destroyed_is_destroyed_again(installation: Installation) -> None:
    """The copy is older than a destruction: it serves nobody until the destruction was repeated."""
    read = (sys.executable, "-m", "tests.faults.installation", "read")
    assert json.loads(installation.must(*read))["sch-2"] == ["Фамилияsch-2", "Фамилияsch-2", "InsufficientPrivilege"]
    # Nobody is served from such a copy.
    refused = installation.run(sys.executable, "-m", "config.cli", "check", "--database", "default")
    assert refused.returncode == 1
    assert "run: mentoring replay_destructions" in refused.stderr
    said = installation.must(sys.executable, "-m", "config.cli", "replay_destructions")
    assert said == "1 people destroyed again, 0 tombstones added to the journal\n"
    assert json.loads(installation.must(*read))["sch-2"] == DESTROYED
    assert installation.must(sys.executable, "-m", "config.cli", "check", "--database", "default")
    again = installation.must(sys.executable, "-m", "config.cli", "replay_destructions")
    assert again == "0 people destroyed again, 0 tombstones added to the journal\n"


def test_a_moment_of_the_past_comes_back(lost):
    installation, early, late, moment = lost
    # The comparison sees: the school added after the moment differs in its rows, its role and its rights.
    assert {"roles", "memberships", "relations", "region.registry_school"} <= set(differences(early, late))
    restore(installation, "fourth", moment)
    # What a migration or an import after the moment changed is gone, the third school and its role included.
    assert differences(early, picture(installation)) == []
    _whoever_was_destroyed_is_destroyed_again(installation)
    installation.server.stop()


def test_restoring_never_overwrites(lost):
    installation, *_ = lost
    target = installation.folder / "busy"
    target.mkdir()
    (target / "somebodys").touch()
    result = installation.script("restore.sh", "latest", target)
    assert result.returncode == 1
    assert "is not empty" in result.stdout
    assert [path.name for path in target.iterdir()] == ["somebodys"]


def test_a_damaged_backup_is_refused(lost):
    installation, *_ = lost
    (backup,) = installation.backups.glob("base-*Z")
    damaged = installation.backups / "damaged"
    shutil.copytree(backup, damaged)
    (victim,) = damaged.glob("global/pg_control")
    content = bytearray(victim.read_bytes())
    content[100] ^= 0xFF
    victim.write_bytes(content)
    target = installation.folder / "fifth"
    if account := machine.ordinary_user():
        for path in (damaged, *damaged.rglob("*")):
            shutil.chown(path, account.pw_uid, account.pw_gid)
    result = installation.script("restore.sh", damaged, target)
    shutil.rmtree(damaged)
    assert result.returncode == 1
    assert "is damaged" in result.stdout
    assert not target.exists()


def test_old_backups_go_with_the_log_that_only_they_need(lost):
    installation, *_ = lost
    restore(installation, "sixth")
    before = {path.name for path in (installation.backups / "wal").iterdir()}
    for _ in range(2):
        time.sleep(1.1)  # names are made of seconds
        result = installation.script("backup.sh")
        assert result.returncode == 0, result.stdout
    assert len(list(installation.backups.glob("base-*Z"))) == 2
    after = {path.name for path in (installation.backups / "wal").iterdir()}
    assert before - after
    installation.server.stop()
