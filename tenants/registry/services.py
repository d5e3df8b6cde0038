"""Writes of the register: districts, and what of a school is the region's to say. Runs in ``region()``."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from core.audit.services import record
from core.authz import Actor, enforce
from tenants.registry.errors import StateError, TitleTakenError
from tenants.registry.models import District, Region, School
from tenants.registry.selectors import fold, folded


def add_district(*, actor: Actor, title: str) -> District:
    """Add a district.

    :raises TitleTakenError: when there is one of this name.
    """
    enforce(actor.has("districts.manage"))
    with transaction.atomic():
        district = District(title=_free_title(title, except_for=None))
        district.full_clean()
        district.save()
        record(actor=actor, action="district.added", object_type="district", object_id=district.pk)
    return district


def rename_district(*, actor: Actor, district_id: UUID, title: str) -> District:
    """Give a district another name; its schools and figures stay with it.

    :raises TitleTakenError: when another district has this name.
    """
    enforce(actor.has("districts.manage"))
    with transaction.atomic():
        district = District.objects.select_for_update().get(pk=district_id)
        title = _free_title(title, except_for=district)
        if district.title == title:
            return district
        former, district.title = district.title, title
        district.full_clean()
        district.save(update_fields=["title"])
        record(
            actor=actor,
            action="district.renamed",
            object_type="district",
            object_id=district.pk,
            details={"from": former, "to": title},
        )
    return district


def _free_title(title: str, *, except_for: District | None) -> str:
    title = " ".join(title.split())
    others = District.objects.alias(key=folded("title")).filter(key=fold(title))
    if except_for is not None:
        others = others.exclude(pk=except_for.pk)
    if others.exists():
        raise TitleTakenError(title)
    return title


def edit_school(*, actor: Actor, school_id: UUID, title: str, district: District | None) -> School:
    """Change a school's name or move it to another district (None: of the region itself).

    The figures of past month-ends stay with the district in which they were frozen; live ones move with the school.

    :raises StateError: when the school is closed.
    """
    enforce(actor.has("schools.manage"))
    with transaction.atomic():
        school: School = School.objects.select_for_update(of=("self",)).get(pk=school_id)
        if school.state == School.State.CLOSED:
            raise StateError.of_closed_school()
        title = " ".join(title.split())
        moved, retitled = school.district_id != (district and district.pk), school.title != title
        if not moved and not retitled:
            return school
        details = {"from_district": str(school.district_id or ""), "to_district": str(district.pk if district else "")}
        school.title, school.district = title, district
        school.full_clean(exclude=["schema_name"])
        school.save(update_fields=["title", "district"])
        if moved:
            record(actor=actor, action="school.moved", object_type="school", object_id=school.pk, details=details)
        if retitled:
            record(actor=actor, action="school.retitled", object_type="school", object_id=school.pk)
    return school


def name_region(*, actor: Actor, title: str) -> Region:
    """Give the region its name, the first or another."""
    enforce(actor.has("districts.manage"))
    with transaction.atomic():
        found = Region.objects.select_for_update().first() or Region()
        found.title = " ".join(title.split())
        found.full_clean()
        found.save()
        record(actor=actor, action="region.named", object_type="region", object_id=found.pk)
    return found
