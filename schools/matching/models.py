"""A round of matching: who takes part, what the group meeting said, what was computed, who was asked."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.matching.domain.proposals import ProposalState
from schools.pairs.models import Pair
from schools.people.models import Person


class Round(models.Model):
    """One matching («подбор») of one form. ``version`` grows with every change of its board."""

    class State(models.TextChoices):
        """How far a round is; the steps before publication guide and lock nothing."""

        OPEN = "open", _("готовится")
        PUBLISHED = "published", _("опубликован")
        CLOSED = "closed", _("закрыт")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_code = models.SlugField(_("форма наставничества"), max_length=60)
    title = models.CharField(_("название"), max_length=160)
    meeting_on = models.DateField(_("день групповой встречи"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    answer_days = models.PositiveSmallIntegerField(_("дней на ответ"), default=5)
    # The days and the role variant of the pairs, chosen with the publication.
    terms = models.JSONField(default=dict)
    # Titles of the groups by the text of their numbers; an empty title is made of the mentor's name.
    groups = models.JSONField(default=dict)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title


class Candidate(models.Model):
    """Somebody on one side of a round, and for a mentee the row of the board.

    ``number`` is what he is called at the group meeting, from 1 on each side. ``preferences`` (ranked, at most three)
    and ``vetoes`` are lists of ids of candidates of the other side; ``bans`` of a mentee are the mentors whom the
    curator has ruled out. ``wishes`` is ``{"age_from", "age_to"}`` in full years, either may be missing.
    ``changed_version`` is the version of the board that last changed the row. ``group`` is the number of the group with
    which a mentee goes: all of it to one mentor, locked together or not at all.
    """

    class Side(models.TextChoices):
        """The two sides of a form."""

        MENTOR = "mentor", _("наставник")
        MENTEE = "mentee", _("наставляемый")

    class Source(models.TextChoices):
        """Where the wish to take part is recorded."""

        CURATOR = "curator", _("записал куратор")
        QUESTIONNAIRE = "questionnaire", _("заполнена анкета")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="candidates")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="candidacies")
    side = models.CharField(max_length=6, choices=Side)
    number = models.PositiveSmallIntegerField(_("номер"))
    source = models.CharField(max_length=13, choices=Source, default=Source.CURATOR)
    capacity = models.PositiveSmallIntegerField(_("сколько наставляемых готов взять"), default=1)
    wishes = models.JSONField(default=dict)
    preferences = models.JSONField(default=list)
    vetoes = models.JSONField(default=list)
    bans = models.JSONField(default=list)
    partner = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="partners")
    is_locked = models.BooleanField(default=False)
    group = models.PositiveSmallIntegerField(_("номер группы"), null=True)
    changed_version = models.PositiveIntegerField(default=0)
    changed_by = models.UUIDField(null=True)
    # Left the round, by his own word or because he left the school: what was asked of him stays in the history.
    out_at = models.DateTimeField(null=True)
    waiting_since = models.DateField(_("ждёт с"), null=True)
    has_support = models.BooleanField(_("психологическое сопровождение"), default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "side", "number"], name="candidate_number_once"),
            models.UniqueConstraint(fields=["person", "round", "side"], name="candidate_once"),
            models.CheckConstraint(condition=models.Q(capacity__gte=1), name="candidate_takes_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.number}"


class Support(models.Model):
    """«Психологическое сопровождение» of somebody who waits for a mentor beside the rounds, or that he waits no more.

    It is of the wait in which it was marked, and says nothing of a later one. A candidate has his own mark of support.
    With ``end_code`` the wait was ended, for the reason of that code, in whatever list he stood.
    """

    class End(models.TextChoices):
        """Why somebody waits no more; none blames anybody."""

        NO_WISH = "no_wish", _("Больше не хочет участвовать")
        NO_NEED = "no_need", _("Помощь больше не нужна")
        MISTAKE = "mistake", _("Записан по ошибке")
        OTHER = "other", _("Другая причина")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="waiting_support")
    marked_by = models.UUIDField(_("кто отметил (номер учётной записи)"), null=True, editable=False)
    marked_at = models.DateTimeField(_("когда отмечено"), editable=False)
    end_code = models.CharField(
        _("почему больше не ждёт"), max_length=10, choices=End, blank=True, default="", db_default=""
    )

    def __str__(self) -> str:
        return f"{self.marked_at:%d.%m.%Y}"


class Run(models.Model):
    """One computation of a round, made by the worker and verified by the separate checker.

    ``result``, ``certificate`` and ``report`` hold keys of people (ids), numbers and codes of ``domain``; ``inputs`` is
    the hash of everything the run looked at, by which a board knows that something has changed since.
    """

    class Mode(models.TextChoices):
        """How a run chooses."""

        OPTIMAL = "optimal", _("наибольшее общее соответствие")
        STABLE = "stable", _("устойчивые пары")

    class State(models.TextChoices):
        """How far a run is."""

        QUEUED = "queued", _("ждёт")
        RUNNING = "running", _("идёт")
        DONE = "done", _("готов")
        FAILED = "failed", _("не получился")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="runs")
    mode = models.CharField(max_length=8, choices=Mode)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    inputs = models.CharField(max_length=64, blank=True)
    # What was asked, so that it can be verified and explained later: keys, places, locked pairs; two bytes a pair.
    asked = models.JSONField(default=dict)
    # Empty until computed: archives keep bytes as files and know NULL alone.
    scores = models.BinaryField(null=True)
    result = models.JSONField(default=dict)
    certificate = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    # Of a run that failed: a code, and the people it is about.
    failure = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.mode} {self.state}"


class Proposal(models.Model):
    """Two people asked whether they want to work together; the states are those of ``domain.proposals``.

    ``reason`` is the code of whoever declined, and never shown to the other. ``attempt`` counts the mentors who were
    proposed to the mentee in this round, from 1. ``options`` are ids of the mentors among whom the mentee chooses, the
    one of the board first: as long as there are any, no mentor has been asked or told, ``mentor`` neither.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mentor = models.ForeignKey(
        Candidate, on_delete=models.CASCADE, related_name="asked_as_mentor", verbose_name=_("наставник")
    )
    mentee = models.ForeignKey(
        Candidate, on_delete=models.CASCADE, related_name="asked_as_mentee", verbose_name=_("наставляемый")
    )
    attempt = models.PositiveSmallIntegerField(default=1)
    options = models.JSONField(
        _("сколько наставников на выбор"), default=list, db_default=models.Value([], models.JSONField())
    )
    state = models.CharField(max_length=9, default=ProposalState.OPEN)
    mentor_answer = models.CharField(_("ответ наставника"), max_length=3, blank=True)
    mentee_answer = models.CharField(_("ответ наставляемого"), max_length=3, blank=True)
    reason = models.CharField(_("почему отказ"), max_length=12, blank=True)
    asked_at = models.DateTimeField()
    expires_on = models.DateField(_("ответить до"))
    closed_at = models.DateTimeField(null=True)
    pair = models.ForeignKey(Pair, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mentee"], condition=models.Q(state=ProposalState.OPEN), name="one_open_proposal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.expires_on}"
