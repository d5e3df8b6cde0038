"""Roles of the region's host and what they may: the one table to read. No role here reaches into a school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from core.authz.registry import Extent, Role, World, in_worlds

DISTRICT = "district"

PERMISSIONS = in_worlds(
    {World.REGION},
    ("dashboards.view", _("видеть показатели охвата")),
    ("schools.view", _("видеть список школ и районов")),
    ("schools.manage", _("создавать, переименовывать, приостанавливать и закрывать школы")),
    ("schools.invite", _("приглашать директора и координатора школы")),
    ("schools.reset_director", _("сбрасывать второй фактор директора вдвоём")),
    ("schools.break_glass", _("открывать временный доступ на сайт школы")),
    ("districts.manage", _("вести список районов")),
    ("operations.view", _("видеть, как работает система")),
    ("operations.manage", _("видеть очереди и версии школ, повторять несделанные задания")),
    ("reference.view", _("видеть справочники")),
    ("reference.edit", _("изменять справочники")),
    ("staff.appoint_region_admin", _("назначать администратора региона")),
)

_ALL, _SCOPE = Extent.EVERYTHING, Extent.SCOPE

_ADMIN: Mapping[str, Extent] = {
    "dashboards.view": _ALL,
    "schools.view": _ALL,
    "schools.manage": _ALL,
    "schools.invite": _ALL,
    "schools.reset_director": _ALL,
    "schools.break_glass": _ALL,
    "districts.manage": _ALL,
    "operations.view": _ALL,
    "operations.manage": _ALL,
    "reference.view": _ALL,
    "reference.edit": _ALL,
    "staff.view": _ALL,
    "staff.manage": _ALL,
    "staff.appoint_region_admin": _ALL,
    "staff.reset_second_factor": _ALL,
    "tokens.manage": _ALL,
    "webhooks.manage": _ALL,
    "audit.view": _ALL,
}
_OPERATOR: Mapping[str, Extent] = {
    "dashboards.view": _ALL,
    "schools.view": _ALL,
    "operations.view": _ALL,
    "reference.view": _ALL,
}
# Own district only, and counts only: pages filter by ``actor.reach("dashboards.view").values(DISTRICT)``.
_DISTRICT_SPECIALIST: Mapping[str, Extent] = {
    "dashboards.view": _SCOPE,
    "schools.view": _SCOPE,
    "reference.view": _ALL,
}

ROLES = (
    Role(
        slug="region_admin",
        title=_("администратор региона"),
        world=World.REGION,
        description=_("Сотрудники и права, справочники, создание школ"),
        capabilities=_ADMIN,
        appointed_by="staff.appoint_region_admin",
    ),
    Role(
        slug="region_operator",
        title=_("оператор региона"),
        world=World.REGION,
        description=_("Показатели, школы и справочники региона; без прав и без создания школ"),
        capabilities=_OPERATOR,
    ),
    Role(
        slug="district_specialist",
        title=_("специалист района"),
        world=World.REGION,
        description=_("Показатели и школы своего района, только числа"),
        capabilities=_DISTRICT_SPECIALIST,
        scope_kind=DISTRICT,
    ),
)


def district_choices() -> Sequence[tuple[str, str]]:
    """Return pairs (id, title) of the districts: by these a specialist's role is narrowed."""
    from tenants.registry.models import District

    return [(str(pk), title) for pk, title in District.objects.order_by("title").values_list("pk", "title")]
