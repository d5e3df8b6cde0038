"""What somebody's leaving ends in questionnaires: nobody waits for his answers, and his link opens nothing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.authz import Actor
from schools.people.leaving import Left, register_leaving
from schools.people.models import Person
from schools.questionnaires.models import Response
from schools.questionnaires.selectors import UNANSWERED


def tell_of_answers(actor: Actor, person: Person) -> list[Left]:
    """Say how many questionnaires are not waited for any more; what he has sent stays in the results."""
    rows = Response.objects.filter(person=person, state__in=UNANSWERED, round__closed_at__isnull=True)
    count = rows.count()
    return [Left(_("Анкеты, которых от него больше не ждут: %(count)s.") % {"count": count})] if count else []


def register() -> None:
    """See to questionnaires of those who leave."""
    register_leaving("questionnaires", (Response,), tell_of_answers)
