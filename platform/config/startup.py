"""The last look before a long-running process starts to work: is this database ours, and is the door closed?"""

from __future__ import annotations

import io

import django
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection


def require_ready() -> None:
    """Run the checks that ask the database; end the process with their words when one fails.

    Such a process must not start: with another region's pepper it would write person keys that never match again,
    and with the door open it would serve under a weaker promise than the installation states.
    """
    django.setup()
    try:
        call_command("check", databases=["default"], tags=[Tags.database], stdout=io.StringIO())
    except SystemCheckError as error:
        raise SystemExit(f"This process does not start.\n{error}") from None
    finally:
        # A forked worker must not inherit this session.
        connection.close()
