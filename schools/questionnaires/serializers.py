"""What the API reads and shows of questionnaires."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import Day, Ids, Version
from schools.people.models import PersonKindChoice
from schools.questionnaires.copies import Offered
from schools.questionnaires.domain import ResponseState
from schools.questionnaires.drafts import edition_of_answers
from schools.questionnaires.models import Response, Round
from schools.questionnaires.words import REOPEN_REASONS
from tenants.reference.items import (
    LONGEST_OPTION,
    LONGEST_TEXT,
    MOST_ITEMS,
    MOST_OPTIONS,
    MOST_PEOPLE,
    QUESTIONNAIRE_KINDS,
    QUESTIONNAIRE_ROLES,
    ItemType,
)

STATES = [(state.value, state.value) for state in ResponseState]
# One sheet of paper holds fewer; a class with parallel ones fits.
MOST_ROWS = 200


class SurveyOption(serializers.Serializer[Any]):
    """An answer that is offered."""

    code = serializers.CharField()
    title = serializers.CharField()


class SurveyItem(serializers.Serializer[Any]):
    """A question; its code is stable over versions."""

    code = serializers.CharField()
    text = serializers.CharField()
    type = serializers.ChoiceField(choices=[(kind.value, kind.value) for kind in ItemType])
    required = serializers.BooleanField()  # type: ignore[assignment]
    options = SurveyOption(many=True, required=False)
    most = serializers.IntegerField(required=False, help_text=_("Сколько людей можно назвать."))


class SurveyAnswer(serializers.Serializer[Round]):
    """A round; asked and answered are counted among those whom the reader sees."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    template = serializers.CharField(source="template.code")
    version = serializers.IntegerField(source="template.version")
    is_own = serializers.BooleanField(source="template.is_own", help_text=_("Редакция школы, а не региона."))
    kind = serializers.ChoiceField(
        choices=[(code, code) for code, _title in QUESTIONNAIRE_KINDS], source="template.kind"
    )
    role = serializers.ChoiceField(
        choices=[(code, code) for code, _title in QUESTIONNAIRE_ROLES], source="template.role"
    )
    form_code = serializers.CharField()
    opened_at = serializers.DateTimeField()
    due_on = serializers.DateField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()


class SurveyWhole(SurveyAnswer):
    """A round with its questions."""

    items = SurveyItem(many=True, source="template.items")


class TemplateAnswer(serializers.Serializer[Offered]):
    """A questionnaire this school asks by; ``id`` is the version's, for a change that is based on it."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=[(code, code) for code, _title in QUESTIONNAIRE_KINDS])
    role = serializers.ChoiceField(choices=[(code, code) for code, _title in QUESTIONNAIRE_ROLES])
    form_code = serializers.CharField()
    is_own = serializers.BooleanField(help_text=_("Редакция школы, а не региона."))


class TemplateWhole(TemplateAnswer):
    """A questionnaire with its questions."""

    intro = serializers.CharField()
    items = SurveyItem(many=True)


class TemplateOptionBody(serializers.Serializer[Any]):
    """An answer that is offered; without a code it is a new one."""

    code = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    title = serializers.CharField(max_length=LONGEST_OPTION)


class TemplateItemBody(serializers.Serializer[Any]):
    """A question; without a code it is a new one, and so it is with another type than before."""

    code = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=LONGEST_TEXT)
    type = serializers.ChoiceField(choices=[(kind.value, kind.value) for kind in ItemType])
    required = serializers.BooleanField(required=False, default=False)  # type: ignore[assignment]
    options = serializers.ListField(child=TemplateOptionBody(), max_length=MOST_OPTIONS, required=False)
    most = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PEOPLE)


class TemplateBody(serializers.Serializer[Any]):
    """A questionnaire of the school's own, as a whole."""

    based_on = serializers.UUIDField(help_text=_("Номер изменяемой редакции."))
    title = serializers.CharField(max_length=200)
    intro = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    items = serializers.ListField(child=TemplateItemBody(), max_length=MOST_ITEMS)


class SurveyWhomBody(serializers.Serializer[Any]):
    """What is asked, and whom; what is chosen adds up, and nobody is asked one thing twice."""

    code = serializers.SlugField(max_length=60, help_text=_("Анкета из справочника."))
    form_code = serializers.SlugField(
        max_length=60, required=False, allow_blank=True, default="", help_text=_("Пустая – все формы.")
    )
    classes = Ids(required=False, default=list, help_text=_("Ученики этих классов."))
    with_pairs = serializers.BooleanField(required=False, default=False, help_text=_("Участники действующих пар."))
    with_ended = serializers.BooleanField(
        required=False, default=False, help_text=_("Участники пар, завершённых в этом учебном году.")
    )
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=PersonKindChoice.values),
        max_length=len(PersonKindChoice.values),
        required=False,
        default=list,
        help_text=_("Люди этих категорий, у которых на этой стороне нет действующей пары."),
    )
    people = Ids(required=False, default=list, help_text=_("Люди по имени."))


class SurveyBody(SurveyWhomBody):
    """A round to open."""

    title = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    due_on = Day(required=False, allow_null=True, default=None)


class SurveySource(serializers.Serializer[Any]):
    """One way of choosing and how many people it found."""

    title = serializers.CharField()
    people = serializers.IntegerField()


class SurveyPreview(serializers.Serializer[Any]):
    """Whom a round would ask, in numbers."""

    people = serializers.IntegerField(help_text=_("Сколько человек."))
    asked = serializers.IntegerField(source="sheets", help_text=_("Сколько анкет: о каждой паре – своя."))
    already = serializers.IntegerField(help_text=_("Сколько анкет уже задаёт открытый опрос: второй раз не спросят."))
    withdrawn = serializers.IntegerField(help_text=_("Сколько людей отозвали согласие: не спросят."))
    sources = SurveySource(many=True)


class SurveyOpenBody(serializers.Serializer[Any]):
    """Whether answers are taken."""

    is_open = serializers.BooleanField()


class SurveyAskedQuery(serializers.Serializer[Any]):
    """Whom of those asked."""

    unanswered = serializers.BooleanField(required=False, default=False)


class SurveyAskedAnswer(serializers.Serializer[Response]):
    """Who is asked, and whether he has answered; no answers."""

    id = serializers.UUIDField()
    person = serializers.UUIDField(source="person_id")
    full_name = serializers.CharField(source="person.full_name")
    pair = serializers.UUIDField(source="pair_id", allow_null=True)
    state = serializers.ChoiceField(choices=STATES)
    is_over = serializers.BooleanField(
        default=False,
        help_text=_("Нового ответа не ждут: выбыл или отозвал согласие. Присланный раньше остаётся в итогах."),
    )
    channel = serializers.ChoiceField(choices=[*Response.Channel.values, ""])
    link_expires_at = serializers.DateTimeField(
        allow_null=True, help_text=_("До когда действует личная ссылка; пусто – ссылки нет.")
    )


def _given() -> serializers.DictField:
    """Return a field of answers by code of item, each in the shape that its type has."""
    return serializers.DictField(
        child=serializers.JSONField(allow_null=True),
        help_text=_(
            "По обозначению вопроса: число 1–10, true или false, слова, обозначение варианта, список обозначений или "
            "список людей по порядку."
        ),
    )


class SurveySheetAnswer(SurveyAskedAnswer):
    """A row of the sheet for paper; of whoever answers himself nothing is shown."""

    revision = serializers.IntegerField(help_text=_("Растёт с каждой записью: назовите её, когда записываете строку."))
    answers = serializers.SerializerMethodField()

    @extend_schema_field(_given())
    def get_answers(self, row: Response) -> dict[str, Any]:
        """Return what was entered from paper."""
        if row.is_own:
            return {}
        return row.shown


class SurveySheetRow(serializers.Serializer[Any]):
    """What one person wrote on paper."""

    response = serializers.UUIDField()
    answers = _given()
    revision = serializers.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        allow_null=True,
        default=None,
        help_text=_("Прочитанная: запись, сделанная после неё другим, не затирается. Без неё строка пишется как есть."),
    )


class SurveySheetBody(serializers.Serializer[Any]):
    """Rows of the sheet."""

    rows = serializers.ListField(child=SurveySheetRow(), max_length=MOST_ROWS)


class SurveySheetFault(serializers.Serializer[Any]):
    """A row that does not fit; what fits of it is kept as a draft."""

    response = serializers.UUIDField()
    faults = serializers.DictField(child=serializers.CharField(), help_text=_("Что исправить, по обозначению вопроса."))


class SurveySheetResult(serializers.Serializer[Any]):
    """What became of the rows."""

    submitted = serializers.IntegerField()
    refused = SurveySheetFault(many=True)


class SurveyReopenBody(serializers.Serializer[Any]):
    """Why answers are sent back."""

    reason = serializers.ChoiceField(choices=[(code, code) for code in REOPEN_REASONS])


class SurveyReminded(serializers.Serializer[Any]):
    """How many were reminded, and how many have no account to see it in."""

    reminded = serializers.IntegerField()
    without_account = serializers.IntegerField()


class SurveyShare(serializers.Serializer[Any]):
    """How many gave an answer."""

    code = serializers.CharField()
    title = serializers.CharField()
    count = serializers.IntegerField()


class SurveySaid(serializers.Serializer[Any]):
    """An open answer."""

    full_name = serializers.CharField()
    text = serializers.CharField()


class SurveyItemResult(serializers.Serializer[Any]):
    """The results of one question."""

    code = serializers.CharField()
    text = serializers.CharField(source="item.text")
    sent = serializers.IntegerField(help_text=_("Сколько анкет прислано."))
    answered = serializers.IntegerField(help_text=_("Сколько человек ответили на этот вопрос."))
    mean = serializers.FloatField(allow_null=True, help_text=_("Среднее оценок от 1 до 10."))
    shares = SurveyShare(many=True)
    said = SurveySaid(many=True)


class OwnSurveyAnswer(serializers.Serializer[Response]):
    """What the reader himself is asked."""

    id = serializers.UUIDField()
    title = serializers.CharField(source="round.title")
    due_on = serializers.DateField(source="round.due_on", allow_null=True)
    closed_at = serializers.DateTimeField(source="round.closed_at", allow_null=True)
    pair = serializers.UUIDField(source="pair_id", allow_null=True)
    state = serializers.ChoiceField(choices=STATES)
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда сохраняете или отправляете ответы."))

    def get_version(self, row: Response) -> str:
        """Return the stamp of what is answered."""
        return edition_of_answers(row)


class NameablePerson(serializers.Serializer[Any]):
    """Somebody whom a choice of people offers."""

    id = serializers.UUIDField()
    full_name = serializers.CharField()


class OwnSurveyWhole(OwnSurveyAnswer):
    """One's own questionnaire: questions, what was sent and what is begun."""

    intro = serializers.CharField(source="round.template.intro")
    items = SurveyItem(many=True, source="round.template.items")
    answers = _given()
    draft = _given()
    people = serializers.SerializerMethodField()

    @extend_schema_field(NameablePerson(many=True))
    def get_people(self, row: Response) -> Any:
        """Return whom the questions about people offer."""
        from schools.questionnaires.selectors import people_for

        return NameablePerson(people_for(row), many=True).data


class OwnSurveyBody(serializers.Serializer[Any]):
    """Answers of one's own, as a whole: what is left out is no longer answered."""

    answers = _given()
    version = Version(help_text=_("Прочитанная: ответы, данные после неё на другом устройстве, не затираются."))


class SurveyLink(serializers.Serializer[Any]):
    """A personal link, told once; ``url`` is empty in a repetition of the request."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()
