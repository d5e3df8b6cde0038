"""What a withdrawn consent means for pairs: they go on until somebody decides otherwise."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import Actor
from schools.consents.consequences import register_consequence
from schools.consents.domain import PARTICIPATION
from schools.consents.models import Consent
from schools.consents.selectors import deciding_kinds
from schools.pairs.selectors import pairs_visible_to, with_people


def tell_of_pairs(actor: Actor, consent: Consent) -> list[str]:
    """Return a sentence about each pair of the person that has not ended, as far as the actor sees pairs."""
    if consent.kind not in {*deciding_kinds(), PARTICIPATION} or not actor.has("pairs.view"):
        return []
    day = timezone.localdate()
    person = consent.person
    of_person = Q(mentor=person) | Q(mentee=person)
    rows = pairs_visible_to(actor).filter(of_person, Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    told = []
    for pair in with_people(rows).order_by("starts_on", "pk")[:20]:
        partner = pair.mentee if pair.mentor_id == person.pk else pair.mentor
        if consent.kind == PARTICIPATION:
            words = _("Пара с %(name)s останется, с пометкой «отозвано согласие на участие»: решите, завершать ли её.")
        else:
            words = _("Пара с %(name)s останется, с пометкой «нет согласия»: решите, завершать ли её.")
        told.append(words % {"name": partner.full_name})
    return told


def register() -> None:
    """Speak up before a consent is withdrawn."""
    register_consequence(tell_of_pairs)
