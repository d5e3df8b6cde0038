"""How `migrate_schools` and `migrate_region` end: their exit code decides whether the platform starts."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from deploy.launch.database import SCHOOLS_BEHIND
from tenants.provisioning import fleet
from tenants.provisioning.fleet import FleetReport, Place, migrate_fleet
from tenants.provisioning.management.commands import migrate_region, migrate_schools

FAILED = {"s_000000000001": "LockNotAvailable"}


@pytest.fixture
def ends(monkeypatch, settings):
    """Let the fleet's migration end with a report; give the steps that `migrate_region` took around it."""
    settings.DOOR_LOGIN = "migrator"
    steps: list[str] = []
    monkeypatch.setattr(migrate_region, "migrate_region_schema", lambda: steps.append("region"))
    monkeypatch.setattr(migrate_region, "fill_pool", lambda: steps.append("pool"))

    def end(**report):
        monkeypatch.setattr(migrate_schools, "migrate_fleet", lambda verify: FleetReport(**report))
        return steps

    return end


@pytest.mark.parametrize(
    ("report", "code"),
    [
        ({"failed": FAILED, "migrated": ["s_000000000002"], "up_to_date": 2}, SCHOOLS_BEHIND),
        # The next run has nothing to migrate but the one that fails again.
        ({"failed": FAILED, "up_to_date": 12}, SCHOOLS_BEHIND),
        ({"failed": FAILED, "up_to_date": 0}, 1),
        ({"failed": FAILED, "up_to_date": 1}, 1),
        ({"failed": FAILED, "is_stopped": True, "up_to_date": 12}, 1),
    ],
)
def test_single_schools_have_an_exit_code_of_their_own(ends, report, code):
    steps = ends(**report)
    for command in ("migrate_schools", "migrate_region"):
        with pytest.raises(CommandError) as refused:
            call_command(command)
        assert refused.value.returncode == code
    # A region whose schools are done but for a few has its spares, too.
    assert steps == (["region", "pool"] if code == SCHOOLS_BEHIND else ["region"])


def test_schools_that_differ_are_not_passed_over(ends, capsys):
    ends(migrated=["s_000000000001", "s_000000000002"], differing=["s_000000000001"])
    call_command("migrate_schools")
    said = capsys.readouterr()
    assert said.err == "s_000000000001: its catalogue differs from the others'\n"
    assert said.out == (
        "2 schools were migrated, all are up to date, but 1 have other catalogues than the rest:"
        " look at what differs there\n"
    )


def test_a_region_that_is_not_done_is_no_matter_of_single_schools(ends, monkeypatch):
    ends()
    monkeypatch.setattr(migrate_region, "migrate_region_schema", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        call_command("migrate_region")


def test_what_stands_is_counted_where_anybody_failed(db, monkeypatch):
    monkeypatch.setattr(fleet, "waiting", lambda: [("s_000000000001", "0" * 64, Place.WORKING)])
    monkeypatch.setattr(fleet, "_migrate_group", lambda names, stands, report, verify: report.failed.update(FAILED))
    report = migrate_fleet()
    assert (report.up_to_date, report.has_set_single_ones_aside) == (2, True)
