"""Where a restored school goes when another restore was interrupted on the way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.tenancy import region
from tenants.provisioning.archive.manifest import SchoolEntry
from tenants.provisioning.archive.placing import place_for
from tenants.provisioning.errors import CodeTakenError
from tests.support.world import SCHOOL_A, SCHOOL_B


def manifest_of(key: UUID, schema: str) -> Any:
    return SimpleNamespace(school=SchoolEntry(str(key), "from-afar", "Школа", "", schema))


@pytest.mark.parametrize("key", [SCHOOL_A.id, uuid4()], ids=["a copy", "a newcomer"])
def test_an_interrupted_restore_is_taken_up_by_its_own_archive_alone(db, key):
    ours, others = manifest_of(key, SCHOOL_A.schema), manifest_of(SCHOOL_B.id, SCHOOL_B.schema)
    with region():
        place = place_for(ours, code="new-place", actor="test")
        assert place_for(ours, code="new-place", actor="test") == place
        with pytest.raises(CodeTakenError):
            place_for(others, code="new-place", actor="test")
        assert (place.pk == key) is (key != SCHOOL_A.id)
