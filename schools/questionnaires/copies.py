"""The questionnaires a school asks by: the region's, and the school's own edited copies that stand in their place.

A copy keeps the code of what it was copied from, and its items keep theirs: matching and results read answers by them.
A change is a new version; a round goes on asking by the version it was opened with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.selectors import names_of
from core.audit.services import record
from core.authz import Actor, enforce
from schools.people.errors import Fault, FaultyActError
from schools.questionnaires import policies
from schools.questionnaires.models import Template
from tenants.reference.items import Item, ItemsError, checked_items, items_from
from tenants.reference.selectors import Questionnaire, questionnaires_now

LONGEST_TITLE, LONGEST_INTRO = 200, 500


@dataclass(frozen=True, slots=True)
class Offered:
    """A questionnaire as this school asks it now; ``items`` are as stored.

    ``id`` is the version's: of the school's copy, else of the region's. ``region_version`` is the number of the
    region's version in force, None when the region offers it no more.
    """

    id: UUID
    code: str
    version: int
    title: str
    kind: str
    role: str
    form_code: str
    intro: str
    items: tuple[dict[str, Any], ...]
    is_own: bool
    region_version: int | None

    @property
    def questions(self) -> tuple[Item, ...]:
        """Return the items as they are asked."""
        return items_from(self.items)


def offered_here() -> list[Offered]:
    """Return the questionnaires this school asks by, in the region's order, then those the region offers no more.

    One query of the school's.
    """
    own = {row.code: row for row in Template.objects.filter(region_version=None, superseded_at=None).order_by("title")}
    rows = [
        _own(own.pop(known.code), known.version) if known.code in own else _regional(known)
        for known in questionnaires_now()
    ]
    return [*rows, *(_own(row, None) for row in own.values())]


def offered_by_code(code: str) -> Offered:
    """Return one questionnaire.

    :raises Http404: this school asks by none of this code.
    """
    found = next((row for row in offered_here() if row.code == code), None)
    if found is None:
        raise Http404
    return found


def _own(row: Template, region_version: int | None) -> Offered:
    return Offered(
        row.pk, row.code, row.version, row.title, row.kind, row.role, row.form_code, row.intro, tuple(row.items),
        is_own=True, region_version=region_version,
    )  # fmt: skip


def _regional(row: Questionnaire) -> Offered:
    return Offered(
        row.id, row.code, row.version, row.title, row.kind, row.role, row.form_code, row.intro, row.items,
        is_own=False, region_version=row.version,
    )  # fmt: skip


def own_versions(code: str) -> list[Template]:
    """Return the versions of the school's copy of a questionnaire, the latest first."""
    return list(Template.objects.filter(code=code, region_version=None).order_by("-version"))


def kept_template(known: Offered) -> Template:
    """Return the row that rounds of a questionnaire point at; of the region's a copy is kept when it is first asked."""
    if known.is_own:
        return Template.objects.get(pk=known.id)
    row, _is_new = Template.objects.get_or_create(
        code=known.code,
        version=known.version,
        region_version=known.id,
        defaults={
            "title": known.title,
            "kind": known.kind,
            "role": known.role,
            "form_code": known.form_code,
            "intro": known.intro,
            "items": list(known.items),
            "created_at": timezone.now(),
        },
    )
    return row


def edit_template(
    *, actor: Actor, code: str, based_on: UUID, title: str, intro: str, items: Sequence[Mapping[str, Any]]
) -> Template:
    """Make the school's next version of a questionnaire; the first one is a copy of the region's, changed.

    ``items`` are rows as :func:`tenants.reference.items.checked_items` reads them. Rounds that are open, and what was
    answered in them, stay with the version they were opened with.

    :raises FaultyActError: what was typed cannot be asked, nothing is changed, or somebody changed it meanwhile.
    :raises Http404: this school asks by none of this code.
    :raises RefusedError: when the actor does not edit questionnaires.
    """
    enforce(policies.may_edit_templates(actor))
    known = offered_by_code(code)
    if known.id != based_on:
        raise _stale(known)
    typed = _checked(known, title, intro, items)
    if typed == {"title": known.title, "intro": known.intro, "items": list(known.items)}:
        raise FaultyActError.of("unchanged", _("Вы ничего не изменили."), "")
    with transaction.atomic():
        made = _next_version(actor, known, typed)
        record(
            actor=actor,
            action="questionnaires.template_changed",
            object_type="questionnaires.template",
            object_id=made.pk,
            details={"code": code, "version": made.version},
        )
    return made


def _checked(known: Offered, title: str, intro: str, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    title, intro, faults = " ".join(title.split()), " ".join(intro.split()), list[Fault]()
    if not title or len(title) > LONGEST_TITLE:
        faults.append(Fault("bad_title", _("Нужно название не длиннее 200 знаков."), "title"))
    if len(intro) > LONGEST_INTRO:
        faults.append(Fault("bad_intro", _("Вступление длиннее 500 знаков."), "intro"))
    try:
        rows = checked_items(items, known.items)
    except ItemsError as error:
        faults += [Fault("bad_items", sentence, "items") for sentence in error.sentences]
    if faults:
        raise FaultyActError(*faults)
    return {"title": title, "intro": intro, "items": rows}


def _next_version(actor: Actor, known: Offered, typed: Mapping[str, Any]) -> Template:
    if known.is_own and not _end(known.id):
        raise _stale(known)
    last = Template.objects.filter(code=known.code, region_version=None).aggregate(last=Max("version"))["last"] or 0
    try:
        with transaction.atomic():
            return Template.objects.create(
                code=known.code,
                version=last + 1,
                kind=known.kind,
                role=known.role,
                form_code=known.form_code,
                created_at=timezone.now(),
                created_by=actor.pk,
                **typed,
            )
    except IntegrityError as error:
        raise _stale(known) from error


def _end(template_id: UUID) -> int:
    return Template.objects.filter(pk=template_id, superseded_at=None).update(superseded_at=timezone.now())


def _stale(now: Offered) -> FaultyActError:
    """Return the refusal of who comes second; what stands now is a version of its own and is lost by nothing."""
    made = Template.objects.filter(pk=now.id, region_version=None).first()
    who = names_of([made.created_by]).get(str(made.created_by), "—") if made else ""
    sentence = (
        _(
            "Пока вы писали, анкету изменил другой сотрудник: %(who)s. Его редакция – на странице анкеты. Если "
            "сохранить ещё раз, спрашивать будут по вашей, а та останется среди прежних."
        )
        % {"who": who}
        if made
        else _("Пока вы писали, школа вернулась к анкете региона. Если сохранить ещё раз, спрашивать будут по вашей.")
    )
    return FaultyActError.of("stale", sentence)


def return_to_region(*, actor: Actor, code: str) -> None:
    """Ask by the region's questionnaire again; the school's versions stay with the rounds that were opened with them.

    :raises FaultyActError: the school has no copy of its own, or the region offers no such questionnaire any more.
    :raises Http404: this school asks by none of this code.
    :raises RefusedError: when the actor does not edit questionnaires.
    """
    enforce(policies.may_edit_templates(actor))
    known = offered_by_code(code)
    if not known.is_own:
        raise FaultyActError.of("not_own", _("Школа и так спрашивает по анкете региона."))
    if known.region_version is None:
        raise FaultyActError.of("no_region", _("Такой анкеты в регионе больше нет: вернуть её нельзя."))
    with transaction.atomic():
        if not _end(known.id):
            raise _stale(known)
        record(
            actor=actor,
            action="questionnaires.template_returned",
            object_type="questionnaires.template",
            object_id=known.id,
            details={"code": code},
        )
