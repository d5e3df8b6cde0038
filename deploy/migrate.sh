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
code=0
DOOR_LOGIN=migrator mentoring migrate_region || code=$?
# 3: region and most schools are done; single schools, named above, are not. That keeps nobody else from working.
if [ "$code" -eq 3 ]; then
    echo "the schools named above were not migrated and may answer with errors; everything else starts." \
        "Try them again: docker compose run --rm migrate" >&2
    code=0
fi
exit "$code"
