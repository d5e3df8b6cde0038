#!/bin/sh
# Brings the database to the state this version of the code expects; safe to repeat. Where a superuser's address is
# given, roles, passwords and revokes come first.
set -eu

if [ -n "${DATABASE_SUPERUSER_URL:-}" ]; then
    code=0
    python -m core.tenancy.bootstrap || code=$?
    # 3: done, but this server cannot keep the strongest promise; the bootstrap has said which one.
    if [ "$code" -ne 0 ] && [ "$code" -ne 3 ]; then
        exit "$code"
    fi
fi
DOOR_LOGIN=migrator exec mentoring migrate_region
