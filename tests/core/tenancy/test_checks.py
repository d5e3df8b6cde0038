"""The start-up check of the door: each right it rests on, given to anybody within reach, stops the process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from psycopg import sql

from config.settings.secrets_check import doors_accepted_open
from core.metrics.figures import REGISTRY
from core.tenancy.checks import door_is_closed
from tests.deploy.production import ROOT, production_database, variables
from tests.support.database import superuser_url
from tests.support.world import SCHOOL_B

RIGHTS = {
    "tenancy.E002": "EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean)",
    "tenancy.E003": "USAGE ON LANGUAGE plpgsql",
    "tenancy.E004": "TEMPORARY ON DATABASE {}",
}
HOLDERS = ("PUBLIC", "app", "nowhere", "region", "rollup", "school", SCHOOL_B.schema)


@contextmanager
def opened(database: str, error: str, holder: str) -> Iterator[None]:
    """Give somebody the right that an error is about, as a careless superuser would."""
    right = sql.SQL(RIGHTS[error]).format(sql.Identifier(database))
    whom = sql.SQL(holder) if holder == "PUBLIC" else sql.Identifier(holder)
    with psycopg.connect(superuser_url(database), autocommit=True) as superuser:
        superuser.execute(sql.SQL("GRANT {} TO {}").format(right, whom))
        try:
            yield
        finally:
            superuser.execute(sql.SQL("REVOKE {} FROM {}").format(right, whom))


def found() -> list[str | None]:
    return [error.id for error in door_is_closed(None, databases=["default"])]


@pytest.mark.django_db
@pytest.mark.parametrize("error", RIGHTS)
def test_a_right_given_to_anybody_within_reach_is_an_error(error: str):
    database = connection.settings_dict["NAME"]
    assert found() == []
    told = {}
    for holder in HOLDERS:
        with opened(database, error, holder):
            told[holder] = found()
    assert told == {holder: [error] for holder in HOLDERS}
    assert found() == []


@pytest.mark.django_db
def test_a_process_that_knows_the_login_by_another_name_still_looks(settings: Any):
    """The owner's processes need not be told what the ordinary login is called."""
    settings.DOOR_APP_LOGIN = "nobody-of-that-name"
    assert found() == []
    with opened(connection.settings_dict["NAME"], "tenancy.E002", "school"):
        assert found() == ["tenancy.E002"]


@pytest.mark.django_db
def test_the_command_ends_with_the_error_and_only_the_weaker_door_is_silenced(settings: Any):
    database = connection.settings_dict["NAME"]
    ends = {}
    for is_accepted in (False, True):
        settings.SILENCED_SYSTEM_CHECKS = doors_accepted_open({"WEAKER_DOOR_ACCEPTED": "true"} if is_accepted else {})
        for error in RIGHTS:
            with opened(database, error, "PUBLIC"):
                try:
                    call_command("check", databases=["default"], tags=["database"])
                    ends[is_accepted, error] = ""
                except SystemCheckError as refused:
                    ends[is_accepted, error] = error if error in str(refused) else str(refused)
    assert ends == {
        (accepted, error): "" if accepted and error != "tenancy.E004" else error for accepted, error in ends
    }
    assert len(ends) == 6


def test_only_a_yes_accepts_the_weaker_door():
    assert doors_accepted_open({}) == []
    for word in ("", "0", "false", "no", "perhaps"):
        assert doors_accepted_open({"WEAKER_DOOR_ACCEPTED": word}) == []
    for word in ("1", "true", "Yes"):
        assert doors_accepted_open({"WEAKER_DOOR_ACCEPTED": word}) == ["tenancy.E002", "tenancy.E003"]


def test_a_database_that_gives_no_session_is_an_error_and_is_counted(
    django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
):
    """The refusal reaches the counter through the setting: the door imports nothing of the kernel."""
    refused = "mentoring_database_connection_errors_total"
    before = REGISTRY.get_sample_value(refused)
    with django_db_blocker.unblock():
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "PORT", "1")
        assert found() == ["tenancy.E001"]
    assert REGISTRY.get_sample_value(refused) == before + 1
    assert door_is_closed(None, databases=None) == []


@pytest.mark.nightly
def test_a_process_of_production_does_not_start_with_an_open_door(tmp_path: Path):
    def look(**more: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "config.cli", "check", "--database", "default", "--tag", "database"]
        ran = subprocess.run(
            command, cwd=ROOT, env=variables(database, tmp_path / "static", **more), capture_output=True, text=True
        )
        return ran.returncode, ran.stderr

    with production_database() as database:
        assert look()[0] == 0
        with opened(database, "tenancy.E003", "PUBLIC"):
            code, words = look()
            assert (code, "tenancy.E003" in words) == (1, True)
            assert look(WEAKER_DOOR_ACCEPTED="true")[0] == 0
            with opened(database, "tenancy.E004", "PUBLIC"):
                code, words = look(WEAKER_DOOR_ACCEPTED="true")
        assert (code, "tenancy.E004" in words, "tenancy.E003" in words) == (1, True, False)
