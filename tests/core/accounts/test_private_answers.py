"""Nothing that somebody signed in was shown stays on the computer: neither in a cache nor in a cookie."""

from __future__ import annotations

import pytest

from tests.support.accounts import sign_in

pytestmark = pytest.mark.django_db
PAGES = {
    "sch-a": ("/", "/staff/", "/import/", "/people/", "/orders/", "/account/sessions/", "/accounts/second-factor/"),
    "region": ("/coverage/", "/schools/", "/districts/", "/staff/", "/access/"),
}
ROLES = {"sch-a": "director", "region": "region_admin"}


@pytest.mark.parametrize(("label", "path"), [(label, path) for label, paths in PAGES.items() for path in paths])
def test_no_cache_keeps_a_page_of_somebody_signed_in(client_at, label, path):
    page = sign_in(client_at, label, ROLES[label]).get(path)
    assert page.status_code == 200
    kept = {part.strip() for part in page["Cache-Control"].split(",")}
    assert {"private", "no-store"} <= kept


def test_a_public_page_of_a_visitor_may_be_kept(client_at):
    assert "no-store" not in client_at("sch-a").get("/appearance/?scheme=blue").get("Cache-Control", "")


def test_a_message_with_a_name_waits_in_the_session_and_not_in_a_cookie(client_at):
    client = sign_in(client_at, "sch-a", "coordinator")
    typed = {"surname": "Секретарёва", "name": "Анна", "birth_date": "05.05.1980", "kinds": ["other"]}
    answer = client.post("/people/new/", typed)
    assert answer.status_code == 302
    assert not {name for name in answer.cookies if name not in ("sessionid", "csrftoken")}
    assert "Секретарёва Анна: карточка создана." in client.get(answer["Location"]).content.decode()
