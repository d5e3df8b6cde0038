"""The files that describe an instance: `instance.json` for people and tools, `secrets.json` for its processes.

Both the launcher and the platform write `instance.json` (a school that appears adds itself), so every change goes
through `update`, under a lock, and replaces the file whole.
"""

import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from deploy.launch.places import locked

FILE = "instance.json"


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Replace a JSON file whole, readable by its owner alone; a reader never sees half of it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=2)
            file.write("\n")
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file; an empty dict when there is none."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def load(home: Path) -> dict[str, Any]:
    """Return the description of an instance: keys `base_url`, `region_host`, `schools` {code: host}, `pids` {process:
    pid}, `accounts` [{role, host, login, password, totp_secret}], `tokens` [{role, host, token}]."""
    empty = {"base_url": "", "region_host": "", "schools": {}, "pids": {}, "accounts": [], "tokens": []}
    return {**empty, **read_json(home / FILE)}


def update(home: Path, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Change the description of an instance in place under a lock, and return it as written."""
    with locked(home / ".instance.lock"):
        content = load(home)
        change(content)
        write_private(home / FILE, content)
    return content


def set_schools(home: Path, codes: Iterable[str]) -> None:
    """Rewrite the list of schools; hosts follow from the region's host, so the port is always the current one."""
    wanted = sorted(codes)

    def change(content: dict[str, Any]) -> None:
        content["schools"] = {code: school_host(code, content["region_host"]) for code in wanted}

    update(home, change)


def school_host(code: str, region_host: str) -> str:
    """Return the host of a school beside `region.<rest>`: `<code>.<rest>`, port included."""
    return f"{code}.{region_host.partition('.')[2]}"


def record_account(home: Path, *, role: str, host: str, login: str, password: str, totp_secret: str | None) -> None:
    """Add an account to sign in with, or replace the one of the same host and login."""
    account = {"role": role, "host": host, "login": login, "password": password, "totp_secret": totp_secret}

    def change(content: dict[str, Any]) -> None:
        others = [old for old in content["accounts"] if (old["host"], old["login"]) != (host, login)]
        content["accounts"] = [*others, account]

    update(home, change)


def record_token(home: Path, *, role: str, host: str, token: str) -> None:
    """Add a token of the API, or replace the one of the same host and role."""

    def change(content: dict[str, Any]) -> None:
        others = [old for old in content["tokens"] if (old["host"], old["role"]) != (host, role)]
        content["tokens"] = [*others, {"role": role, "host": host, "token": token}]

    update(home, change)


def set_address(home: Path, port: int) -> None:
    """Write where the instance answers; hosts kept from an earlier run move to the new port."""

    def moved(host: str) -> str:
        return f"{host.rpartition(':')[0]}:{port}" if ":" in host else host

    def change(content: dict[str, Any]) -> None:
        content["base_url"] = f"http://127.0.0.1:{port}"
        content["region_host"] = f"region.localhost:{port}"
        content["schools"] = {code: moved(host) for code, host in content["schools"].items()}
        for entry in (*content["accounts"], *content["tokens"]):
            entry["host"] = moved(entry["host"])

    update(home, change)


@dataclass(frozen=True)
class Secrets:
    """What is drawn once for an instance and never shown."""

    instance_id: str
    secret_key: str
    person_key_pepper: str
    superuser_password: str
    app_password: str
    migrator_password: str
    broker_password: str


def secrets_of(home: Path) -> Secrets:
    """Return the secrets of an instance; draw them the first time."""
    path = home / "secrets.json"
    with locked(home / ".instance.lock"):
        known = read_json(path)
        if not known:
            fresh = Secrets(
                instance_id=secrets.token_hex(8),
                # Production knows these by their first letters and refuses them.
                secret_key="demo-" + secrets.token_urlsafe(48),
                person_key_pepper="demo-" + secrets.token_urlsafe(48),
                superuser_password=secrets.token_urlsafe(24),
                app_password=secrets.token_urlsafe(24),
                migrator_password=secrets.token_urlsafe(24),
                broker_password=secrets.token_urlsafe(24),
            )
            write_private(path, asdict(fresh))
            return fresh
    return Secrets(**known)
