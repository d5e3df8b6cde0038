"""Who may be written to by mail."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import ALLOWED, Actor, Decision, Denied
from core.mail.sending import is_on
from schools.people.domain import is_adult_on
from schools.people.models import Person


def may_have_mail(actor: Actor) -> Decision:
    """Whether somebody may give an address: adults alone, of a child no more is kept than is needed; one query."""
    if not is_on():
        return Denied(_("Почта у платформы не настроена: письма она не отправляет."))
    if any(grant.is_temporary for grant in actor.grants):
        return Denied(_("При временном доступе писем нет."))
    if actor.person_id is None:
        return ALLOWED
    born = Person.objects.filter(pk=actor.person_id).values_list("birth_date", flat=True).first()
    if born is not None and is_adult_on(born, timezone.localdate()):
        return ALLOWED
    return Denied(_("До 18 лет адрес почты не нужен: всё новое видно на сайте."))
