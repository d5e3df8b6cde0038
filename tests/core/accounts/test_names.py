"""Names of accounts have one home: what a name is may change there, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

from core.accounts.selectors import all_names, names_in_role, names_of
from core.tenancy import school
from tests.support.accounts import make_user
from tests.support.world import SCHOOL_A

_ROOT = Path(__file__).resolve().parents[3]
_HOME = _ROOT / "platform" / "core" / "accounts"
_LOOKED_UP = re.compile(r"User\.objects[^\n]*(values|values_list|only)\([^\n]*\"name\"")


def test_names_are_looked_up_at_home_alone():
    roots = ("platform", "tenants", "schools", "regional_bank", "reports")
    files = [path for root in roots for path in (_ROOT / root).rglob("*.py") if _HOME not in path.parents]
    assert len(files) > 500
    found = [str(path.relative_to(_ROOT)) for path in files if _LOOKED_UP.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_names_by_id_by_role_and_all(db):
    with school(SCHOOL_A.schema):
        one = make_user("director", name="Яковлева Анна", with_totp=False)
        two = make_user("mentor", name="Абрамов Лев", with_totp=False)
        gone = make_user("director", name="Ушедшая Инна", with_totp=False, is_active=False)
        assert names_of([one.pk, str(two.pk), None, ""]) == {str(one.pk): one.name, str(two.pk): two.name}
        assert names_in_role("director") == [one.name]
        assert [name for _pk, name in all_names()] == [two.name, gone.name, one.name]
