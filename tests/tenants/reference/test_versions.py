"""Changing reference data makes a version and never rewrites the past."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from core.accounts.models import User
from core.audit.models import AuditRecord
from core.tenancy import region
from tenants.reference import selectors, services
from tenants.reference.errors import CodeInUseError, StaleVersionError
from tenants.reference.models import Definition, Form, LegalAct, Target


@pytest.fixture
def actor(db):
    with region():
        yield User.objects.create_user(login="operator", name="Оператор")


def form(code="pupil-pupil"):
    return Form.objects.now().get(code=code)


def test_a_change_is_a_new_version_and_the_old_row_stays_as_it_was(actor):
    old = form()
    before = {**model_to_dict(old), "id": old.pk, "created_at": old.created_at}
    new = services.publish_version(
        actor=actor, model=Form, code=old.code, based_on=old.pk, content={"title": "обучающийся – обучающийся"}
    )
    kept = Form.objects.get(pk=old.pk)
    assert {**model_to_dict(kept), "id": kept.pk, "created_at": kept.created_at} == before
    assert kept.superseded_at is not None
    assert (new.version, new.title, new.mentor_kinds, new.changed_by) == (
        2,
        "обучающийся – обучающийся",
        ["pupil"],
        actor.pk,
    )
    assert next(row.title for row in selectors.forms_now()) == "обучающийся – обучающийся"
    audit = AuditRecord.objects.get(action="reference.changed")
    assert (audit.object_id, audit.details) == (
        str(new.pk),
        {"code": "pupil-pupil", "version": 2, "fields": ["title"]},
    )


def test_an_old_figure_finds_the_definition_it_was_computed_by(actor):
    old = Definition.objects.now().get(code="pupils_10_19_any")
    services.publish_version(actor=actor, model=Definition, code=old.code, based_on=old.pk, content={"age_from": 11})
    assert selectors.definition_version(old.pk).age_from == 10
    assert {row.code: row.age_from for row in selectors.definitions_now()}["pupils_10_19_any"] == 11


def test_two_operators_cannot_overwrite_each_other(actor):
    old = form()
    services.publish_version(actor=actor, model=Form, code=old.code, based_on=old.pk, content={"title": "первая"})
    with pytest.raises(StaleVersionError):
        services.publish_version(actor=actor, model=Form, code=old.code, based_on=old.pk, content={"title": "вторая"})
    assert form().title == "первая"
    assert AuditRecord.objects.filter(action="reference.changed").count() == 1


def test_a_change_that_changes_nothing_makes_no_version(actor):
    old = form()
    same = services.publish_version(
        actor=actor, model=Form, code=old.code, based_on=old.pk, content={"title": old.title}
    )
    assert same.pk == old.pk
    assert not AuditRecord.objects.exists()


def test_withdrawn_from_offer_is_still_read_by_those_who_ask(actor):
    old = form()
    services.set_offered(actor=actor, model=Form, code=old.code, based_on=old.pk, is_offered=False)
    assert old.code not in {row.code for row in selectors.forms_now()}
    assert old.code in {row.code for row in selectors.forms_now(with_withdrawn=True)}
    now = form()
    services.set_offered(actor=actor, model=Form, code=old.code, based_on=now.pk, is_offered=True)
    assert form().version == 3
    assert old.code in {row.code for row in selectors.forms_now()}


def test_added_entries(actor):
    services.add_entry(
        actor=actor,
        model=Target,
        code="pupils-2028",
        content={"definition_code": "pupils", "year": 2028, "percent": Decimal("72.5")},
    )
    assert selectors.target_for("pupils", 2028).percent == Decimal("72.5")
    with pytest.raises(CodeInUseError):
        services.add_entry(actor=actor, model=LegalAct, code="r-145", content={"title": "Другой", "level": "federal"})
    with pytest.raises(ValidationError):
        services.add_entry(actor=actor, model=LegalAct, code="x", content={"title": "", "level": "federal"})
    assert AuditRecord.objects.filter(action="reference.added").count() == 1


def test_the_database_allows_one_version_in_force(actor):
    with pytest.raises(IntegrityError), transaction.atomic():
        Form.objects.create(code="pupil-pupil", version=9, title="вторая в силе")
