"""How a school looks on the region's pages: status words, facts, what can be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.authz import Actor
from core.ui.components import Fact, Status, StatusKind, Text
from tenants.provisioning.selectors import migration_error
from tenants.provisioning.services import states_after
from tenants.registry.models import School
from tenants.registry.routing import host_of

State = School.State

_KINDS: Final[dict[str, StatusKind]] = {
    State.CREATING: "work",
    State.RESTORING: "work",
    State.READY: "ok",
    State.SUSPENDED: "wait",
    State.CLOSED: "none",
}
# The platform tries again by itself; after this long somebody should look at the provisioner.
ASK_FOR_HELP_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Move:
    """A step of a school's life as a page offers it."""

    slug: str
    state: State
    label: Text
    title: Text
    done: Text
    consequences: tuple[Text, ...]
    is_dangerous: bool = False
    needs_reason: bool = True


MOVES: Final = {
    move.slug: move
    for move in (
        Move(
            slug="suspend",
            state=State.SUSPENDED,
            label=gettext_lazy("Приостановить"),
            title=gettext_lazy("Приостановить работу школы"),
            done=gettext_lazy("Работа школы приостановлена"),
            consequences=(
                gettext_lazy("В течение пяти секунд адрес школы перестанет открываться: никто не сможет войти."),
                gettext_lazy("Данные школы сохранятся, работу можно возобновить в любой день."),
            ),
            is_dangerous=True,
        ),
        Move(
            slug="resume",
            state=State.READY,
            label=gettext_lazy("Возобновить работу"),
            title=gettext_lazy("Возобновить работу школы"),
            done=gettext_lazy("Школа снова работает"),
            consequences=(gettext_lazy("Адрес школы снова откроется, прежние роли и пароли действуют."),),
            needs_reason=False,
        ),
        Move(
            slug="close",
            state=State.CLOSED,
            label=gettext_lazy("Закрыть"),
            title=gettext_lazy("Закрыть школу"),
            done=gettext_lazy("Школа закрыта"),
            consequences=(
                gettext_lazy("Школа больше не откроется, вернуть её в работу нельзя."),
                gettext_lazy("Все учётные записи школы, приглашения и токены будут отключены."),
                gettext_lazy("Её код остаётся занятым: другая школа его не получит."),
                gettext_lazy("Показатели прошлых месяцев, в которых она учтена, не изменятся."),
            ),
            is_dangerous=True,
        ),
    )
}


def school_status(school: School) -> Status:
    """Return a school's state as a badge."""
    return Status(_KINDS[school.state], school.get_state_display())


def school_address(school: School) -> str:
    """Return the address at which a school opens."""
    scheme = "https" if settings.SESSION_COOKIE_SECURE else "http"
    return f"{scheme}://{host_of(school.code)}/"


def school_facts(school: School, *, former: list[str]) -> list[Fact]:
    """Return what the region knows of a school; nothing of its people."""
    facts = [
        Fact(_("Адрес"), host_of(school.code), school_address(school) if school.state == State.READY else ""),
        Fact(_("Код"), school.code),
        Fact(_("Район"), school.district.title if school.district else _("регионального подчинения")),
        Fact(_("Создана"), date_format(timezone.localtime(school.created_at), "d.m.Y")),
    ]
    if former:
        facts.insert(2, Fact(_("Прежние коды"), ", ".join(former)))
    return facts


def state_panel(actor: Actor, school: School) -> dict[str, object]:
    """Return the part of a school's page that depends on its state: badge, words, possible steps."""
    may_manage = bool(actor.has("schools.manage"))
    may_invite = bool(actor.has("schools.invite")) and school.state == State.READY
    is_closing = school.closing_on is not None and school.state == School.State.READY
    after = states_after(school.state, is_closing=is_closing)
    is_creating = school.state == State.CREATING
    return {
        "status": school_status(school),
        "is_creating": is_creating,
        "is_late": is_creating and timezone.now() - school.created_at > ASK_FOR_HELP_AFTER,
        "migration_error": "" if is_creating else migration_error(school),
        "is_failing": is_creating and bool(school.last_error),
        "moves": [
            (move.label, reverse("registry:school-state", args=[school.pk, move.slug]), move.is_dangerous)
            for move in MOVES.values()
            if may_manage and move.state in after
        ],
        "invite_url": f"{reverse('access:invite')}?school={school.pk}" if may_invite else "",
        "may_edit": may_manage and school.state != State.CLOSED,
        "is_closing": is_closing,
        "closing_url": (
            reverse("registry:school-closing", args=[school.pk]) if may_manage and school.state == State.READY else ""
        ),
    }
