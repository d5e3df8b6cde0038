"""P1, the other half: whoever a policy admits is answered, so that refusing everybody would not pass for safety.

Complete by construction: every endpoint × method × role that the policy admits at all is asked about what is the
role's own, and every form that a page shows to a role is sent as it stands. What is refused all the same is listed in
``twins.REFUSED`` with its reason, and must be refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from core.authz.registry import World
from tests.permissions.asking import Asker, asker_for, assert_twin, carries, every_role, methods_of
from tests.permissions.twins import BODIES, REFUSED, seed_twins
from tests.permissions.walk import Endpoint, as_it_stands, endpoints, forms_in
from tests.support import seeds

pytestmark = pytest.mark.django_db


@pytest.mark.nightly
@pytest.mark.parametrize(("where", "role"), every_role(), ids=lambda value: str(value))
def test_whoever_is_admitted_is_answered(client_at: Callable[[str], Client], where: World, role: str):
    seeds.seed_all()
    seed_twins()
    asker, forms, taken, faults = asker_for(client_at, where, role), 0, 0, []
    for endpoint in endpoints(where):
        served = set()
        for method in methods_of(endpoint):
            if not carries(endpoint, where, role, method):
                continue
            with transaction.atomic():
                try:
                    response = _ask(asker, endpoint, method)
                    if assert_twin(asker, endpoint, method, response):
                        served.add(method)
                    if method == "GET":
                        sent, went = _send_forms(asker, asker.own_path(endpoint), response)
                        forms, taken = forms + sent, taken + went
                except AssertionError as fault:
                    faults.append(str(fault).partition("\n")[0])
                transaction.set_rollback(True)
            asker.begin_again()
        if carries(endpoint, where, role) and not served and not any("no allowed twin" in line for line in faults):
            faults.append(f"{role}: {endpoint.name} serves nothing")
    assert faults == [], "\n".join(faults)
    assert asker.allowed >= 8
    print(f"P1 twins {asker}; {forms} forms sent as they stand, {taken} taken")
    if role in ("director", "curator", "class_teacher", "mentor"):
        assert taken > 10


def _ask(asker: Asker, endpoint: Endpoint, method: str) -> Any:
    path = asker.own_path(endpoint)
    if endpoint.is_api and method != "GET" and not endpoint.operations[method].files:
        return asker.send(method, path, json={})
    typed = BODIES.get((asker.role, endpoint.name)) if method == "POST" else None
    return asker.send(method, path) if typed is None else asker.send(method, path, data=typed)


def _send_forms(asker: Asker, path: str, page: Any) -> tuple[int, int]:
    """Send each form of a page as its reader would, unchanged; return how many, and how many were taken.

    A form whose sending is refused would be a button that leads nowhere.
    """
    if page.status_code != 200 or page.streaming or "html" not in page.get("Content-Type", ""):
        return 0, 0
    sent = taken = 0
    for form in forms_in(page.content.decode()):
        target = form.action or path
        known = (form.method, target, *sorted(form.fields))
        if form.method != "post" or not target.startswith("/") or known in asker.sent:
            continue
        if any(word in target for word in seeds.LEAVING):
            continue
        asker.sent.add(known)
        with transaction.atomic():
            answer = asker.send("POST", target, data=as_it_stands(form))
            transaction.set_rollback(True)
        asker.begin_again()
        assert answer.status_code not in (401, 403, 404, 405), f"{asker.role}: a form to {target}: {answer.status_code}"
        sent, taken = sent + 1, taken + (answer.status_code in (204, 302))
    return sent, taken


def test_what_is_refused_all_the_same_is_there():
    """The list of exceptions names endpoints, methods and roles that there are, each admitted by its policy."""
    known = {(role, endpoint.name): (endpoint, where) for where, role in every_role() for endpoint in endpoints(where)}
    for role, name, method in REFUSED:
        endpoint, where = known[role, name]
        assert carries(endpoint, where, role, method), f"{role} is refused {name} by its policy"
