"""What ends in questionnaires when somebody leaves or takes back his consent: nobody waits, his link opens nothing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.authz import Actor
from schools.consents.consequences import register_consequence
from schools.consents.domain import PARTICIPATION
from schools.consents.models import Consent
from schools.consents.selectors import deciding_kinds
from schools.people.leaving import Left, register_leaving
from schools.people.models import Person
from schools.questionnaires.models import Response
from schools.questionnaires.selectors import UNANSWERED


def tell_of_answers(actor: Actor, person: Person) -> list[Left]:
    """Say how many questionnaires are not waited for any more; what he has sent stays in the results."""
    rows = Response.objects.filter(person=person, state__in=UNANSWERED, round__closed_at__isnull=True)
    count = rows.count()
    return [Left(_("Анкеты, которых от него больше не ждут: %(count)s.") % {"count": count})] if count else []


def tell_of_withdrawal(actor: Actor, consent: Consent) -> list[str]:
    """Say the same before a consent to keep data, or to take part, is taken back."""
    if consent.kind not in {*deciding_kinds(), PARTICIPATION}:
        return []
    told = [left.sentence for left in tell_of_answers(actor, consent.person)]
    return [*told, _("Его личные ссылки на анкеты перестанут открываться.")] if told else []


def register() -> None:
    """See to questionnaires of those who leave or take back their consent."""
    register_leaving("questionnaires", (Response,), tell_of_answers)
    register_consequence(tell_of_withdrawal)
