"""Bringing the database up to date: what a step may answer without keeping everything else from starting."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from deploy.launch import contract, database
from deploy.launch.report import LaunchError


def prepared(folder: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> Path:
    """Prepare a database whose migration ends with a code; the mark that is left when it was taken as done."""
    monkeypatch.setattr(contract, "manage", lambda *words: [sys.executable, "-S", "-c", f"raise SystemExit({code})"])
    monkeypatch.setattr(contract, "bootstrap_environment", lambda *given: None)
    monkeypatch.setattr(contract, "environment", lambda *given, owner: {})
    servers: Any = SimpleNamespace(
        addresses=SimpleNamespace(admin="postgresql://owner@db/region"),
        secrets=None,
        home=folder,
        migrated_mark=folder / "migrated",
    )
    database.prepare_database(servers, 0, always=True)
    return folder / "migrated"


def test_single_schools_that_fail_keep_nobody_else_from_starting(tmp_path, monkeypatch, capfd):
    assert prepared(tmp_path, monkeypatch, database.SCHOOLS_BEHIND).exists()
    assert (
        "these schools were not migrated and may answer with errors; everything else starts" in capfd.readouterr().err
    )


def test_everybody_done_is_said_without_a_word_of_schools(tmp_path, monkeypatch, capfd):
    assert prepared(tmp_path, monkeypatch, 0).exists()
    assert "not migrated" not in capfd.readouterr().err


@pytest.mark.parametrize("code", [1, 2])
def test_a_migration_that_fails_starts_nothing(tmp_path, monkeypatch, code):
    with pytest.raises(LaunchError, match=rf"migrating \(exit code {code}\)"):
        prepared(tmp_path, monkeypatch, code)
    assert not (tmp_path / "migrated").exists()
