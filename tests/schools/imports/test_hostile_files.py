"""Hostile and broken files (P11): each ends in a plain sentence or is read harmlessly, in bounds of time and memory.

The whole corpus, each file in a process of its own and through the pages too, is read at night; the ordinary check
reads the files that are cheap to make.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.spreadsheets import MESSAGES
from tests.support.accounts import sign_in
from tests.support.hostile import CORPUS, HEAVY
from tests.support.read_files import outcome_of
from tests.support.world import SCHOOL_A

ROOT = Path(__file__).parents[3]
MOST_SECONDS, MOST_MB = 25, 600
# Where only one answer is right; others are refused with a sentence of their own, or read harmlessly.
REFUSED = {
    "renamed: nothing": "empty_file", "renamed: plain text": "not_a_workbook", "renamed: CSV": "not_a_workbook",
    "renamed: Excel 97": "old_excel", "renamed: password": "password", "renamed: OpenDocument": "open_document",
    "renamed: Word": "word_document", "renamed: binary Excel": "binary_excel", "renamed: macros": "macros",
    "renamed: macros by type": "macros", "renamed: web page": "web_page", "renamed: PDF": "not_a_workbook",
    "corrupt: half": "damaged", "corrupt: wrong checksum": "damaged", "corrupt: encrypted part": "password",
    "bomb: unpacks to 200 MB": "unpacks_too_big", "bomb: a million cells": "too_many_cells",
    "bomb: a million rows": "too_many_rows", "bomb: far corner": "too_many_rows",
    "bomb: a hundred sheets": "too_many_sheets", "bomb: eleven megabytes": "file_too_big",
    "bomb: one long text in all cells": "unpacks_too_big", "entities: billion laughs": "suspicious",
    "entities: a file of the server": "suspicious", "entities: an address": "suspicious",
    "entities: in the shared texts": "suspicious", "csv: zero bytes": "not_a_workbook",
    "csv: noise": "unknown_encoding",
    "csv: a very long cell": "long_cell", "corrupt: two parts of one name": "suspicious",
    "csv: a quote never closed": "bad_quotes", "csv: two encodings": "unknown_encoding",
    "csv: a million rows": "too_many_rows", "csv: nothing but separators": "too_many_cells",
}  # fmt: skip


def read_apart(paths: list[Path]) -> list[dict[str, Any]]:
    """Read files in one fresh process; a file that kills or hangs it fails the test."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.read_files", *map(str, paths)],
        capture_output=True, cwd=ROOT, env=environment, text=True, timeout=MOST_SECONDS * len(paths), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def written(folder: Path, key: str) -> Path:
    name, make = CORPUS[key]
    place = folder / f"{list(CORPUS).index(key):03}"
    place.mkdir()
    (place / name).write_bytes(make())
    return place / name


def judge(key: str, told: dict[str, Any]) -> None:
    assert told["seconds"] <= MOST_SECONDS, key
    assert told["peak_mb"] <= MOST_MB, (key, told)
    assert told["outcome"] == "read" or told["outcome"] in MESSAGES, key
    assert told["outcome"] != "read" or not key.startswith("renamed: "), key
    assert told["outcome"] == REFUSED.get(key, told["outcome"]), (key, told)
    assert "%(" not in told["sentence"], key


def test_the_corpus_is_large_and_its_expectations_are_about_it() -> None:
    classes = Counter(key.split(":")[0] for key in CORPUS)
    assert len(CORPUS) >= 60
    assert min(classes.values()) >= 10, classes
    assert set(REFUSED) | HEAVY <= set(CORPUS)


def test_cheap_files_are_refused_plainly_or_read_harmlessly() -> None:
    for key, (name, make) in CORPUS.items():
        if key not in HEAVY:
            outcome, sentence = outcome_of(name, make())
            judge(key, {"outcome": outcome, "sentence": sentence, "seconds": 0, "peak_mb": 0})


@pytest.mark.nightly
@pytest.mark.parametrize("key", CORPUS, ids=lambda key: key.replace(" ", "-"))
def test_each_file_keeps_its_bounds_in_a_process_of_its_own(tmp_path: Path, key: str) -> None:
    (told,) = read_apart([written(tmp_path, key)])
    judge(key, told)


def through_the_pages(client: Client, keys: list[str]) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for key in keys:
        name, make = CORPUS[key]
        sent = client.post("/import/", {"workbooks": [SimpleUploadedFile(name, make())]})
        assert sent.status_code in (200, 302), key
        if sent.status_code == 200:
            assert sent.context["form"].errors, key
            outcomes["refused"] += 1
            continue
        parts = client.get(sent["Location"])
        assert parts.status_code == 200, key
        fields = {bound.html_name: bound.value() or "" for part in parts.context["parts"] for bound in part.form}
        checked = client.post(sent["Location"], {**fields, "check": "1"}, follow=True)
        assert checked.status_code == 200, key
        done = client.post(sent["Location"].replace("columns", "confirm"), follow=True)
        assert done.status_code == 200, key
        outcomes["taken"] += 1
    return outcomes


@pytest.mark.django_db
def test_strange_values_go_through_every_page(client_at: Callable[..., Client]) -> None:
    keys = ["values: escaped control characters", "bomb: a sheet name of a thousand letters", "renamed: PDF"]
    outcomes = through_the_pages(sign_in(client_at, SCHOOL_A, "coordinator"), keys)
    assert outcomes == {"taken": 2, "refused": 1}


@pytest.mark.nightly
@pytest.mark.django_db
def test_every_file_goes_through_every_page(client_at: Callable[..., Client]) -> None:
    outcomes = through_the_pages(sign_in(client_at, SCHOOL_A, "coordinator"), list(CORPUS))
    assert outcomes.total() == len(CORPUS)
