"""Reference data of the region, with versions: changing a row makes a new version and never rewrites the past.

Whatever domain.md tags as recalled from federal texts is data here, so that an operator who holds the texts corrects
it without a release.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.reference.items import QUESTIONNAIRE_KINDS, QUESTIONNAIRE_ROLES

# One pass over a school's facts has 30 bits: roles, consent, kinds of people, and these.
MOST_AGE_RANGES = 20
CITING_PAPERS = [
    ("pairs", _("приказ об утверждении пар")),
    ("changes", _("приказ об изменениях в парах")),
]
CLEARANCE_RULES = [
    ("block", _("не допускать")),
    ("warn", _("предупреждать")),
    ("off", _("не спрашивать")),
]


class VersionedQuerySet(models.QuerySet[Any]):
    """Reads of versioned rows."""

    def now(self) -> Self:
        """Return the versions in force."""
        return self.filter(superseded_at__isnull=True)


class Versioned(models.Model):
    """One version of one entry. ``code`` names the entry for good, ``id`` names the version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("обозначение"), max_length=60)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)
    changed_by = models.UUIDField(null=True, blank=True, editable=False)
    source = models.CharField(_("основание"), max_length=300, blank=True)
    is_offered = models.BooleanField(_("предлагается школам"), default=True)

    objects = VersionedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="%(class)s_version"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(superseded_at__isnull=True), name="%(class)s_one_in_force"
            ),
        ]


class Form(Versioned):
    """A form of mentoring with its two sides: which kinds of people stand on each."""

    title = models.CharField(_("название"), max_length=120)
    mentor_kinds = models.JSONField(_("кто наставник"), default=list)
    mentee_kinds = models.JSONField(_("кто наставляемый"), default=list)
    is_mentor_outside = models.BooleanField(_("наставник не из школы"), default=False)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta(Versioned.Meta):
        ordering: ClassVar = ["position", "title"]

    def __str__(self) -> str:
        return self.title


class RoleVariant(Versioned):
    """A role model of a form, e.g. «лидер – пассивный»."""

    form_code = models.SlugField(_("форма"), max_length=60)
    title = models.CharField(_("название"), max_length=160)

    def __str__(self) -> str:
        return self.title


def _wording(words: Any) -> models.TextField[str, str]:
    return models.TextField(words, max_length=3000, blank=True, default="", db_default="")


class ConsentKind(Versioned):
    """A purpose with its own consent document; lines of its texts are paragraphs, an empty text leaves a blank."""

    title = models.CharField(_("название"), max_length=160)
    decides_counting = models.BooleanField(_("от него зависит охват"), default=False)
    is_of_minors = models.BooleanField(_("нужно только до 18 лет"), default=False, db_default=False)
    heading = models.CharField(_("заголовок документа"), max_length=200, blank=True, default="", db_default="")
    purpose = _wording(_("цель"))
    data_list = _wording(_("перечень данных"))
    processor = _wording(_("кто обрабатывает по поручению школы"))
    actions = _wording(_("действия и способы обработки"))
    term = _wording(_("срок"))
    withdrawal = _wording(_("порядок отзыва"))

    def __str__(self) -> str:
        return self.title


class ClearanceKind(Versioned):
    """A paper that a school may ask of a mentor from outside: of which kinds of people, for how long it usually lasts.

    ``by_default`` is what holds in a school that has not decided otherwise.
    """

    title = models.CharField(_("название"), max_length=160)
    asked_of = models.JSONField(_("с кого спрашивают"), default=list)
    usual_months = models.PositiveSmallIntegerField(_("обычный срок, месяцев"), null=True, blank=True)
    by_default = models.CharField(
        _("если школа не решила иначе"), max_length=5, choices=CLEARANCE_RULES, default="warn"
    )
    basis = models.CharField(_("правовое основание"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta(Versioned.Meta):
        ordering: ClassVar = ["position", "title"]

    def __str__(self) -> str:
        return self.title


class Definition(Versioned):
    """A definition of the coverage indicator: whose roles count, at what age, of which base."""

    title = models.CharField(_("название"), max_length=200)
    kinds = models.JSONField(_("кто считается"), default=list)
    roles = models.CharField(
        _("роль"),
        max_length=10,
        choices=[("any", _("любая")), ("mentee", _("наставляемый")), ("mentor", _("наставник"))],
    )
    age_from = models.PositiveSmallIntegerField(_("возраст с"), null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(_("возраст по"), null=True, blank=True)
    needs_consent = models.BooleanField(_("нужно согласие"), default=True)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta(Versioned.Meta):
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Keep the definitions in force within what one pass over a school's facts can tell apart.

        :raises ValidationError: when this would be one range of ages too many.
        """
        super().clean()
        others = Definition.objects.now().exclude(code=self.code).values_list("age_from", "age_to")
        if len({*others, (self.age_from, self.age_to)}) > MOST_AGE_RANGES:
            sentence = _("Разных возрастных границ у показателей не больше %(n)s: возьмите границы другого показателя.")
            raise ValidationError({"age_from": ValidationError(sentence, params={"n": MOST_AGE_RANGES})})


class Target(Versioned):
    """The value of a definition to be reached in a year. ``code`` is ``<definition>-<year>``."""

    definition_code = models.SlugField(_("показатель"), max_length=60)
    year = models.PositiveSmallIntegerField(_("год"))
    percent = models.DecimalField(_("процент"), max_digits=5, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.definition_code} {self.year}: {self.percent} %"


class LegalAct(Versioned):
    """An act cited as the legal basis of papers.

    ``papers`` are codes of ``CITING_PAPERS``; an order cites it when it has a pair of one of ``form_codes`` whose
    mentee may be one of ``mentee_kinds``, each empty for any.
    """

    title = models.CharField(_("название"), max_length=500)
    number = models.CharField(_("номер"), max_length=60, blank=True)
    issued_on = models.DateField(_("дата"), null=True, blank=True)
    level = models.CharField(
        _("уровень"),
        max_length=10,
        choices=[
            ("federal", _("федеральный")),
            ("regional", _("региональный")),
            ("municipal", _("муниципальный")),
        ],
    )
    url = models.URLField(_("ссылка"), blank=True)
    papers = models.JSONField(_("где на него ссылаются"), default=list, blank=True)
    form_codes = models.JSONField(_("в каких формах наставничества"), default=list, blank=True)
    mentee_kinds = models.JSONField(_("если наставляемый"), default=list, blank=True)

    def __str__(self) -> str:
        return self.title


class Profile(Versioned):
    """A methodology profile: the stages and tasks that a school's programme year is copied from.

    ``stages`` is a list of ``{"title", "tasks": [{"title", "term", "responsible", "result", "product"}]}``; a running
    year keeps its own copy and the version that it came from. ``mentee_kinds``: pairs with such mentees are governed by
    this profile wherever a year has it; empty for one that governs all the others. ``manners`` are its виды
    наставничества, offered where a pair's programme is written.
    """

    title = models.CharField(_("название"), max_length=160)
    base_word = models.CharField(
        _("как называют списки участников"), max_length=10, choices=[("base", _("база")), ("bank", _("банк"))]
    )
    programme_word = models.CharField(_("как называют программу"), max_length=100)
    mentee_kinds = models.JSONField(_("для кого профиль"), default=list, blank=True)
    manners = models.JSONField(
        _("виды наставничества"), default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    stages = models.JSONField(_("этапы"), default=list)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta(Versioned.Meta):
        ordering: ClassVar = ["position", "title"]

    def __str__(self) -> str:
        return self.title


class Questionnaire(Versioned):
    """What is asked of one role at one moment of the programme; without a form it serves every form.

    ``items`` are in the stored shape of ``tenants.reference.items``.
    """

    title = models.CharField(_("название"), max_length=200)
    kind = models.CharField(_("когда спрашивают"), max_length=20, choices=QUESTIONNAIRE_KINDS)
    role = models.CharField(_("кого спрашивают"), max_length=10, choices=QUESTIONNAIRE_ROLES)
    form_code = models.SlugField(_("форма"), max_length=60, blank=True)
    intro = models.CharField(_("вступление"), max_length=500, blank=True)
    items = models.JSONField(_("вопросы"), default=list)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta(Versioned.Meta):
        ordering: ClassVar = ["position", "title"]

    def __str__(self) -> str:
        return self.title
