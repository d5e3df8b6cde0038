"""What the boards are made of, as a process of an instance: a line on stdin asks, a line of JSON answers."""

from __future__ import annotations

import json
import sys
from typing import Any


def board() -> dict[str, Any]:
    """Return the stored figures in the shape of the recount, and how many schools wait."""
    from django.utils import timezone

    from core.tenancy import region
    from reports.rollup.selectors import cells_now, freshness, totals_by_district
    from tenants.reference.models import Definition
    from tenants.registry.models import District, School

    def told(figures: Any) -> dict[str, list[int]]:
        return {codes[pk]: [one.num, one.den] for pk, one in figures.items()}

    with region():
        codes = {row.pk: row.code for row in Definition.objects.all()}
        schools = dict(School.objects.values_list("id", "code"))
        districts = dict(District.objects.values_list("id", "title"))
        cells = cells_now()
        return {
            "schools": {schools[pk]: told(figures) for pk, figures in cells.schools.items()},
            "districts": {districts[pk]: told(figures) for pk, figures in totals_by_district().items()},
            "region": told(cells.total),
            "plain_sum": told(cells.plain_sum),
            "waiting": freshness(timezone.localdate()).schools_waiting,
        }


if __name__ == "__main__":
    import django

    django.setup()
    for _line in sys.stdin:
        sys.stdout.write(json.dumps(board(), ensure_ascii=False) + "\n")
        sys.stdout.flush()
