"""What the API reads and shows of people; names of inputs are those of the forms and of the services' refusals."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import Day, Version
from schools.people.domain import ENROLLED_KINDS
from schools.people.duplicates import REASONS, Candidate
from schools.people.editions import edition_of
from schools.people.enrolments import enrolment_values
from schools.people.merging import CHOICES
from schools.people.models import Enrolment, Guardianship, Person, PersonKindChoice, SchoolClass
from schools.people.policies import may_edit_people
from schools.people.rollover_plan import Plan, plan_choices
from schools.people.selectors import children_of, former_names, place_of
from schools.people.services import kinship_edition, person_values
from schools.people.words import OUTCOMES

SEXES = [("", _("не указан")), ("f", _("женский")), ("m", _("мужской"))]
ENROLLED = [(value, label) for value, label in PersonKindChoice.choices if value in ENROLLED_KINDS]


class ClassAnswer(serializers.Serializer[SchoolClass]):
    """A class."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    grade = serializers.IntegerField(allow_null=True)
    letter = serializers.CharField()


class EnrolmentAnswer(serializers.Serializer[Enrolment]):
    """An interval of study or work; the day of leaving is not a day of enrolment."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PersonKindChoice.choices)
    class_name = serializers.CharField(source="school_class.title", default="", help_text=_("Класс обучающегося."))
    post = serializers.CharField()
    experience_years = serializers.IntegerField(allow_null=True)
    admitted_on = serializers.DateField()
    left_on = serializers.DateField(allow_null=True)
    is_continuation = serializers.BooleanField(
        help_text=_("Продолжает прежнюю запись, которая кончилась в день начала этой.")
    )
    counts_from = serializers.DateField(
        allow_null=True, help_text=_("Из присоединённой школы, здесь учитывается с этого дня.")
    )
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете дни или класс."))

    def get_version(self, row: Enrolment) -> str:
        """Return the edition of days and class."""
        return edition_of(enrolment_values(row))


class ChildAnswer(serializers.Serializer[Guardianship]):
    """A child of a legal representative."""

    id = serializers.UUIDField()
    person = serializers.UUIDField(source="ward_id")
    full_name = serializers.CharField(source="ward.full_name")
    kinship = serializers.CharField()


class PersonInList(serializers.Serializer[Person]):
    """A person as lists show him; enrolments and kinds are loaded."""

    id = serializers.UUIDField()
    full_name = serializers.CharField()
    kinds = serializers.SerializerMethodField()
    place = serializers.SerializerMethodField(help_text=_("Класс или должность сегодня."))

    def get_kinds(self, row: Person) -> list[str]:
        """Return the codes of the kinds."""
        return sorted(each.kind for each in row.kinds.all())

    def get_place(self, row: Person) -> str:
        """Return class or post."""
        return place_of(row, timezone.localdate())


class PersonAnswer(serializers.Serializer[Person]):
    """A person's card; СНИЛС is shown to those who may change it."""

    id = serializers.UUIDField()
    surname = serializers.CharField()
    name = serializers.CharField()
    patronymic = serializers.CharField()
    birth_date = serializers.DateField()
    sex = serializers.ChoiceField(choices=SEXES)
    phone = serializers.CharField()
    email = serializers.CharField()
    snils = serializers.SerializerMethodField()
    kinds = serializers.SerializerMethodField()
    enrolments = EnrolmentAnswer(many=True)
    former_names = serializers.SerializerMethodField(help_text=_("Прежние имена, последнее первым."))
    children = serializers.SerializerMethodField(help_text=_("Дети, чей он представитель, из тех, кто вам виден."))
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете карточку."))

    def get_version(self, row: Person) -> str:
        """Return the edition of what may be typed; of the values it tells nothing."""
        return edition_of(person_values(row))

    def get_former_names(self, row: Person) -> list[str]:
        """Return the names he had before."""
        return list(former_names(row))

    @extend_schema_field(ChildAnswer(many=True))
    def get_children(self, row: Person) -> Any:
        """Return the children whom the reader sees, by name."""
        return [ChildAnswer(child).data for child in children_of(actor=self.context["actor"], person=row)]

    def get_snils(self, row: Person) -> str:
        """Return the digits, or nothing."""
        return row.snils if may_edit_people(self.context["actor"]) else ""

    def get_kinds(self, row: Person) -> list[str]:
        """Return the codes of the kinds."""
        return sorted(each.kind for each in row.kinds.all())


class PersonBody(serializers.Serializer[Any]):
    """A person's own data and kinds."""

    surname = serializers.CharField(max_length=100)
    name = serializers.CharField(max_length=100)
    patronymic = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    birth_date = Day()
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=PersonKindChoice.choices), min_length=1, max_length=20
    )
    sex = serializers.ChoiceField(choices=SEXES, required=False, default="")
    snils = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    email = serializers.CharField(max_length=254, required=False, allow_blank=True, default="")


class PersonChange(PersonBody):
    """A person as he is to be known from now on."""

    version = Version()


class EnrolmentBody(serializers.Serializer[Any]):
    """Coming to the school."""

    kind = serializers.ChoiceField(choices=ENROLLED)
    admitted_on = Day()
    class_name = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    post = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    experience_years = serializers.IntegerField(
        min_value=0, max_value=80, required=False, allow_null=True, default=None
    )


class NewPersonBody(PersonBody):
    """A new person, with enrolments in the same go."""

    enrolments = EnrolmentBody(many=True, required=False)


class LeavingBody(serializers.Serializer[Any]):
    """Leaving the school."""

    left_on = Day(help_text=_("С этого дня человек уже не числится."))
    version = Version()


class EnrolmentDaysBody(serializers.Serializer[Any]):
    """Corrected days of an enrolment."""

    admitted_on = Day()
    left_on = Day(required=False, allow_null=True, default=None)
    version = Version()


class ClassBody(serializers.Serializer[Any]):
    """Another class."""

    class_name = serializers.CharField(max_length=30)
    version = Version()


class GuardianBody(serializers.Serializer[Any]):
    """A legal representative."""

    guardian = serializers.UUIDField()
    kinship = serializers.CharField(max_length=40)
    version = Version()


class GuardianAnswer(serializers.Serializer[Guardianship]):
    """A legal representative of a person."""

    id = serializers.UUIDField()
    guardian = serializers.UUIDField(source="guardian_id")
    full_name = serializers.CharField(source="guardian.full_name")
    kinship = serializers.CharField()
    to_date = serializers.DateField(
        allow_null=True, help_text=_("С этого дня больше не представляет; записанный снова представляет дальше.")
    )
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете, кем приходится."))

    def get_version(self, row: Guardianship) -> str:
        """Return the edition of the kinship."""
        return kinship_edition(row.kinship)


class GuardianMade(GuardianAnswer):
    """A legal representative just recorded, and what to see to because of him."""

    remarks = serializers.ListField(child=serializers.CharField(), help_text=_("Что из-за этого проверить."))


class CandidatesBody(serializers.Serializer[Any]):
    """Whom to look up; names come in the body, so that they stand in no address."""

    q = serializers.CharField(max_length=200, allow_blank=True, default="", required=False)
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=PersonKindChoice.choices), required=False, default=list, max_length=20
    )


class CandidateAnswer(serializers.Serializer[Any]):
    """Somebody who can be chosen for a pair."""

    id = serializers.UUIDField()
    full_name = serializers.CharField()
    place = serializers.CharField()
    age = serializers.IntegerField(allow_null=True)
    kinds = serializers.ListField(child=serializers.CharField())


class LikePerson(serializers.Serializer[Person]):
    """A card as it is compared with another; СНИЛС is not needed to tell two cards apart here."""

    id = serializers.UUIDField()
    full_name = serializers.CharField()
    birth_date = serializers.DateField()


class DuplicateAnswer(serializers.Serializer[Candidate]):
    """Two cards that may be one person's."""

    first = LikePerson()
    second = LikePerson()
    why = serializers.ChoiceField(choices=[(code, code) for code in REASONS])


class MergeBody(serializers.Serializer[Any]):
    """The card that goes into this one, and what is taken from it."""

    gone = serializers.UUIDField(help_text=_("Карточка, которой не станет."))
    from_gone = serializers.ListField(
        child=serializers.ChoiceField(choices=[(name, name) for name in CHOICES]),
        required=False,
        default=list,
        max_length=20,
        help_text=_("Что взять из неё там, где карточки различаются; остальное остаётся как в первой."),
    )
    login = serializers.UUIDField(
        required=False,
        help_text=_(
            "Учётная запись, которая останется, если вход есть у обеих карточек; второй закроется. "
            "Если не указано – та, под которой входили позже."
        ),
    )


class MergedAnswer(PersonAnswer):
    """The card that two became, and what to see to because of it."""

    remarks = serializers.ListField(child=serializers.CharField(), help_text=_("Что из-за этого проверить."))


class ApartBody(serializers.Serializer[Any]):
    """The other of two cards that look alike."""

    other = serializers.UUIDField()


OUTCOME_CHOICES = [(str(key), words) for key, words in OUTCOMES.items()]


class ClassPlanAnswer(serializers.Serializer[Any]):
    """A class with what becomes of it."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    outcome = serializers.ChoiceField(choices=OUTCOME_CHOICES)
    next_title = serializers.CharField()
    pupils = serializers.IntegerField()
    exceptions = serializers.IntegerField(help_text=_("Сколько учеников не как класс."))


class RolloverAnswer(serializers.Serializer[Any]):
    """The rollover into a school year: as planned, or as done."""

    year = serializers.IntegerField(help_text=_("Первый календарный год учебного года."))
    day = serializers.DateField()
    is_done = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField())
    classes = ClassPlanAnswer(many=True)
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете план."))

    def get_version(self, row: Plan) -> str:
        """Return the edition of what is chosen in the plan."""
        return edition_of(plan_choices(row))


class UndoObstacleAnswer(serializers.Serializer[Any]):
    """One kind of thing that stands on what is to be taken back."""

    kind = serializers.CharField(help_text=_("Что это: раздел и вид записей; other – прочее, номера не называются."))
    sentence = serializers.CharField()
    count = serializers.IntegerField()
    ids = serializers.ListField(child=serializers.UUIDField(), help_text=_("Номера записей, первые двадцать."))


class UndoAnswer(serializers.Serializer[Any]):
    """Whether something done can be taken back, and what stands on it."""

    can_be_undone = serializers.BooleanField()
    obstacles = UndoObstacleAnswer(many=True)


class ClassChoiceBody(serializers.Serializer[Any]):
    """What becomes of a class."""

    id = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=OUTCOME_CHOICES)
    title = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")


class PupilPlanAnswer(serializers.Serializer[Any]):
    """A pupil of a class with what becomes of him."""

    enrolment = serializers.UUIDField(source="move.stay.enrolment_id")
    person = serializers.UUIDField(source="move.stay.person_id")
    full_name = serializers.CharField()
    outcome = serializers.ChoiceField(source="move.outcome", choices=OUTCOME_CHOICES)
    next_title = serializers.CharField(source="move.title")


class PupilChoiceBody(serializers.Serializer[Any]):
    """What becomes of a pupil; an empty outcome: as of the class."""

    enrolment = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=[("", _("как весь класс")), *OUTCOME_CHOICES])


class RolloverPlanBody(serializers.Serializer[Any]):
    """Choices for classes and pupils; those that are not named keep what was chosen before."""

    day = Day()
    classes = ClassChoiceBody(many=True, required=False)
    people = PupilChoiceBody(many=True, required=False)
    version = Version()


class RolloverBody(serializers.Serializer[Any]):
    """The confirmation."""

    with_teachers = serializers.BooleanField(default=True, required=False)
