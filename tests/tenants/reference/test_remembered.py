"""A school remembers reference data for some seconds; whoever changed it, and everybody else, reads it anew."""

from __future__ import annotations

import pytest

from core.tenancy import region, rollup, school
from tenants.reference import remembered, selectors
from tenants.reference.models import ConsentKind
from tenants.reference.services import publish_version
from tests.support.accounts import make_user


@pytest.fixture(autouse=True)
def _five_seconds(settings):
    settings.REFERENCE_REMEMBERED_SECONDS = 5.0
    yield
    remembered.forget_reference()


def rename(title: str) -> None:
    with region():
        kind = ConsentKind.objects.now().get(code="processing")
        publish_version(
            actor=make_user("region_admin", login=title),
            model=ConsentKind,
            code=kind.code,
            based_on=kind.pk,
            content={"title": title},
        )


def titles() -> set[str]:
    return {kind.title for kind in selectors.consent_kinds_now()}


def test_a_school_asks_once_and_others_ask_each_time(db, school_a, school_b, django_assert_num_queries):
    with school(school_a.schema):
        known = selectors.forms_now()
        with django_assert_num_queries(0):
            assert selectors.forms_now() == known
        # Another question is another answer.
        assert len(selectors.forms_now(with_withdrawn=True)) >= len(known)
    # The region's list is known by now; what a school adds to it, each reads for itself.
    with school(school_b.schema), django_assert_num_queries(1):
        assert selectors.forms_now() == known
        assert selectors.forms_now() == known
    for place in (region, rollup):
        with place(), django_assert_num_queries(1):
            selectors.definitions_now()


def test_a_change_shows_after_the_seconds_and_in_its_own_process_at_once(
    db, school_a, monkeypatch, django_capture_on_commit_callbacks
):
    with school(school_a.schema):
        before = titles()
    rename("Первое")
    with school(school_a.schema):
        assert titles() == before
        now = remembered.time.monotonic()
        monkeypatch.setattr(remembered.time, "monotonic", lambda: now + 5.1)
        assert "Первое" in titles()
    with django_capture_on_commit_callbacks(execute=True):
        rename("Второе")
    with school(school_a.schema):
        assert "Второе" in titles()
