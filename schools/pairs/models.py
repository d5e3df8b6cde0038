"""Pairs and groups, and the orders that make them effective."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from schools.pairs.domain import EndCode, Outcome, Side, Wish
from schools.people.models import Person

END_TITLES = {
    EndCode.COMPLETED: _("Программа завершена"),
    EndCode.MENTEE_WISH: _("По желанию наставляемого"),
    EndCode.MENTOR_WISH: _("По желанию наставника"),
    EndCode.MENTOR_CHANGED: _("Смена наставника"),
    EndCode.LEFT: _("Участник выбыл из школы"),
    EndCode.OTHER: _("Другая причина"),
}
END_CHOICES = [(code.value, title) for code, title in END_TITLES.items()]
SIDE_CHOICES = [
    (Side.MENTOR.value, _("наставник")),
    (Side.MENTEE.value, _("наставляемый")),
    (Side.PARENT.value, _("родитель")),
]
WISH_CHOICES = [
    (Wish.TIME.value, _("Не совпадает время")),
    (Wish.INTERESTS.value, _("Разные интересы")),
    (Wish.CONTACT.value, _("Трудно находить общий язык")),
    (Wish.OTHER.value, _("Другое")),
]
OUTCOME_CHOICES = [
    (Outcome.CHANGED.value, _("Партнёр меняется")),
    (Outcome.TALKED.value, _("Поговорили, пара продолжает")),
    (Outcome.KEPT.value, _("Пока без изменений")),
    (Outcome.WITHDRAWN.value, _("Просьба отозвана")),
]


class Order(models.Model):
    """An order of the school. Number and date are typed by people; pairs count only under an order that has both.

    An order that ``cancels`` another holds no pairs; of the cancelled one those stay that were in force before it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("номер приказа"), max_length=60, blank=True)
    signed_on = models.DateField(_("дата приказа"), null=True, blank=True)
    approved_by = models.UUIDField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    cancels = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cancelled_by",
        verbose_name=_("отменяет приказ"),
    )
    created_at = models.DateTimeField()

    # On the object alone, by the act that cancels: the pairs of substitutes that ended with those of the other order.
    ended_with: Sequence[Pair] = ()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "signed_on"], name="order_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        number = self.number or gettext("б/н")
        day = f"{self.signed_on:%d.%m.%Y}" if self.signed_on else gettext("без даты")
        return gettext("№ %(number)s от %(day)s") % {"number": number, "day": day}

    @property
    def is_complete(self) -> bool:
        """Tell whether the order has number and date; pairs count only under one that has."""
        return bool(self.number) and self.signed_on is not None


class Group(models.Model):
    """A group led by one mentor; its pairs are its members."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("название группы"), max_length=160)

    def __str__(self) -> str:
        return self.title


class Pair(models.Model):
    """A mentor and a mentee in one form, from a first day to a last day (both included).

    ``counts_from``: it was another school's, which was merged into this one on that day. ``ended_by`` is the order
    that put its end on paper; it ended by its last day, whether there is one or not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mentor = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="pairs_as_mentor", verbose_name=_("наставник")
    )
    mentee = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="pairs_as_mentee", verbose_name=_("наставляемый")
    )
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="pairs")
    form_code = models.SlugField(_("форма наставничества"), max_length=60)
    role_variant = models.CharField(_("ролевая модель"), max_length=160, blank=True)
    starts_on = models.DateField(_("дата начала"))
    ends_on = models.DateField(_("дата завершения"), null=True, blank=True)
    # A database default, because imports insert by COPY with the columns they know.
    end_reason = models.CharField(_("причина завершения"), max_length=200, blank=True, default="", db_default="")
    end_code = models.CharField(
        _("код причины завершения"), max_length=20, choices=END_CHOICES, blank=True, default="", db_default=""
    )
    # Stands in for the mentor of the pair it ``replaces``, which goes on.
    is_substitute = models.BooleanField(_("замещающий наставник"), default=False, db_default=False)
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.PROTECT, related_name="pairs")
    # Of no use without the order's own page, where the whole table is small: no index.
    ended_by = models.ForeignKey(
        Order,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="endings",
        db_index=False,
        verbose_name=_("завершена приказом"),
    )
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by")
    counts_from = models.DateField(_("учитывается с"), null=True, editable=False)
    created_at = models.DateTimeField()

    # On the object alone, by the act that ended it: the pairs of substitutes that ended with it.
    ended_with: Sequence[Pair] = ()
    # And by an act upon a whole group: the other pairs to which the same was done.
    with_group: Sequence[Pair] = ()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mentor", "mentee", "form_code", "starts_on"], name="pair_once"),
            models.CheckConstraint(condition=~models.Q(mentor=models.F("mentee")), name="mentor_is_another"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="pair_period",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["starts_on"], name="pair_by_start")]

    def __str__(self) -> str:
        return f"{self.form_code} {self.starts_on}"


class PartnerRequest(models.Model):
    """A request for another partner, which blames nobody: for whoever settles it, and never for the other side."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="partner_requests")
    side = models.CharField(_("кто просит"), max_length=6, choices=SIDE_CHOICES)
    wish = models.CharField(_("почему"), max_length=10, choices=WISH_CHOICES)
    words = models.CharField(_("своими словами"), max_length=500, blank=True)
    asked_by = models.UUIDField(_("кто попросил (номер учётной записи)"))
    asked_at = models.DateTimeField(_("когда попросил"))
    outcome = models.CharField(_("решение"), max_length=10, choices=OUTCOME_CHOICES, blank=True)
    settled_by = models.UUIDField(_("кто решил (номер учётной записи)"), null=True, blank=True)
    settled_at = models.DateTimeField(_("когда решено"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            # Asked twice by the same person while the first waits, it is one request.
            models.UniqueConstraint(
                fields=["pair", "asked_by"], condition=models.Q(outcome=""), name="one_request_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.asked_at:%d.%m.%Y}"
