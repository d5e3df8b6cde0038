"""The permissions over staff and audit: they mean the same on a school's host and on the region's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.authz.registry import World, in_worlds

PERMISSIONS = in_worlds(
    frozenset(World),
    ("staff.view", _("видеть сотрудников и их роли")),
    ("staff.manage", _("приглашать и отзывать роли")),
    ("staff.reset_second_factor", _("сбрасывать утерянный второй фактор")),
    ("tokens.manage", _("выдавать токены для программ")),
    ("audit.view", _("читать журнал действий")),
)
