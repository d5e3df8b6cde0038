"""Creates schools as the web does, under the login ``app``: a code a line on stdin, seconds and schema on stdout."""

from __future__ import annotations

import json
import logging
import sys
import time


def main() -> None:
    """Answer until stdin ends."""
    import django

    django.setup()
    logging.disable(logging.INFO)
    from core.tenancy import region
    from tenants.provisioning.services import create_school

    for line in sys.stdin:
        code = line.strip()
        begun = time.perf_counter()
        with region():
            school = create_school(actor="bench", code=code, title=f"Школа {code}", district=None)
        seconds = time.perf_counter() - begun
        answer = {"seconds": seconds, "schema": school.schema_name, "state": school.state}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
