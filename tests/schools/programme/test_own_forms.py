"""A form that a school added: pairs, imports and coverage take it as the region's; nobody else knows it."""

from __future__ import annotations

from datetime import date

import pytest

from core.authz import RefusedError
from core.tenancy import region, school
from schools.coverage.selectors import own_coverage
from schools.imports.school_data import reference_now
from schools.matching.forms import PublishForm
from schools.pairs.models import Pair
from schools.pairs.services import PairData, create_pairs
from schools.people.errors import FaultyActError
from schools.people.roles import form_choices
from schools.programme.models import SchoolForm
from schools.programme.own_forms import FormData, add_form, edit_form
from tenants.reference.selectors import forms_now, role_variants_now
from tests.schools.makers import actor_with, make_consent, make_order, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DATA = FormData(title="выпускник – ученик", mentor_kinds=["alumnus"], mentee_kinds=["pupil"], is_mentor_outside=True)


def test_pairs_imports_roles_and_coverage_take_it_and_others_do_not_see_it():
    with school(SCHOOL_A.schema):
        director = actor_with("director")
        form = add_form(actor=director, data=DATA)
        mentor = make_person("Выпускников Олег", date(1995, 1, 1), ("alumnus",))
        pupil = make_person("Ученик Первый", date(2012, 2, 2))
        make_consent(pupil)
        before = own_coverage(date(2026, 11, 21))[0].num
        data = PairData(mentor_id=mentor.pk, mentee_ids=[pupil.pk], form_code=form.code, starts_on=date(2026, 9, 15))
        (pair,) = create_pairs(actor=director, data=data)
        Pair.objects.filter(pk=pair.pk).update(order=make_order())
        assert own_coverage(date(2026, 11, 21))[0].num == before + 1
        assert form.code in {row.id for row in reference_now().forms if row.outside_kind == "alumnus"}
        assert (form.code, form.title) in form_choices()
        # The sides are the form's: the same two the other way round are refused.
        with pytest.raises(FaultyActError):
            create_pairs(
                actor=director,
                data=PairData(
                    mentor_id=pupil.pk, mentee_ids=[mentor.pk], form_code=form.code, starts_on=date(2026, 9, 15)
                ),
            )
    for place in (region(), school(SCHOOL_B.schema)):
        with place:
            assert form.code not in {row.code for row in forms_now(with_withdrawn=True)}


@pytest.mark.usefixtures("inside")
def test_a_withdrawn_form_is_offered_no_more_and_still_has_a_title():
    form = add_form(actor=actor_with("coordinator"), data=DATA)
    withdrawn = FormData(title="выпускник – ученик", mentor_kinds=["alumnus"], mentee_kinds=["pupil"], is_offered=False)
    edit_form(actor=actor_with("coordinator"), own_form_id=form.pk, data=withdrawn)
    assert form.code not in {row.code for row in forms_now()}
    assert form.code in {row.code for row in forms_now(with_withdrawn=True)}


def test_its_role_variants_are_chosen_in_pairs_and_in_matching(client_at):
    variants = {"role_variants": "равный –  равному\n\nмастер – ученик\nРавный – равному"}
    director = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        form = add_form(actor=actor_with("director"), data=DATA)
        mentor = make_person("Выпускников Олег", date(1995, 1, 1), ("alumnus",))
        pupil = make_person("Ученик Первый", date(2012, 2, 2))
    sides = {"title": DATA.title, "mentor_kinds": ["alumnus"], "mentee_kinds": ["pupil"], "is_offered": "on"}
    director.post(f"/programme/forms/{form.pk}/", {**sides, **variants})
    with school(SCHOOL_A.schema):
        assert [row.title for row in role_variants_now(form_code=form.code)] == ["равный – равному", "мастер – ученик"]
        assert not {row.form_code for row in role_variants_now(form_code="pupil-pupil")} & {form.code}
        data = PairData(
            mentor_id=mentor.pk,
            mentee_ids=[pupil.pk],
            form_code=form.code,
            starts_on=date(2026, 9, 15),
            role_variant="мастер – ученик",
        )
        (pair,) = create_pairs(actor=actor_with("director"), data=data)
        # What the board is published with.
        offered = PublishForm(variants=role_variants_now(form_code=form.code)).fields["role_variant"].choices
        assert "мастер – ученик" in dict(offered)
    assert "мастер – ученик" in director.get(f"/pairs/{pair.pk}/edit/").content.decode()


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("title", "mentors", "code"),
    [
        ("Выпускник – ученик", ["alumnus"], "form_taken"),
        ("УЧИТЕЛЬ – УЧЕНИК", ["teacher"], "form_taken"),
        ("новая", [], "no_side"),
    ],
)
def test_what_is_wrong_is_said(title, mentors, code):
    add_form(actor=actor_with("director"), data=DATA)
    with pytest.raises(FaultyActError) as error:
        add_form(actor=actor_with("director"), data=FormData(title=title, mentor_kinds=mentors, mentee_kinds=["pupil"]))
    assert [fault.code for fault in error.value.faults] == [code]
    with pytest.raises(RefusedError):
        add_form(actor=actor_with("curator", "pupil-pupil"), data=DATA)
    assert SchoolForm.objects.count() == 1


def test_its_pages_and_the_regions_codes(client_at):
    director = sign_in(client_at, SCHOOL_A, "director")
    form = {"title": "родитель – ученик", "mentor_kinds": ["parent"], "mentee_kinds": ["pupil"], "is_offered": "on"}
    assert director.post("/programme/forms/new/", form)["Location"] == "/programme/forms/"
    assert director.post("/programme/forms/new/", form).status_code == 200
    page = director.get("/programme/forms/").content.decode()
    assert page.count("родитель – ученик") == 1
    admin = sign_in(client_at, "region", "region_admin")
    refused = admin.post("/reference/forms/new/", {**form, "code": "own-1", "position": "5"})
    assert "начинаются обозначения своих форм школ" in refused.content.decode()
