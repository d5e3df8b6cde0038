"""What stands on every paper of the school, the texts of signed orders, and scans of papers that were signed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.papers import PDF
from schools.consents.models import Consent
from schools.meetings.models import Meeting
from schools.pairs.models import Order
from schools.papers.intake import ENDINGS, JPEG


class Requisites(models.Model):
    """The school's requisites: one row a school; none, or an empty field: the register's title, or a blank."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    full_name = models.CharField(_("полное наименование"), max_length=300, blank=True)
    address = models.CharField(_("адрес"), max_length=300, blank=True)
    place = models.CharField(_("место издания приказов"), max_length=120, blank=True)
    director_post = models.CharField(_("должность руководителя"), max_length=120, blank=True)
    director_name = models.CharField(_("ФИО руководителя"), max_length=300, blank=True)
    only = models.BooleanField(default=True, unique=True, editable=False)

    def __str__(self) -> str:
        return self.full_name


class OrderText(models.Model):
    """The text of an order as it was when it was signed: whatever is renamed afterwards, this paper says what it said.

    ``lines`` are those of ``schools.papers.lines`` in the shape ``format``; ``reference`` tells the versions of the
    reference data they were made from, by kind and code. ``people`` are all whom the lines name: cards, and logins that
    were tied to none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.OneToOneField(
        Order, on_delete=models.CASCADE, related_name="kept_text", verbose_name=_("приказ"), editable=False
    )
    lines = models.JSONField(_("текст"))
    people = ArrayField(models.UUIDField(), default=list, verbose_name=_("о ком приказ"))
    reference = models.JSONField(_("версии справочников"), default=dict)
    format = models.PositiveSmallIntegerField(_("версия записи текста"))
    # Of an order that was not signed here: the day its text was made, for want of what stood on the paper.
    is_made_later = models.BooleanField(_("составлен позже подписания"), default=False)
    kept_at = models.DateTimeField(_("когда сохранён"))

    def __str__(self) -> str:
        return f"{self.kept_at:%d.%m.%Y}"


class Attachment(models.Model):
    """A scan or a photograph of a paper: of a consent, of an order, or of what was done at a meeting.

    ``content`` is what ``schools.papers.intake`` made of the file that was brought; the name it had is not kept.
    """

    MEDIA: ClassVar = [(PDF, _("PDF")), (JPEG, _("изображение"))]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consent = models.ForeignKey(
        Consent, null=True, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("согласие")
    )
    order = models.ForeignKey(
        Order, null=True, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("приказ")
    )
    meeting = models.ForeignKey(
        Meeting, null=True, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("встреча")
    )
    media = models.CharField(_("вид файла"), max_length=20, choices=MEDIA)
    size_bytes = models.PositiveIntegerField(_("размер, байт"))
    # Null while an archive is loaded: rows come first, then their files.
    content = models.BinaryField(_("файл"), null=True)
    added_by = models.UUIDField(_("кто добавил (номер учётной записи)"), null=True)
    added_at = models.DateTimeField(_("когда добавлен"))

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(consent__isnull=False, order__isnull=True, meeting__isnull=True)
                | models.Q(consent__isnull=True, order__isnull=False, meeting__isnull=True)
                | models.Q(consent__isnull=True, order__isnull=True, meeting__isnull=False),
                name="attachment_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_media_display()} {self.added_at:%d.%m.%Y}"

    @property
    def file_name(self) -> str:
        """Return the name under which the file is given: it says nothing of anybody."""
        return f"skan-{str(self.pk)[:8]}.{ENDINGS[self.media]}"
