"""What an instance holds after the demonstration was built, read by the product's own selectors inside its process.

``python3 run.py manage shell -v 0 -c "from tests.demo.state import tell; tell()"`` prints it as JSON.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from core.authz import system_actor
from core.tenancy import region, school
from schools.consents.models import Consent
from schools.imports.selectors import import_report
from schools.meetings.selectors import pairs_without_meeting
from schools.pairs.selectors import HAS_FULL_ORDER, acting_q, drafts, pairs_visible_to
from schools.people.models import Person
from tenants.registry.models import School

# Sessions and the moments of the sign-ins change with every look; the rest of a school may not.
_OF_A_VISIT = ("sessions_session", "accounts_session", "django_session")


def tell() -> None:
    """Print ``{code: {"tables": {name: [rows, fingerprint]}, counts…}}`` of every school, and the region's tables."""
    with region():
        schemas = dict(School.objects.filter(state="ready").order_by("code").values_list("code", "schema_name"))
        told: dict[str, Any] = {"region": {"tables": _tables("region", ("accounts_", "audit_", "registry_"))}}
    for code, schema in schemas.items():
        with school(schema):
            told[code] = {"tables": _tables(schema), **_seen()}
    sys.stdout.write(json.dumps(told))


def _seen() -> dict[str, Any]:
    actor, day = system_actor("test"), timezone.localdate()
    pairs = pairs_visible_to(actor)
    acting = pairs.filter(acting_q(day))
    return {
        "people": Person.objects.count(),
        "consents": Consent.objects.count(),
        "pairs": pairs.count(),
        "ordered": pairs.filter(HAS_FULL_ORDER).count(),
        "awaiting": drafts(actor).filter(order__isnull=True).count(),
        "acting": acting.count(),
        "settled": acting.filter(starts_on__lte=day - timedelta(days=21)).count(),
        "never_met": pairs_without_meeting(actor, day).count(),
        "met": acting.filter(meetings__state="held").distinct().count(),
        "refused": sorted({row["why"] for row in import_report()["rows_refused"]}),
    }


def _tables(schema: str, begins: tuple[str, ...] = ("",)) -> dict[str, list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = %s"
            " AND has_table_privilege(quote_ident(schemaname) || '.' || quote_ident(tablename), 'SELECT') ORDER BY 1",
            [schema],
        )
        names = [name for (name,) in cursor.fetchall() if name.startswith(begins) and name not in _OF_A_VISIT]
        found = {}
        for name in names:
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            rows = sorted(row for (row,) in cursor.fetchall())
            found[name] = [len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]]
    return found
