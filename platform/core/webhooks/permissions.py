"""The permission over webhooks: it means the same on a school's host and on the region's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.authz.registry import World, in_worlds

PERMISSIONS = in_worlds(frozenset(World), ("webhooks.manage", _("сообщать о событиях другим программам")))
