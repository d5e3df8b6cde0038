"""How an archive is shown where people see it."""

from __future__ import annotations

from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.ui.components import Fact
from tenants.provisioning.models import Archive


def file_name(code: str, archive: Archive) -> str:
    """Return the name of an archive's file: the school's code and the day, ASCII."""
    day = timezone.localtime(archive.made_at).date() if archive.made_at else timezone.localdate()
    return f"{code}-{day:%Y-%m-%d}.school.zip"


def facts_of(archive: Archive) -> list[Fact]:
    """Return what the school's director is told of a file that is ready."""
    return [
        Fact(_("Данные на"), _moment(archive.made_at)),
        Fact(_("Размер"), filesizeformat(archive.size_bytes)),
        Fact(_("Хранится до"), _moment(archive.expires_at)),
        Fact(_("Скачан"), _moment(archive.taken_at) or _("ещё нет")),
        Fact(_("Контрольная сумма SHA-256"), archive.sha256),
    ]


def facts_for_region(archive: Archive) -> list[Fact]:
    """Return what the region is told of a school's newest archive: nothing of what is in it."""
    facts = [
        Fact(_("Состояние"), archive.get_state_display()),
        Fact(_("Запрошен"), _moment(archive.asked_at)),
        Fact(_("Сделан"), _moment(archive.made_at)),
        Fact(_("Забран директором"), _moment(archive.taken_at) or _("ещё нет")),
    ]
    return [*facts, Fact(_("Контрольная сумма SHA-256"), archive.sha256)] if archive.sha256 else facts


def _moment(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "d.m.Y H:i") if at else ""
