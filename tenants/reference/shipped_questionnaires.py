"""The questionnaires shipped with the product, paraphrased from the recommendations of the target model.

Codes of items are stable: entry answers map to the columns of the bases and to matching. What is asked of mentee and
mentor in the same words has the same code and the same codes of options (``request`` ↔ ``competences``, ``subjects``,
``interests``, ``time``, ``format``, ``form``). A region that words them otherwise makes a new version.
"""

from __future__ import annotations

from typing import Any, Final

_SOURCE: Final = "Методические рекомендации МР-42/02, пересказ"
_WORK_FORMS: Final = ("employer-pupil", "employer-student")
_PUPIL_FORMS: Final = ("pupil-pupil", "student-pupil", "teacher-pupil", "employer-pupil")
_FORM_TITLES: Final = {
    "pupil-pupil": "ученик – ученик",
    "teacher-teacher": "учитель – учитель",
    "student-pupil": "студент – ученик",
    "employer-pupil": "работодатель – ученик",
    "employer-student": "работодатель – студент",
    "teacher-pupil": "учитель – ученик",
}
Item = dict[str, Any]

# What a mentee asks for and what a mentor can help with: one list, so that one fits the other.
REQUESTS: Final = {
    "study": "учёба и успеваемость",
    "exams": "подготовка к экзаменам",
    "olympiads": "олимпиады и конкурсы",
    "project": "проект или исследование",
    "career": "выбор профессии и дальнейшей учёбы",
    "communication": "общение и отношения в классе или коллективе",
    "adaptation": "освоиться на новом месте",
    "confidence": "уверенность в себе, мотивация",
    "leadership": "лидерство, общественная работа",
    "creativity": "творчество, спорт, увлечение",
    "planning": "планирование времени и целей",
    "teaching_methods": "методика преподавания, проведение урока",
    "class_management": "работа с классом и с родителями",
    "digital": "цифровые инструменты",
    "practical_skills": "практические навыки профессии",
}
SUBJECTS: Final = {
    "russian": "русский язык",
    "literature": "литература",
    "mathematics": "математика",
    "informatics": "информатика",
    "physics": "физика",
    "chemistry": "химия",
    "biology": "биология",
    "geography": "география",
    "history": "история",
    "social_studies": "обществознание",
    "foreign_language": "иностранный язык",
    "technology": "труд (технология)",
    "arts": "музыка и изобразительное искусство",
    "sports": "физическая культура",
    "primary": "предметы начальной школы",
}
INTERESTS: Final = {
    "science": "наука",
    "it": "программирование и робототехника",
    "engineering": "техника и конструирование",
    "nature": "природа и экология",
    "medicine": "медицина",
    "business": "экономика и предпринимательство",
    "media": "журналистика, фото и видео",
    "books": "книги и языки",
    "history": "история и краеведение",
    "music": "музыка и танцы",
    "theatre": "театр и кино",
    "art": "рисование и дизайн",
    "crafts": "рукоделие и ремёсла",
    "sport": "спорт и туризм",
    "volunteering": "волонтёрство",
}
TRAITS: Final = {
    "patient": "терпеливый",
    "knowledgeable": "знающий свой предмет",
    "sociable": "общительный",
    "organised": "организованный",
    "creative": "творческий",
    "demanding": "требовательный",
    "supportive": "умеет поддержать",
    "experienced": "опытный",
}
TIME: Final = {
    "weekday_before": "в будни до уроков или работы",
    "weekday_breaks": "в будни на переменах",
    "weekday_after": "в будни после уроков или работы",
    "weekday_evening": "в будни вечером",
    "saturday": "в субботу",
    "sunday": "в воскресенье",
    "holidays": "в каникулы",
}
FORMAT: Final = {"in_person": "лично", "online": "дистанционно", "any": "и так и так"}
AGES: Final = {
    "7_10": "7–10 лет",
    "11_13": "11–13 лет",
    "14_15": "14–15 лет",
    "16_18": "16–18 лет",
    "adult": "взрослые",
    "any": "любой возраст",
}
MENTEES: Final = {"1": "одного", "2": "двух", "3": "трёх", "4": "четырёх", "5": "пятерых и больше"}
HOURS: Final = {"1": "до 1 часа", "2": "1–2 часа", "3": "2–3 часа", "4": "больше 3 часов"}


def _item(code: str, kind: str, text: str, *, required: bool = False, options: dict[str, str] | None = None) -> Item:
    made: Item = {"code": code, "text": text, "type": kind, "required": required}
    if options is not None:
        made["options"] = [{"code": key, "title": title} for key, title in options.items()]
    if kind == "people":
        made["most"] = 3
    return made


def _scales(**texts: str) -> list[Item]:
    return [_item(code, "scale", f"Оцените от 1 до 10: {text}", required=True) for code, text in texts.items()]


def _yes_no(**texts: str) -> list[Item]:
    return [_item(code, "yes_no", text) for code, text in texts.items()]


def _open(**texts: str) -> list[Item]:
    return [_item(code, "text", text) for code, text in texts.items()]


_TIME_AND_FORM = [
    _item("time", "choices", "Когда удобно встречаться?", options=TIME),
    _item("format", "choice", "Как удобнее встречаться?", options=FORMAT),
    _item("form", "choices", "Какая форма наставничества подходит?", options=_FORM_TITLES),
    _item("contacts", "text", "Как с вами связаться?"),
]
_ENTRY_MENTEE = [
    _item("takes_part", "yes_no", "Хотите участвовать в программе наставничества?", required=True),
    _item("request", "choices", "С чем вам нужна помощь?", required=True, options=REQUESTS),
    _item("request_text", "text", "Расскажите о своей задаче или трудности своими словами"),
    _item("subjects", "choices", "По каким предметам нужна помощь?", options=SUBJECTS),
    _item("interests", "choices", "Что вам интересно?", options=INTERESTS),
    _item("expectations", "text", "Чего вы ждёте от программы?"),
    _item("mentor_traits", "choices", "Каким вы хотели бы видеть наставника?", options=TRAITS),
    *_TIME_AND_FORM,
]
_ENTRY_MENTOR = [
    _item("takes_part", "yes_no", "Готовы быть наставником?", required=True),
    _item("competences", "choices", "В чём вы можете помочь?", required=True, options=REQUESTS),
    _item("competences_text", "text", "Расскажите о своих умениях и знаниях"),
    _item("subjects", "choices", "По каким предметам можете помочь?", options=SUBJECTS),
    _item("achievements", "text", "Ваши достижения"),
    _item("interests", "choices", "Что вам интересно?", options=INTERESTS),
    _item("experience", "text", "Был ли у вас опыт наставничества? Какой?"),
    _item("traits", "choices", "Какой вы наставник?", options=TRAITS),
    _item("wanted_ages", "choices", "С наставляемыми какого возраста хотите работать?", options=AGES),
    _item("mentees_wanted", "choice", "Сколько наставляемых готовы взять?", options=MENTEES),
    _item("hours_per_week", "choice", "Сколько времени в неделю можете уделять?", options=HOURS),
    *_TIME_AND_FORM,
]
_PREFERENCE_MENTEE = [
    _item("wanted_mentors", "people", "С кем вы хотели бы работать? Назовите по порядку.", required=True),
    _item("helps_goal", "people", "Кто, по-вашему, поможет достичь вашей цели?"),
    _item("known", "people", "Кого из наставников вы уже знаете?"),
]
_PREFERENCE_MENTOR = [
    _item("wanted_mentees", "people", "С кем вы хотели бы работать? Назовите по порядку.", required=True),
    _item("can_help", "people", "Кому, по-вашему, вы можете помочь?"),
    _item("not_with", "people", "С кем вы не хотели бы работать?"),
]
_BEFORE_OPEN = _open(
    expected="Чего вы ждёте от программы и от своей роли в ней?", most_valuable="Что для вас в программе самое ценное?"
)
_MET_BEFORE = [
    *_yes_no(met_before="Встречались ли вы раньше с наставничеством?"),
    *_open(met_where="Если да, то где?"),
]
_BEFORE_MENTEE = [
    *_MET_BEFORE,
    *_scales(
        effectiveness="насколько полезной, по-вашему, окажется программа",
        comfort="насколько комфортно вам будет в программе",
        events_quality="каким вы ожидаете качество мероприятий программы",
        meetings_usefulness="насколько полезны будут личные и групповые встречи",
        safety="насколько спокойно и безопасно вы чувствуете себя с наставником",
        support_importance="насколько важна для вас поддержка",
        help_needed="насколько вам нужна помощь наставника",
    ),
    *_BEFORE_OPEN,
    *_yes_no(glad="Рады ли вы, что участвуете в программе?"),
]
_BEFORE_MENTOR = [
    *_MET_BEFORE,
    *_scales(
        effectiveness="насколько полезной, по-вашему, окажется программа",
        comfort="насколько комфортно вам будет в программе",
        own_readiness="насколько вы готовы вести за собой",
        group_meetings="насколько полезны будут групповые встречи",
        meetings_usefulness="насколько полезны будут личные встречи",
        planning="насколько вы умеете планировать работу с наставляемым",
        involvement="насколько вовлечённым, по-вашему, будет наставляемый",
        training="насколько достаточно подготовки, которую вы получили",
    ),
    *_BEFORE_OPEN,
    *_yes_no(glad="Рады ли вы, что участвуете в программе?"),
]
_BEFORE_TEACHER = _scales(
    adaptation="насколько программа поможет освоиться в профессии и в должности",
    theory="каковы ваши теоретические знания для работы",
    practice="каковы ваши практические умения для работы",
    team="насколько вы знакомы с коллективом, рабочим местом и обязанностями",
)
_INTERIM = [
    *_scales(
        relations="как складываются отношения в паре",
        progress="как продвигается работа к вашим целям",
        meetings_plan="насколько встречи проходят по плану",
        satisfaction="насколько вы довольны совместной работой",
    ),
    *_open(
        relations_text="Как развиваются ваши отношения? Что получается хорошо?",
        difficulties="Что трудно? Что мешает?",
        help_wanted="Какая помощь нужна от школы?",
    ),
    *_yes_no(needs_support="Нужна ли вам помощь куратора?", wants_change="Хотели бы вы сменить пару?"),
]
_AFTER_OPEN = [
    *_open(expected="Чего вы ждали от программы?"),
    *_scales(expectations_met="насколько оправдались ваши ожидания"),
    *_open(most_valuable="Что для вас было самым ценным?", was_missing="Чего не хватило?"),
]
_AFTER_MENTEE = [
    *_scales(
        comfort="насколько комфортно вам было общаться с наставником",
        meetings_usefulness="насколько полезны и интересны были личные встречи",
        group_meetings="насколько полезны и интересны были групповые встречи",
        support="насколько вы чувствовали поддержку наставника",
        help_usefulness="насколько полезной была помощь наставника",
        plan_clarity="насколько понятен был план работы",
        safety="насколько спокойно и безопасно вы чувствовали себя с наставником",
        role_clarity="насколько понятно было, чего ждёт от вас наставник",
        satisfaction="насколько вы довольны совместной работой",
        result="насколько вы довольны результатом",
    ),
    *_AFTER_OPEN,
    *_yes_no(
        liked="Понравилось ли вам участвовать в программе?",
        wants_to_continue="Хотите ли вы продолжить?",
        wants_to_mentor="Хотите ли вы сами стать наставником?",
    ),
]
_AFTER_MENTOR = [
    *_scales(
        comfort="насколько комфортно вам было общаться с наставляемым",
        meetings_usefulness="насколько полезны и интересны были личные встречи",
        group_meetings="насколько полезны и интересны были групповые встречи",
        planning="насколько удалось спланировать работу",
        plan_done="насколько удалось выполнить намеченное",
        involvement="насколько вовлечён был наставляемый",
        leadership="насколько удалось проявить себя как лидер",
        satisfaction="насколько вы довольны совместной работой",
        liked_role="насколько вам понравилось быть наставником",
    ),
    *_AFTER_OPEN,
    *_yes_no(
        training_enough="Было ли обучение достаточным и понятным?",
        liked="Понравилось ли вам участвовать в программе?",
        wants_to_continue="Хотите ли вы продолжить?",
        learned_about_self="Узнали ли вы о себе что-то новое?",
    ),
]
_AFTER_PUPIL = _yes_no(
    more_clubs="Хочется ли теперь посещать больше кружков и мероприятий?",
    new_interest="Появился ли новый интерес, стало ли яснее ваше будущее?",
)
_AFTER_WORK = _yes_no(wants_job="Хотели бы вы пройти практику или работать на этом предприятии?")
_AFTER_TEACHER = _scales(
    adaptation="насколько программа помогла освоиться в профессии и в должности",
    theory="каковы теперь ваши теоретические знания",
    practice="каковы теперь ваши практические умения",
    team="насколько вы теперь знакомы с коллективом, рабочим местом и обязанностями",
)
_SATISFACTION = [
    *_scales(
        satisfaction="насколько вы довольны программой",
        organisation="как организована работа",
        result="насколько вы довольны результатом",
    ),
    *_yes_no(liked="Понравилось ли вам участвовать в программе?", wants_to_continue="Хотите ли вы продолжить?"),
    *_open(wishes="Что вы предложите изменить?"),
]

_WHO: Final = {"mentee": "анкета наставляемого", "mentor": "анкета наставника"}
_TITLES: Final = {
    "entry": "Входная",
    "preference": "После общей встречи:",
    "before": "На входе в программу:",
    "interim": "Промежуточная",
    "after": "На выходе из программы:",
    "satisfaction": "Удовлетворённость:",
}
_INTROS: Final = {
    "entry": "Ответы нужны, чтобы подобрать пару. Это не проверка: правильных ответов нет.",
    "preference": "Вспомните общую встречу. Ответы читают сотрудники школы, чтобы подобрать пару; ваш наставник или "
    "наставляемый их не увидит.",
    "before": "Ответьте так, как думаете сейчас. Оценок за ответы не ставят.",
    "interim": "Это займёт около пяти минут. Ответы читает куратор; ваш наставник или наставляемый их не увидит.",
    "after": "Ответы помогут сделать программу лучше. Ваш наставник или наставляемый их не увидит.",
    "satisfaction": "Несколько коротких вопросов о программе в целом.",
}
_BY_KIND: Final = {
    "entry": (_ENTRY_MENTEE, _ENTRY_MENTOR),
    "preference": (_PREFERENCE_MENTEE, _PREFERENCE_MENTOR),
    "before": (_BEFORE_MENTEE, _BEFORE_MENTOR),
    "interim": (_INTERIM, _INTERIM),
    "after": (_AFTER_MENTEE, _AFTER_MENTOR),
    "satisfaction": (_SATISFACTION, _SATISFACTION),
}


def _added(kind: str, role: str, form: str) -> list[Item]:
    """Return what a form asks besides what every form does."""
    if form == "teacher-teacher":
        return {"before": _BEFORE_TEACHER, "after": _AFTER_TEACHER}[kind]
    if kind == "before" or role == "mentor":
        return []
    return [*(_AFTER_PUPIL if form in _PUPIL_FORMS else []), *(_AFTER_WORK if form in _WORK_FORMS else [])]


def _questionnaire(kind: str, role: str, form: str, items: list[Item], position: int) -> dict[str, Any]:
    tail = f" ({_FORM_TITLES[form]})" if form else ""
    return {
        "code": "-".join(filter(None, (kind, role, form))),
        "title": f"{_TITLES[kind]} {_WHO[role]}{tail}",
        "kind": kind,
        "role": role,
        "form_code": form,
        "intro": _INTROS[kind],
        "items": items,
        "position": position,
        "source": _SOURCE,
    }


def _all() -> list[dict[str, Any]]:
    made = []
    for place, (kind, sets) in enumerate(_BY_KIND.items(), start=1):
        for role, items in zip(_WHO, sets, strict=True):
            made.append(_questionnaire(kind, role, "", items, place * 100))
            if kind in ("before", "after"):
                made += [
                    _questionnaire(kind, role, form, [*items, *_added(kind, role, form)], place * 100 + number)
                    for number, form in enumerate(_FORM_TITLES, start=1)
                ]
    return made


QUESTIONNAIRES: Final = _all()
