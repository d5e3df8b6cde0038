"""Writes ``deploy/.env`` with fresh secrets: ``python3 deploy/new_env.py DOMAIN [--time-zone ZONE] [--output FILE]``.

Standard library only. Never overwrites: the pepper of a region is made once.
"""

import argparse
import os
import re
import secrets
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOMAIN = re.compile(r"(?=.{4,200}\Z)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")
MADE = {"SECRET_KEY": 64, "PERSON_KEY_PEPPER": 64}


def filled(example: str, domain: str, zone: str) -> str:
    """Return the example with every placeholder replaced; one password per login, the same wherever it is named."""
    passwords = {login: secrets.token_hex(24) for login in ("postgres", "migrator", "app", "valkey")}
    values = {name: secrets.token_urlsafe(length) for name, length in MADE.items()}
    values |= {
        "BASE_DOMAIN": domain,
        "REGION_TIME_ZONE": zone,
        "POSTGRES_PASSWORD": passwords["postgres"],
        "VALKEY_PASSWORD": passwords["valkey"],
    }
    lines = []
    for line in example.splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            login = re.search(r"//(\w*):replace-me@", value)
            password = passwords[login[1] or "valkey"] if login else ""
            value = values.get(name, value.replace("replace-me", password))
            line = f"{name}={value}"
        lines.append(line)
    return "\n".join(lines[3:]).lstrip() + "\n"


def main() -> int:
    """Write the file; 0 done, 1 refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("domain", help="the installation's domain, without region.")
    parser.add_argument("--time-zone", default="Europe/Moscow")
    parser.add_argument("--output", type=Path, default=HERE / ".env")
    options = parser.parse_args()
    if not DOMAIN.fullmatch(options.domain):
        sys.stderr.write(f"{options.domain} is not a domain in lower case (Cyrillic ones as xn--…)\n")
        return 1
    text = filled((HERE / "example.env").read_text(encoding="utf-8"), options.domain, options.time_zone)
    try:
        descriptor = os.open(options.output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        sys.stderr.write(f"{options.output} exists and is left as it is: a region's pepper is made once\n")
        return 1
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    sys.stdout.write(f"{options.output} is written. Keep a copy apart from the backups of the database.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
