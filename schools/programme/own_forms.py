"""The school's own forms of mentoring: beside the region's list, wherever a form is chosen or recognised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.text import ru_key
from schools.people.editions import Acts, refuse_overtaken
from schools.people.errors import FaultyActError
from schools.programme import policies
from schools.programme.models import SchoolForm
from tenants.reference.kinds import words_for
from tenants.reference.own_forms import OWN_PREFIX
from tenants.reference.remembered import forget_reference
from tenants.reference.selectors import Form, RoleVariant, forms_now

MOST_FORMS = 30
MOST_VARIANTS = 20
LONGEST_VARIANT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class FormData:
    """A form as people describe it: kinds of people on its two sides, and the role variants it may have."""

    title: str
    mentor_kinds: Sequence[str]
    mentee_kinds: Sequence[str]
    is_mentor_outside: bool = False
    is_offered: bool = True
    role_variants: Sequence[str] = ()


def read_own_forms() -> tuple[Form, ...]:
    """Return the forms of the school one stands in, as every reader of forms knows them."""
    return tuple(
        Form(
            id=row.pk,
            code=row.code,
            version=1,
            title=row.title,
            mentor_kinds=tuple(row.mentor_kinds),
            mentee_kinds=tuple(row.mentee_kinds),
            is_mentor_outside=row.is_mentor_outside,
            is_offered=row.is_offered,
        )
        for row in SchoolForm.objects.all()
    )


def read_own_variants() -> tuple[RoleVariant, ...]:
    """Return the role variants of the own forms of the school one stands in, in the order they were typed."""
    return tuple(
        RoleVariant(
            id=row.pk,
            code=f"{row.code}-{number}",
            version=1,
            form_code=row.code,
            title=title,
            is_offered=row.is_offered,
        )
        for row in SchoolForm.objects.all()
        for number, title in enumerate(row.role_variants, start=1)
    )


def own_forms_visible_to(actor: Actor) -> QuerySet[SchoolForm]:
    """Return the school's own forms for whoever keeps the programme; for others nothing."""
    rows = SchoolForm.objects.all()
    return rows if actor.reach("programme.edit") else rows.none()


def own_form_for(*, actor: Actor, own_form_id: UUID, lock: bool = False) -> SchoolForm:
    """Return one own form.

    :raises Http404: no such form, or the actor does not keep the programme.
    """
    rows = own_forms_visible_to(actor)
    form = (rows.select_for_update() if lock else rows).filter(pk=own_form_id).first()
    if form is None:
        raise Http404
    return form


def add_form(*, actor: Actor, data: FormData) -> SchoolForm:
    """Add a form of the school's own.

    :raises FaultyActError: a form has this title, a side is empty, or there are too many.
    :raises RefusedError: when the actor may not keep the programme.
    """
    enforce(policies.may_keep_year(actor))
    with transaction.atomic():
        if SchoolForm.objects.count() >= MOST_FORMS:
            raise FaultyActError.of("too_many_forms", _("Своих форм не больше %(n)s.") % {"n": MOST_FORMS})
        form = SchoolForm()
        form.code = f"{OWN_PREFIX}{form.pk.hex[:12]}"
        _stored(actor, form, data, "programme.form_added")
    return form


def form_values(form: SchoolForm) -> dict[str, Any]:
    """Return what is typed of an own form."""
    return {each.name: getattr(form, each.name) for each in fields(FormData)}


def edit_form(*, actor: Actor, own_form_id: UUID, data: FormData, seen: str | None = None) -> SchoolForm:
    """Change an own form, or withdraw it: pairs that have it keep it.

    ``seen`` is the edition of :func:`form_values` that was read: what somebody else has changed since stays.

    :raises FaultyActError: another form has this title, a side is empty, or somebody else has changed it since.
    :raises Http404: no such form.
    :raises RefusedError: when the actor may not keep the programme.
    """
    enforce(policies.may_keep_year(actor))
    with transaction.atomic():
        form = own_form_for(actor=actor, own_form_id=own_form_id, lock=True)
        _refuse_overtaken(form, seen, data)
        _stored(actor, form, data, "programme.form_changed")
    return form


def _variants(typed: Sequence[str]) -> list[str]:
    """Return the role variants as they are stored: in single spaces, each once, the empty ones left out.

    :raises FaultyActError: too many, or one is too long.
    """
    found: dict[str, str] = {}
    for each in filter(None, (" ".join(each.split()) for each in typed)):
        found.setdefault(ru_key(each), each)
    if len(found) > MOST_VARIANTS or any(len(each) > LONGEST_VARIANT for each in found.values()):
        words = _("Ролевых моделей не больше %(n)s, каждая не длиннее %(long)s знаков.")
        sentence = words % {"n": MOST_VARIANTS, "long": LONGEST_VARIANT}
        raise FaultyActError.of("variants", sentence, "role_variants")
    return list(found.values())


def _refuse_overtaken(form: SchoolForm, seen: str | None, data: FormData) -> None:
    """Refuse to overwrite a form that is held.

    :raises FaultyActError: somebody else has changed it since what was seen.
    """
    values, sides = form_values(form), {name: list(getattr(data, name)) for name in ("mentor_kinds", "mentee_kinds")}
    words = {"title": form.title, **{name: words_for(values[name]) for name in sides}}
    words |= {name: _("да") if values[name] else _("нет") for name in ("is_mentor_outside", "is_offered")}
    words["role_variants"] = "; ".join(form.role_variants)
    typed = {**asdict(data), **sides, "role_variants": _variants(data.role_variants)}
    acts = Acts("programme.form", form.pk, ["programme.form_changed"])
    refuse_overtaken(seen=seen, values=values, typed=typed, words=words, acts=acts)


def _stored(actor: Actor, form: SchoolForm, data: FormData, action: str) -> None:
    """Check, store and record; an import recognises a form by its title, so no two share one.

    :raises FaultyActError: see the callers.
    """
    taken = {ru_key(row.title) for row in forms_now(with_withdrawn=True) if row.code != form.code}
    if ru_key(data.title) in taken:
        raise FaultyActError.of("form_taken", _("Форма с таким названием уже есть."), "title")
    for name in ("mentor_kinds", "mentee_kinds"):
        if not getattr(data, name):
            raise FaultyActError.of("no_side", _("Выберите, кто стоит на этой стороне пары."), name)
    form.title, form.is_mentor_outside, form.is_offered = data.title, data.is_mentor_outside, data.is_offered
    form.mentor_kinds, form.mentee_kinds = list(data.mentor_kinds), list(data.mentee_kinds)
    form.role_variants = _variants(data.role_variants)
    form.save()
    record(actor=actor, action=action, object_type="programme.form", object_id=form.pk, details={"code": form.code})
    transaction.on_commit(forget_reference)
