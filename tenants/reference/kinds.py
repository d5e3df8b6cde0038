"""The kinds of reference data as the pages know them: address, words, table, form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui.components import Fact, Text
from core.ui.numbers import format_percent
from tenants.reference import forms, models


@dataclass(frozen=True, slots=True)
class Kind:
    """One list of reference data. ``facts`` puts an entry's content into words, ``order`` sorts the list."""

    slug: str
    model: type[models.Versioned]
    form: type[forms.EntryForm]
    title: Text
    lead: Text
    help: Text
    add: Text
    facts: Callable[[Any, Mapping[str, str]], list[Fact]]
    order: Callable[[Any], Any]


def words_for(slugs: list[str]) -> str:
    """Return kinds of people in words."""
    known = dict(forms.PEOPLE)
    return ", ".join(str(known.get(slug, slug)) for slug in slugs)


def _yes(value: bool) -> str:
    return _("да") if value else _("нет")


def _form(row: models.Form, titles: Mapping[str, str]) -> list[Fact]:
    return [
        Fact(_("Кто наставник"), words_for(row.mentor_kinds)),
        Fact(_("Кто наставляемый"), words_for(row.mentee_kinds)),
        Fact(_("Наставник не из школы"), _yes(row.is_mentor_outside)),
    ]


def _variant(row: models.RoleVariant, titles: Mapping[str, str]) -> list[Fact]:
    return [Fact(_("Форма"), titles.get(row.form_code, row.form_code))]


def _consent(row: models.ConsentKind, titles: Mapping[str, str]) -> list[Fact]:
    return [
        Fact(_("От него зависит охват"), _yes(row.decides_counting)),
        Fact(_("Нужно только до 18 лет"), _yes(row.is_of_minors)),
        Fact(_("Заголовок документа"), row.heading),
        Fact(_("Цель"), row.purpose),
        Fact(_("Перечень данных"), row.data_list),
        Fact(_("По поручению школы"), row.processor),
        Fact(_("Действия и способы"), row.actions),
        Fact(_("Срок"), row.term),
        Fact(_("Как отозвать"), row.withdrawal),
    ]


def _clearance(row: models.ClearanceKind, titles: Mapping[str, str]) -> list[Fact]:
    months = "" if row.usual_months is None else str(row.usual_months)
    return [
        Fact(_("С кого спрашивают"), words_for(row.asked_of)),
        Fact(_("Обычный срок, месяцев"), months or _("не ограничен")),
        Fact(_("Если школа не решила иначе"), row.get_by_default_display()),
        Fact(_("Правовое основание"), row.basis),
    ]


def _definition(row: models.Definition, titles: Mapping[str, str]) -> list[Fact]:
    return [
        Fact(_("Кто считается"), words_for(row.kinds)),
        Fact(_("Роль"), row.get_roles_display()),
        Fact(_("Возраст"), age_words(row.age_from, row.age_to)),
        Fact(_("Нужно согласие"), _yes(row.needs_consent)),
    ]


def age_words(age_from: int | None, age_to: int | None) -> str:
    """Return an age band in words; both ends are inside."""
    if age_from is None and age_to is None:
        return _("любой")
    if age_to is None:
        return _("от %(from)s лет") % {"from": age_from}
    if age_from is None:
        return _("до %(to)s лет включительно") % {"to": age_to}
    return _("%(from)s–%(to)s лет включительно") % {"from": age_from, "to": age_to}


def _target(row: models.Target, titles: Mapping[str, str]) -> list[Fact]:
    return [
        Fact(_("Показатель"), titles.get(row.definition_code, row.definition_code)),
        Fact(_("Год"), str(row.year)),
        Fact(_("Цель"), format_percent(row.percent, decimals=0 if row.percent == int(row.percent) else 2)),
    ]


def _act(row: models.LegalAct, titles: Mapping[str, str]) -> list[Fact]:
    issued = date_format(row.issued_on, "d.m.Y") if row.issued_on else ""
    return [
        Fact(
            _("Номер и дата"), " ".join(filter(None, [row.number, _("от %(day)s") % {"day": issued} if issued else ""]))
        ),
        Fact(_("Уровень"), row.get_level_display()),
        Fact(_("Ссылка"), row.url, row.url),
        Fact(_("Где на него ссылаются"), _titles(row.papers, dict(models.CITING_PAPERS)) or _("нигде")),
        Fact(_("В каких формах наставничества"), _titles(row.form_codes, titles) or _("в любых")),
        Fact(_("Если наставляемый"), words_for(row.mentee_kinds) or _("кто угодно")),
    ]


def _titles(codes: list[str], known: Mapping[str, Any]) -> str:
    return ", ".join(str(known.get(code, code)) for code in codes)


def _profile(row: models.Profile, titles: Mapping[str, str]) -> list[Fact]:
    stages = "; ".join(f"{stage['title']} ({len(stage['tasks'])})" for stage in row.stages)
    return [
        Fact(_("Списки участников"), row.get_base_word_display()),
        Fact(_("Программа"), row.programme_word),
        Fact(_("Для кого"), words_for(row.mentee_kinds) or _("для всех пар")),
        Fact(_("Виды наставничества"), "; ".join(row.manners)),
        Fact(_("Этапы (мероприятий)"), stages),
    ]


def _questionnaire(row: models.Questionnaire, titles: Mapping[str, str]) -> list[Fact]:
    asked = [f"{number}. {item['text']}" for number, item in enumerate(row.items, start=1)]
    return [
        Fact(_("Когда спрашивают"), row.get_kind_display()),
        Fact(_("Кого спрашивают"), row.get_role_display()),
        Fact(_("Форма"), titles.get(row.form_code, row.form_code) or _("любая")),
        Fact(_("Вступление"), row.intro),
        Fact(_("Вопросов"), str(len(asked))),
        Fact(_("Вопросы"), " ".join(asked)),
    ]


KINDS: Final = {
    kind.slug: kind
    for kind in (
        Kind(
            slug="forms",
            model=models.Form,
            form=forms.FormForm,
            title=gettext_lazy("Формы наставничества"),
            lead=gettext_lazy("Кто кого сопровождает: из этого списка школа выбирает форму пары."),
            help=gettext_lazy(
                "Форма говорит, кто может стоять на каждой стороне пары. Если наставник не из школы, при загрузке пар "
                "он заводится как человек со стороны."
            ),
            add=gettext_lazy("Добавить форму"),
            facts=_form,
            order=lambda row: (row.position, row.title),
        ),
        Kind(
            slug="variants",
            model=models.RoleVariant,
            form=forms.RoleVariantForm,
            title=gettext_lazy("Ролевые модели"),
            lead=gettext_lazy("Варианты ролей внутри каждой формы."),
            help=gettext_lazy("Ролевая модель – подсказка школе при составлении пары; на охват она не влияет."),
            add=gettext_lazy("Добавить ролевую модель"),
            facts=_variant,
            order=lambda row: (row.form_code, row.code),
        ),
        Kind(
            slug="consents",
            model=models.ConsentKind,
            form=forms.ConsentKindForm,
            title=gettext_lazy("Виды согласий"),
            lead=gettext_lazy("Каждая цель – отдельный документ, как требует закон."),
            help=gettext_lazy(
                "Без действующего согласия на обработку персональных данных человек не входит в охват. Остальные "
                "согласия открывают только то, для чего они даны. По текстам вида школа печатает бланк согласия: "
                "каждая строка – отдельный абзац, для пустого остаётся место, чтобы вписать от руки."
            ),
            add=gettext_lazy("Добавить вид согласия"),
            facts=_consent,
            order=lambda row: (not row.decides_counting, row.title),
        ),
        Kind(
            slug="clearances",
            model=models.ClearanceKind,
            form=forms.ClearanceKindForm,
            title=gettext_lazy("Допуски наставников"),
            lead=gettext_lazy(
                "Какие документы школа может спросить с наставника, который в ней не учится и не работает."
            ),
            help=gettext_lazy(
                "Школа сама решает, без какого документа не допускать к работе, о каком лишь предупреждать и какой не "
                "спрашивать. Здесь – с чего она начинает. С обучающихся и работников школы не спрашивают ничего."
            ),
            add=gettext_lazy("Добавить документ"),
            facts=_clearance,
            order=lambda row: (row.position, row.title),
        ),
        Kind(
            slug="definitions",
            model=models.Definition,
            form=forms.DefinitionForm,
            title=gettext_lazy("Определения охвата"),
            lead=gettext_lazy("Что именно считается охватом: чьи роли, какой возраст, от какого числа людей."),
            help=gettext_lazy(
                "Показатели пересчитываются по новой редакции в течение нескольких минут. Закреплённые итоги прошлых "
                "месяцев остаются такими, какими были посчитаны."
            ),
            add=gettext_lazy("Добавить определение"),
            facts=_definition,
            order=lambda row: (row.position, row.title),
        ),
        Kind(
            slug="targets",
            model=models.Target,
            form=forms.TargetForm,
            title=gettext_lazy("Целевые значения"),
            lead=gettext_lazy("Какой процент охвата нужно достичь в каждом году."),
            help=gettext_lazy("Цель видна линией на графиках региона, районов и школ. У показателя одна цель на год."),
            add=gettext_lazy("Добавить цель"),
            facts=_target,
            order=lambda row: (-row.year, row.definition_code),
        ),
        Kind(
            slug="acts",
            model=models.LegalAct,
            form=forms.LegalActForm,
            title=gettext_lazy("Правовые акты"),
            lead=gettext_lazy("На что ссылаются приказы и положения школ."),
            help=gettext_lazy(
                "Приказ школы ссылается на акт, если он отмечен для этого вида приказа и в приказе есть такая пара. "
                "Документы, которые уже подписаны, сохраняют ту редакцию ссылки, с которой их подписали."
            ),
            add=gettext_lazy("Добавить акт"),
            facts=_act,
            order=lambda row: (row.issued_on is None, row.issued_on, row.code),
        ),
        Kind(
            slug="profiles",
            model=models.Profile,
            form=forms.ProfileForm,
            title=gettext_lazy("Методические профили"),
            lead=gettext_lazy("Этапы и мероприятия, с которых школа начинает год программы."),
            help=gettext_lazy(
                "Школа начинает год с копии профиля. Новая редакция действует на годы, которые начнут после неё: "
                "идущие годы школ не меняются и помнят, с какой редакции начаты."
            ),
            add=gettext_lazy("Добавить профиль"),
            facts=_profile,
            order=lambda row: (row.position, row.title),
        ),
        Kind(
            slug="questionnaires",
            model=models.Questionnaire,
            form=forms.QuestionnaireForm,
            title=gettext_lazy("Анкеты"),
            lead=gettext_lazy("О чём спрашивают наставляемых и наставников: школы берут эти анкеты или правят копии."),
            help=gettext_lazy(
                "Начатый опрос школы идёт по той редакции, с которой его открыли. По обозначениям вопросов входной "
                "анкеты подбираются пары: меняя слова, обозначения не меняйте."
            ),
            add=gettext_lazy("Добавить анкету"),
            facts=_questionnaire,
            order=lambda row: (row.position, row.title),
        ),
    )
}


def title_of(row: Any, titles: Mapping[str, str]) -> str:
    """Return the name of an entry; a target has none of its own."""
    if isinstance(row, models.Target):
        return _("%(title)s, %(year)s год") % {
            "title": titles.get(row.definition_code, row.definition_code),
            "year": row.year,
        }
    return str(row)
