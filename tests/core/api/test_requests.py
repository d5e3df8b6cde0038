"""What every request of the API is promised: problems, keyed repetitions, pages, limits, browsers with CSRF."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.accounts.models import ApiToken, Invitation
from core.api.models import KeptAnswer
from core.tenancy import school
from tests.support.accounts import make_user, sign_in, token_for
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db
INVITE = "/api/v1/invitations/"
BODY = {"name": "Иванова Мария", "roles": [{"role": "mentor"}]}


class Sender:
    """A programme with a token of a school."""

    def __init__(self, client: Client, secret: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {secret}"}

    def send(self, method, path, body=None, **headers):
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(
            method, path, data, content_type="application/json", headers={**self.headers, **headers}
        )


@pytest.fixture
def sender(client_at):
    return Sender(client_at("sch-a"), token_for("sch-a", "director"))


def count_invitations() -> int:
    with school(SCHOOL_A.schema):
        return Invitation.objects.count()


def test_a_repetition_with_a_key_changes_nothing(sender):
    before = count_invitations()
    first = sender.send("POST", INVITE, BODY, **{"Idempotency-Key": "k-1"})
    again = sender.send("POST", INVITE, BODY, **{"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"
    assert count_invitations() == before + 1
    told = first.json()
    assert again.json() == {**told, "code": ""}
    assert told["code"]
    with school(SCHOOL_A.schema):
        assert told["code"] not in str(list(KeptAnswer.objects.values()))


def test_a_key_with_another_body_is_refused(sender):
    sender.send("POST", INVITE, BODY, **{"Idempotency-Key": "k-2"})
    before = count_invitations()
    other = sender.send("POST", INVITE, {**BODY, "name": "Петров Пётр"}, **{"Idempotency-Key": "k-2"})
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert count_invitations() == before
    assert sender.send("POST", INVITE, {**BODY, "name": "Петров Пётр"}, **{"Idempotency-Key": "k-3"}).status_code == 201


def test_a_key_is_its_senders_own_and_lasts_a_day(sender, client_at):
    first = sender.send("POST", INVITE, BODY, **{"Idempotency-Key": "k-4"}).json()
    other = Sender(client_at("sch-a"), token_for("sch-a", "director"))
    answer = other.send("POST", INVITE, BODY, **{"Idempotency-Key": "k-4"})
    assert answer.json()["invitation"]["id"] != first["invitation"]["id"]
    with school(SCHOOL_A.schema):
        KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    late = sender.send("POST", INVITE, BODY, **{"Idempotency-Key": "k-4"})
    assert late.json()["invitation"]["id"] != first["invitation"]["id"]


def test_a_refused_request_may_be_mended_under_its_key(sender):
    wrong = sender.send("POST", INVITE, {**BODY, "roles": [{"role": "nobody"}]}, **{"Idempotency-Key": "k-5"})
    assert wrong.status_code == 422
    assert wrong.json()["code"] == "bad_grant"
    assert sender.send("POST", INVITE, BODY, **{"Idempotency-Key": "k-5"}).status_code == 201


HOSTILE = {
    "no JSON": (b"{", 400),
    "a list": (b"[]", 400),
    "very deep": (b"[" * 100_000, 400),
    "NaN": (b'{"name": NaN}', 400),
    "NUL": (b'{"name": "a\\u0000", "roles": [{"role": "mentor"}]}', 422),
    "half a surrogate": (b'{"name": "\\ud800", "roles": [{"role": "mentor"}]}', 422),
    "not utf-8": (b'{"name": "\xff"}', 400),
    "nothing": (b"", 422),
    "missing": (b"{}", 422),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_any_body_ends_in_a_clear_answer(sender, kind):
    body, status = HOSTILE[kind]
    before = count_invitations()
    answer = sender.send("POST", INVITE, body)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert set(told) == {"type", "title", "status", "code", "detail", "fields"}
    assert told["status"] == status
    assert count_invitations() == before


def test_fields_are_named_with_the_words_of_forms(sender):
    told = sender.send("POST", INVITE, {"roles": []}).json()
    assert told["fields"]["name"] == ["Обязательное поле."]


def test_every_refusal_is_a_problem(sender, client_at):
    anonymous = client_at("sch-a")
    answers = {
        401: anonymous.get("/api/v1/staff/"),
        404: sender.send("GET", "/api/v1/staff/00000000-0000-4000-8000-00000000ffff/"),
        405: sender.send("PATCH", "/api/v1/me/"),
        415: sender.client.post(INVITE, "x", content_type="text/plain", headers=sender.headers),
        422: sender.send("GET", "/api/v1/staff/?cursor=nonsense"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status, answer.content
        assert answer["Content-Type"] == "application/problem+json"
        assert "no-store" in answer["Cache-Control"]
    nowhere = sender.send("GET", "/api/v1/nothing/")
    assert (nowhere.status_code, nowhere["Content-Type"]) == (404, "application/problem+json")


def test_pages_by_cursor_tell_everybody_once(sender):
    with school(SCHOOL_A.schema):
        known = {str(make_user("mentor", with_totp=False).pk) for _ in range(7)}
    seen, cursor = [], ""
    for _ in range(10):
        page = sender.send("GET", f"/api/v1/staff/?limit=3{cursor}").json()
        assert len(page["items"]) <= 3
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen))
    assert known <= set(seen)
    for wrong in ("abc", "0", "-5", "501"):
        answer = sender.send("GET", f"/api/v1/staff/?limit={wrong}")
        assert (answer.status_code, list(answer.json()["fields"])) == (422, ["limit"]), wrong


def test_too_many_requests_are_refused_and_said_when_to_come_back(sender, client_at, settings):
    settings.API_REQUESTS_PER_MINUTE = {"sender": 3, "world": 100}
    statuses = [sender.send("GET", "/api/v1/me/").status_code for _ in range(9)]
    assert statuses[:3] == [200] * 3
    assert 429 in statuses
    other = Sender(client_at("sch-a"), token_for("sch-a", "director"))
    assert other.send("GET", "/api/v1/me/").status_code == 200
    elsewhere = Sender(client_at("sch-b"), token_for("sch-b", "director"))
    settings.API_REQUESTS_PER_MINUTE = {"sender": 100, "world": 3}
    refused = sender.send("GET", "/api/v1/me/")
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert elsewhere.send("GET", "/api/v1/me/").status_code == 200


def test_without_redis_nobody_is_refused(sender, settings, monkeypatch):
    from redis.exceptions import ConnectionError as AwayError

    from core.tenancy.cache import DoorCache

    settings.API_REQUESTS_PER_MINUTE = {"sender": 0, "world": 0}
    assert sender.send("GET", "/api/v1/me/").status_code == 429

    def away(self, *args, **kwargs):
        raise AwayError

    for name in ("add", "incr"):
        monkeypatch.setattr(f"django.core.cache.backends.redis.RedisCacheClient.{name}", away)
    monkeypatch.setattr(DoorCache, "_away_until", 0.0)
    settings.API_REQUESTS_PER_MINUTE = {"sender": 1, "world": 1}
    assert [sender.send("GET", "/api/v1/me/").status_code for _ in range(4)] == [200] * 4
    monkeypatch.setattr(DoorCache, "_away_until", 0.0)


def test_a_browser_needs_the_csrf_token(client_at):
    signed_in = sign_in(client_at, "sch-a", "director")
    strict = Client(SERVER_NAME="sch-a.localhost", enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    assert strict.get("/api/v1/me/").status_code == 200
    body = {"title": "т", "roles": [{"role": "director"}], "days": 1}
    refused = strict.post("/api/v1/tokens/", body, content_type="application/json")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    with school(SCHOOL_A.schema):
        assert not ApiToken.objects.filter(title="т").exists()
    strict.get("/account/tokens/new/")
    csrf = strict.cookies["csrftoken"].value
    made = strict.post("/api/v1/tokens/", body, content_type="application/json", headers={"X-CSRFToken": csrf})
    assert made.status_code == 201, made.content


def test_a_browser_needs_the_second_factor(client_at):
    client = sign_in(client_at, "sch-a", "director")
    with school(SCHOOL_A.schema):
        client.user.authenticator_set.all().delete()
    refused = client.get("/api/v1/staff/")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
