"""The reference data shipped with the product: the first version of every entry.

Sources are the tags of the domain description; an operator who holds the texts makes a new version.
"""

from __future__ import annotations

from typing import Any

FORMS: list[dict[str, Any]] = [
    {
        "code": "pupil-pupil",
        "title": "ученик – ученик",
        "mentor_kinds": ["pupil"],
        "mentee_kinds": ["pupil"],
        "position": 10,
        "source": "Распоряжение Минпросвещения № Р-145",
    },
    {
        "code": "teacher-teacher",
        "title": "учитель – учитель",
        "mentor_kinds": ["teacher"],
        "mentee_kinds": ["teacher"],
        "position": 20,
        "source": "Распоряжение Минпросвещения № Р-145",
    },
    {
        "code": "student-pupil",
        "title": "студент – ученик",
        "mentor_kinds": ["student"],
        "mentee_kinds": ["pupil"],
        "is_mentor_outside": True,
        "position": 30,
        "source": "Распоряжение Минпросвещения № Р-145",
    },
    {
        "code": "employer-pupil",
        "title": "работодатель – ученик",
        "mentor_kinds": ["enterprise"],
        "mentee_kinds": ["pupil"],
        "is_mentor_outside": True,
        "position": 40,
        "source": "Распоряжение Минпросвещения № Р-145",
    },
    {
        "code": "employer-student",
        "title": "работодатель – студент",
        "mentor_kinds": ["enterprise"],
        "mentee_kinds": ["student", "pupil"],
        "is_mentor_outside": True,
        "position": 50,
        "source": "Распоряжение Минпросвещения № Р-145",
    },
    {
        "code": "teacher-pupil",
        "title": "учитель – ученик",
        "mentor_kinds": ["teacher"],
        "mentee_kinds": ["pupil"],
        "position": 60,
        "source": "Практика школ",
    },
]

ROLE_VARIANTS: dict[str, list[str]] = {
    "pupil-pupil": [
        "успевающий – неуспевающий",
        "лидер – пассивный",
        "равный – равному",
        "адаптированный – неадаптированный",
    ],
    "teacher-teacher": [
        "опытный педагог – молодой специалист",
        "опытный классный руководитель – молодой специалист",
        "лидер педагогического сообщества – педагог, испытывающий проблемы",
        "педагог-новатор – консервативный педагог",
        "опытный предметник – неопытный предметник",
    ],
    "student-pupil": [
        "успевающий – неуспевающий",
        "лидер – равнодушный",
        "равный – другому",
        "куратор – автор проекта",
    ],
    "employer-pupil": [
        "активный профессионал – равнодушный потребитель",
        "коллега – молодой коллега",
        "работодатель – будущий сотрудник",
    ],
    "employer-student": [
        "активный профессионал – равнодушный потребитель",
        "успешный профессионал – студент, выбирающий профессию",
        "коллега – будущий коллега",
        "работодатель – будущий сотрудник",
    ],
    "teacher-pupil": [
        "учитель – неуспевающий ученик",
        "учитель – пассивный ученик",
        "учитель – одарённый ученик",
        "учитель – ребёнок с ОВЗ",
    ],
}

CONSENT_KINDS: list[dict[str, Any]] = [
    {
        "code": "processing",
        "title": "обработка персональных данных",
        "decides_counting": True,
        "source": "152-ФЗ, ст. 9",
    },
    {
        "code": "transfer",
        "title": "передача в региональный банк наставников и другим школам",
        "source": "152-ФЗ, ст. 9",
    },
    {"code": "dissemination", "title": "распространение персональных данных", "source": "152-ФЗ, ст. 10.1"},
    {
        "code": "participation",
        "title": "участие несовершеннолетнего в программе",
        "source": "Положение о наставничестве",
    },
    # Under it an import keeps a consent whose purpose is not listed here.
    {"code": "other", "title": "другая цель", "source": ""},
]

# The kinds asked of nobody from 18 years on: a grown-up decides by coming.
CONSENTS_OF_MINORS: list[str] = ["participation"]

DEFINITIONS: list[dict[str, Any]] = [
    {
        "code": "pupils",
        "title": "Обучающиеся в любой роли",
        "kinds": ["pupil"],
        "roles": "any",
        "position": 10,
    },
    {
        "code": "pupils_10_19_mentee",
        "title": "Обучающиеся 10–19 лет в роли наставляемого",
        "kinds": ["pupil"],
        "roles": "mentee",
        "age_from": 10,
        "age_to": 19,
        "position": 20,
    },
    {
        "code": "pupils_10_19_any",
        "title": "Обучающиеся 10–19 лет в любой роли",
        "kinds": ["pupil"],
        "roles": "any",
        "age_from": 10,
        "age_to": 19,
        "position": 30,
    },
    {
        "code": "teachers",
        "title": "Педагоги в любой роли",
        "kinds": ["teacher"],
        "roles": "any",
        "position": 40,
    },
    {
        "code": "pupils_and_teachers",
        "title": "Обучающиеся и педагоги",
        "kinds": ["pupil", "teacher"],
        "roles": "any",
        "position": 50,
    },
]

# Percent by year: the first five are history, the rest the region's own target, to be confirmed by its operator.
TARGETS: dict[str, dict[int, int]] = {
    "pupils_10_19_mentee": {2020: 10, 2021: 20, 2022: 35, 2023: 50, 2024: 70, 2025: 70, 2026: 70, 2027: 70},
    "pupils": {2024: 70, 2025: 70, 2026: 70, 2027: 70},
    "pupils_10_19_any": {2024: 70, 2025: 70, 2026: 70, 2027: 70},
    "teachers": {2024: 70, 2025: 70, 2026: 70, 2027: 70},
    "pupils_and_teachers": {2024: 70, 2025: 70, 2026: 70, 2027: 70},
}

LEGAL_ACTS: list[dict[str, Any]] = [
    {
        "code": "273-fz",
        "title": "Федеральный закон «Об образовании в Российской Федерации»",
        "number": "273-ФЗ",
        "issued_on": "2012-12-29",
        "level": "federal",
    },
    {
        "code": "r-145",
        "title": "Распоряжение Минпросвещения России «Об утверждении методологии (целевой модели) "
        "наставничества обучающихся»",
        "number": "Р-145",
        "issued_on": "2019-12-25",
        "level": "federal",
    },
    {
        "code": "mr-42-02",
        "title": "Письмо Минпросвещения России с методическими рекомендациями по целевой модели",
        "number": "МР-42/02",
        "issued_on": "2020-01-23",
        "level": "federal",
    },
    {
        "code": "az-1128-08",
        "title": "Письмо Минпросвещения России и Общероссийского Профсоюза образования о системе "
        "наставничества педагогических работников",
        "number": "АЗ-1128/08",
        "issued_on": "2021-12-21",
        "level": "federal",
    },
    {
        "code": "tk-351-8",
        "title": "Трудовой кодекс Российской Федерации, статья 351.8",
        "number": "381-ФЗ",
        "issued_on": "2024-11-09",
        "level": "federal",
    },
    {
        "code": "1264-r",
        "title": "Распоряжение Правительства: Концепция развития наставничества до 2030 года",
        "number": "1264-р",
        "issued_on": "2025-05-21",
        "level": "federal",
    },
    {
        "code": "156-fz",
        "title": "Федеральный закон о согласии отдельным документом",
        "number": "156-ФЗ",
        "issued_on": "2025-06-24",
        "level": "federal",
    },
]

# Which papers cite an act, and by whom its pairs must be on the mentee's side (none named: by anybody). What is not
# here is cited by no paper: recommendations, and the law about consents.
ACT_CITATIONS: dict[str, dict[str, list[str]]] = {
    "273-fz": {"papers": ["pairs", "changes"], "mentee_kinds": []},
    "r-145": {"papers": ["pairs", "changes"], "mentee_kinds": []},
    "az-1128-08": {"papers": ["pairs", "changes"], "mentee_kinds": ["teacher"]},
    "tk-351-8": {"papers": ["pairs", "changes"], "mentee_kinds": ["teacher"]},
    "1264-r": {"papers": ["pairs", "changes"], "mentee_kinds": []},
}
