"""How training is said on screen."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from core.ui.components import Status
from core.ui.numbers import plural_form
from schools.people.models import Person
from schools.training.models import Training
from schools.training.selectors import trained


def untrained(name: str) -> str:
    """Return what whoever puts an untrained mentor into a pair is warned about; training is no condition of a pair."""
    sentence = _("%(name)s: обучение наставника не пройдено, записи о нём нет. Наставников обучают до начала работы.")
    return sentence % {"name": name}


def remarks_on_training(mentor: Person, day: date) -> list[str]:
    """Return what to check about a mentor's training: nothing once some is finished; one query."""
    return [] if trained([mentor.pk], day) else [untrained(mentor.full_name)]


def status_of_training(is_trained: bool) -> Status:
    """Return whether somebody has had any training, in a word."""
    return Status("ok", _("Обучен")) if is_trained else Status("wait", _("Обучения нет"))


def term_of_training(row: Training) -> str:
    """Return when it was: «10.08.2026 – 25.08.2026», or the one day."""
    last = f"{row.finished_on:%d.%m.%Y}"
    return last if row.begun_on in (None, row.finished_on) else f"{row.begun_on:%d.%m.%Y} – {last}"


def hours_in_words(hours: int | None) -> str:
    """Return hours: «36 часов»; empty when nobody said."""
    return "" if hours is None else f"{hours} {plural_form(hours, _('час|часа|часов'))}"
