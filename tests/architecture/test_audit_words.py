"""What acts without an account is said in words by the pages that show the record of acts."""

from __future__ import annotations

import re
from pathlib import Path

from schools.programme.audit import PROCESSES as OF_SCHOOLS
from tenants.registry.audit import PROCESSES as OF_THE_REGION

ROOT = Path(__file__).resolve().parents[2]
LABEL = re.compile(r'(?:\bactor=|system_actor\()"([a-z_-]+)"')


def test_everything_that_acts_by_itself_has_a_name():
    found = {
        label
        for folder in ("platform/core", "tenants", "schools", "reports", "deploy/demo")
        for path in (ROOT / folder).rglob("*.py")
        for label in LABEL.findall(path.read_text(encoding="utf-8"))
    }
    assert len(found) >= 10
    assert sorted(found - set(OF_SCHOOLS) - set(OF_THE_REGION)) == []
