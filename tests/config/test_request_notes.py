"""What is noted of a request: ids and names of routes; never what somebody typed, whoever logs it and however."""

from __future__ import annotations

import io
import logging
import logging.config
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config import celery_notes  # noqa: F401  its receivers note tasks
from config.celery_app import app
from config.logging import configure
from config.request_notes import KEY
from config.web_log import WebLogger
from core.tenancy.tasks import SchoolTask
from tests.support.accounts import make_user, session_for, sign_in, token_for, world_at
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db
CANARY = "Канарейкопевцев"
ASCII_CANARY = "kanareykopevtsev"


def line_of(response: Any) -> dict[str, Any]:
    return dict(response.wsgi_request.META[KEY])


def test_a_page_is_noted_by_its_route_school_and_user(client_at: Callable[[str], Client]):
    with world_at(SCHOOL_A):
        user = make_user("coordinator")
        key = session_for(user)
    client = client_at(SCHOOL_A.code)
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    response = client.get("/people/")
    assert line_of(response) == {
        "request": response["X-Request-Id"],
        "world": "school",
        "route": "people:list",
        "school": str(SCHOOL_A.id),
        "user": str(user.pk),
    }


def test_a_programme_is_noted_by_its_owner(client_at: Callable[[str], Client]):
    token = token_for("region", "region_admin")
    response = client_at("region").get("/api/v1/schools/", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 200
    line = line_of(response)
    assert (line["world"], line["route"]) == ("region", "api:schools")
    assert line["user"]
    assert "school" not in line


@pytest.mark.parametrize("label", ["sch-a", "region", "stranger"])
def test_a_visitor_is_nobody(label: str, client_at: Callable[[str], Client]):
    line = line_of(client_at(label).get(f"/{ASCII_CANARY}/"))
    assert line["route"] == "-"
    assert "user" not in line


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that any logger writes, in the product's form, down to DEBUG of other people's code."""
    stream = io.StringIO()
    form = deepcopy(configure()["formatters"]["json"])
    handler = logging.StreamHandler(stream)
    handler.setFormatter(form.pop("()")(**form))
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in configure()["loggers"])]
    before = [(logger, logger.handlers, logger.level) for logger in loggers]
    for logger in loggers:
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
    yield stream
    for logger, handlers, level in before:
        logger.handlers = handlers
        logger.setLevel(level)


@app.task(base=SchoolTask, name="tests.config.failing")
def failing(**given: str) -> None:
    """Quote what was given."""
    raise ValueError(f"{given}")


def access(response: Any) -> None:
    """Note a response as gunicorn does."""
    status = SimpleNamespace(status=f"{response.status_code} OK", headers=[], sent=0)
    WebLogger.access(SimpleNamespace(), status, SimpleNamespace(), response.wsgi_request.META, timedelta(seconds=0.1))


def test_no_field_of_a_request_or_task_reaches_the_log(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch, client_at: Callable[[str], Client]
):
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    client.raise_request_exception = False
    odd = {"User-Agent": CANARY, "Referer": CANARY, "X-Forwarded-For": ASCII_CANARY, "HX-Target": CANARY}
    client.cookies["other"] = ASCII_CANARY
    file = SimpleUploadedFile(f"{CANARY}.xlsx", CANARY.encode())
    answers = [
        client.get(f"/people/{CANARY}/?q={CANARY}", headers=odd),
        client.post("/people/", {"q": CANARY, CANARY: CANARY}, headers=odd),
        client.post("/import/", {"kind": CANARY, "file": file}, headers=odd),
        client.post("/api/v1/people/", {"surname": CANARY}, content_type="application/json", headers=odd),
        client.post("/api/v1/people/", f'{{"surname": "{CANARY}', content_type="application/json", headers=odd),
        client_at(SCHOOL_A.code).post("/accounts/login/", {"login": CANARY, "password": CANARY}, headers=odd),
        client.get(f"//{CANARY}", headers=odd),
    ]

    def explode(*args: object, **kwargs: object) -> None:
        raise RuntimeError(f"{CANARY}: no such person")

    monkeypatch.setattr("schools.programme.people_views.paginate", explode)
    answers.append(client.get("/people/", headers=odd))
    for answer in answers:
        access(answer)
    failing.apply(kwargs={"surname": CANARY}, headers={"school": SCHOOL_A.schema})
    logging.getLogger("celery.app.trace").error("Task %s raised: %s", "x", CANARY, exc_info=ValueError(CANARY))
    text = written.getvalue()
    assert text.count('"event": "request"') == len(answers)
    assert '"outcome": "failed"' in text
    for canary in (CANARY, CANARY.encode("unicode_escape").decode(), ASCII_CANARY):
        assert canary not in text
