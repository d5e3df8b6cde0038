"""Two clicks at the same moment: one of them wins, nothing is made twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.http import Http404

from core.audit.models import AuditRecord
from core.authz import system_actor
from core.tenancy import school
from schools.pairs.models import Order, Pair
from schools.pairs.orders import approve_pairs
from schools.pairs.services import PairData, create_pairs, discard_draft
from schools.people.errors import FaultyActError
from tests.schools.makers import make_pair, make_person
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db(transaction=True)


def both(act: Callable[[], Any]) -> list[str]:
    """Run an act in two threads started together; return what came of each, sorted."""
    start = Barrier(2)

    def run() -> str:
        try:
            with school(SCHOOL_A.schema):
                start.wait()
                act()
        except FaultyActError as refusal:
            return refusal.faults[0].code
        except Http404:
            return "404"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(future.result() for future in [pool.submit(run), pool.submit(run)])


def make_couple() -> tuple[Any, Any]:
    return make_person("Педагог Опытный", date(1980, 1, 1), ("teacher",)), make_person("Ученик Первый")


def test_one_pair_is_made():
    with school(SCHOOL_A.schema):
        mentor, mentee = make_couple()
    data = PairData(form_code="teacher-pupil", mentor_id=mentor.pk, mentee_ids=[mentee.pk], starts_on=date(2026, 10, 1))
    assert both(lambda: create_pairs(actor=system_actor("check"), data=data)) == ["done", "repeated"]
    with school(SCHOOL_A.schema):
        assert Pair.objects.filter(mentee=mentee).count() == 1
        assert AuditRecord.objects.count() == 1


def test_one_order_is_signed():
    with school(SCHOOL_A.schema):
        pair = make_pair(*make_couple())

    def sign() -> None:
        approve_pairs(actor=system_actor("check"), pair_ids=[pair.pk], number="84-од", signed_on=date(2026, 10, 2))

    assert both(sign) == ["done", "stale"]
    with school(SCHOOL_A.schema):
        assert Order.objects.filter(number="84-од").count() == 1
        assert AuditRecord.objects.count() == 1


def test_a_draft_is_signed_or_discarded_but_not_both():
    with school(SCHOOL_A.schema):
        pair = make_pair(*make_couple())
    turns = iter(("sign", "discard"))

    def act() -> None:
        if next(turns) == "sign":
            approve_pairs(actor=system_actor("check"), pair_ids=[pair.pk], number="84-од", signed_on=date(2026, 10, 2))
        else:
            discard_draft(actor=system_actor("check"), pair_id=pair.pk)

    assert both(act) in (["done", "has_order"], ["done", "stale"], ["404", "done"])
    with school(SCHOOL_A.schema):
        left = Pair.objects.filter(pk=pair.pk).select_related("order").first()
        assert left is None or left.order.number == "84-од"
        assert AuditRecord.objects.count() == 1
