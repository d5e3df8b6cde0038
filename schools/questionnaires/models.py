"""Templates as a school uses them, rounds of asking, and what each person answered."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.pairs.models import Pair
from schools.people.models import Person
from schools.questionnaires.domain import ResponseState
from tenants.reference.items import QUESTIONNAIRE_KINDS, QUESTIONNAIRE_ROLES


class Template(models.Model):
    """One version of a questionnaire: a snapshot of the region's (``region_version`` is its id) or the school's own.

    A row is never changed but for its end: rounds point at exactly what was asked. ``items`` are in the stored shape of
    ``tenants.reference.items``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    region_version = models.UUIDField(null=True)
    title = models.CharField(_("название"), max_length=200)
    kind = models.CharField(_("когда спрашивают"), max_length=20, choices=QUESTIONNAIRE_KINDS)
    role = models.CharField(_("кого спрашивают"), max_length=10, choices=QUESTIONNAIRE_ROLES)
    form_code = models.SlugField(_("форма"), max_length=60, blank=True)
    intro = models.CharField(_("вступление"), max_length=500, blank=True)
    items = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "version", "region_version"], name="template_version", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_own(self) -> bool:
        """Tell whether the school changed it: a version of its own, not the region's."""
        return self.region_version is None


class Round(models.Model):
    """One asking: a version of a template, put to people from a day on. ``form_code`` is empty for all forms."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="rounds")
    title = models.CharField(_("название"), max_length=200)
    form_code = models.SlugField(_("форма"), max_length=60, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    due_on = models.DateField(_("ответить до"), null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-opened_at", "pk"]

    def __str__(self) -> str:
        return self.title


class Response(models.Model):
    """What one person is asked in a round, about a pair or about himself.

    ``answers`` are those submitted last, by code of item; ``draft`` is what is being filled in and counts nowhere.
    ``revision`` grows with each write. ``link_hash`` is a keyed hash of the personal link, which nobody can read back;
    empty without a link.
    """

    class Channel(models.TextChoices):
        """How the answers came."""

        ACCOUNT = "account", _("в личном кабинете")
        PAPER = "paper", _("с бумаги")
        LINK = "link", _("по личной ссылке")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="responses")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="questionnaire_responses")
    pair = models.ForeignKey(
        Pair, null=True, on_delete=models.SET_NULL, related_name="questionnaire_responses", verbose_name=_("о паре")
    )
    state = models.CharField(
        max_length=10,
        default=ResponseState.ASKED,
        choices=[
            (ResponseState.ASKED, _("Ждёт ответа")),
            (ResponseState.DRAFT, _("Начата")),
            (ResponseState.SUBMITTED, _("Ответ получен")),
            (ResponseState.REOPENED, _("Возвращена для исправления")),
        ],
    )
    answers = models.JSONField(default=dict)
    draft = models.JSONField(default=dict)
    channel = models.CharField(max_length=8, blank=True, choices=Channel)
    filled_by = models.UUIDField(null=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    link_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    link_expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # A pair that goes leaves its answers behind, and may leave two: those without a pair are kept apart by
            # the lock on their round alone.
            models.UniqueConstraint(fields=["round", "person", "pair"], name="response_once"),
            models.UniqueConstraint(fields=["link_hash"], condition=~models.Q(link_hash=""), name="link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.state}"

    @property
    def is_own(self) -> bool:
        """Tell whether the person answers himself, in his account or by his link: nobody writes over that."""
        return self.channel in (Response.Channel.ACCOUNT, Response.Channel.LINK)

    @property
    def shown(self) -> dict[str, Any]:
        """Return what its owner, or whoever enters it from paper, goes on with; sent back, that is what was sent."""
        if self.state == ResponseState.SUBMITTED:
            return dict(self.answers)
        return dict(self.draft or (self.answers if self.state == ResponseState.REOPENED else {}))

    @property
    def other(self) -> Person | None:
        """Return the other one of the pair that is asked about; None without a pair."""
        if self.pair is None:
            return None
        return self.pair.mentee if self.pair.mentor_id == self.person_id else self.pair.mentor

    @property
    def about(self) -> str:
        """Return the name of the other one of the pair that is asked about; empty without a pair.

        A mentor of three is asked three times: by this he tells them apart.
        """
        return self.other.full_name if self.other else ""
