"""People of a school: who they are, what they are here, and from when to when."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonKindChoice(models.TextChoices):
    """What a person can be; additive: the head may also be a mentor and a parent."""

    PUPIL = "pupil", _("обучающийся")
    TEACHER = "teacher", _("педагог")
    STAFF = "staff", _("сотрудник")
    PARENT = "parent", _("родитель")
    ALUMNUS = "alumnus", _("выпускник")
    STUDENT = "student", _("студент")
    ENTERPRISE = "enterprise", _("сотрудник предприятия")
    OTHER = "other", _("другое")


class Person(models.Model):
    """A person known to the school.

    ``folded_name`` is the name as it is compared (case, spaces and ё folded). ``name_key`` and ``snils_key`` are keyed
    hashes by which the region counts people once without knowing them; they are recomputed with every change.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    surname = models.CharField(_("фамилия"), max_length=100)
    name = models.CharField(_("имя"), max_length=100)
    patronymic = models.CharField(_("отчество"), max_length=100, blank=True)
    folded_name = models.CharField(max_length=310, editable=False)
    birth_date = models.DateField(_("дата рождения"))
    sex = models.CharField(_("пол"), max_length=1, blank=True, choices=[("m", _("мужской")), ("f", _("женский"))])
    snils = models.CharField(_("СНИЛС"), max_length=11, blank=True)
    name_key = models.CharField(max_length=32, editable=False)
    snils_key = models.CharField(max_length=32, blank=True, editable=False)
    phone = models.CharField(_("телефон"), max_length=40, blank=True)
    email = models.EmailField(_("электронная почта"), blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # Set: nothing of the person is left but that somebody stood in pairs under orders (``schools.rights``).
    destroyed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["folded_name", "birth_date"], name="person_by_name"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(snils__regex=r"^([0-9]{11})?$"), name="snils_is_11_digits"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Return «Фамилия Имя Отчество»."""
        return " ".join(part for part in (self.surname, self.name, self.patronymic) if part)


class PersonKind(models.Model):
    """One kind of one person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="kinds")
    kind = models.CharField(max_length=12, choices=PersonKindChoice)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "kind"], name="kind_once")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class SchoolClass(models.Model):
    """A class of a school year."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grade = models.PositiveSmallIntegerField(_("параллель"), null=True)
    letter = models.CharField(_("литера"), max_length=20, blank=True)
    title = models.CharField(_("класс"), max_length=30, unique=True)

    class Meta:
        ordering: ClassVar = ["grade", "letter"]

    def __str__(self) -> str:
        return self.title


class Enrolment(models.Model):
    """An interval in which a person studies or works here. The day of leaving is not a day of enrolment.

    ``is_continuation``: it goes on from another that ended on its first day, in the next class. Lists then give the
    date of the first of them, and speak of the last. ``counts_from``: it was another school's, which was merged into
    this one on that day; before it, it counts there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="enrolments")
    kind = models.CharField(max_length=12, choices=PersonKindChoice)
    school_class = models.ForeignKey(
        SchoolClass,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="enrolments",
        verbose_name=_("класс"),
    )
    post = models.CharField(_("должность"), max_length=160, blank=True)
    experience_years = models.PositiveSmallIntegerField(_("стаж, лет"), null=True, blank=True)
    admitted_on = models.DateField(_("дата зачисления"))
    left_on = models.DateField(_("дата выбытия"), null=True, blank=True)
    # A database default, because imports insert by COPY with the columns they know.
    is_continuation = models.BooleanField(default=False, db_default=False, editable=False)
    counts_from = models.DateField(_("учитывается с"), null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind", "admitted_on"], name="enrolment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.admitted_on}"


class Guardianship(models.Model):
    """A legal representative of a person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guardian = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="wards")
    ward = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="guardians")
    kinship = models.CharField(_("кем приходится"), max_length=40)
    from_date = models.DateField(null=True, blank=True)
    to_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["guardian", "ward"], name="guardian_once"),
            models.CheckConstraint(condition=~models.Q(guardian=models.F("ward")), name="guardian_is_another"),
        ]

    def __str__(self) -> str:
        return self.kinship


class FormerName(models.Model):
    """A name that a person had before: papers and older lists go on calling him so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="former_names")
    full_name = models.CharField(_("прежнее имя"), max_length=310)
    folded_name = models.CharField(max_length=310)
    until = models.DateField(_("до"))

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "folded_name"], name="former_name_once")]

    def __str__(self) -> str:
        return self.full_name


class MergedPerson(models.Model):
    """A second card of somebody, which is no more: ``id`` was its id, and its address leads to the card that stays."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merged_cards")
    merged_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class NotTheSame(models.Model):
    """Two cards that look like one person and are not: twins, namesakes. ``first`` has the smaller id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="told_apart_as_first")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="told_apart_as_second")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["first", "second"], name="told_apart_once")]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class Rollover(models.Model):
    """The move of the school's classes into a school year: a plan until it is done, then what it did.

    ``school_year`` is its first calendar year. ``classes`` maps ids of classes to ``{"outcome", "title"}``, ``people``
    ids of enrolments to the outcome of those who do otherwise than their class. Done, it holds what takes it back: the
    ``closed`` enrolments and, in their order, the leaving days they had before, what was ``opened`` after them and in
    which class; ``known_later`` are enrolments from the day or later that were there already, ``alumni`` the kinds that
    were added, ``grants`` the class teachers' roles that were moved.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school_year = models.PositiveSmallIntegerField(unique=True)
    day = models.DateField(_("дата перевода"))
    classes = models.JSONField(default=dict)
    people = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    closed = ArrayField(models.UUIDField(), default=list)
    former_left_on = ArrayField(models.DateField(null=True), default=list)
    opened = ArrayField(models.UUIDField(null=True), default=list)
    opened_class = ArrayField(models.UUIDField(null=True), default=list)
    known_later = ArrayField(models.UUIDField(), default=list)
    alumni = ArrayField(models.UUIDField(), default=list)
    grants = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    def __str__(self) -> str:
        return str(self.school_year)


class Release(models.Model):
    """A pupil let go to another school of the region: what the old school keeps of a transfer.

    ``id`` is the transfer's in the region's schema, which knows nobody. ``outcome`` is empty until the end is known
    here, and then a state of the transfer.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="releases")
    to_title = models.CharField(_("куда"), max_length=200)
    leaves_on = models.DateField(_("с какого дня учится в новой школе"))
    basis = models.CharField(_("основание"), max_length=300)
    with_guardians = models.BooleanField(default=False)
    released_by = models.UUIDField(null=True)
    released_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(settled_at__isnull=True), name="one_open_release"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to_title} {self.leaves_on}"
