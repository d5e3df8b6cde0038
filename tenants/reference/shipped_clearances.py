"""The shipped papers that schools may ask of mentors from outside: practice recalled, for the region to correct.

No federal text on mentoring asks for a certificate of no criminal record; the Labour Code asks for it of employees, and
many schools ask volunteers for it too. So nothing here keeps anybody out until a school says so.
"""

from __future__ import annotations

from typing import Any, Final

_EVERYBODY: Final = ["parent", "alumnus", "student", "enterprise", "other"]

CLEARANCE_KINDS: Final[list[dict[str, Any]]] = [
    {
        "code": "agreement",
        "title": "договор о сотрудничестве на безвозмездной основе",
        "asked_of": _EVERYBODY,
        "usual_months": 12,
        "by_default": "warn",
        "basis": "Положение о наставничестве школы; для добровольцев – 135-ФЗ",
        "position": 10,
    },
    {
        "code": "no-criminal-record",
        "title": "справка об отсутствии судимости",
        "asked_of": _EVERYBODY,
        "usual_months": 12,
        "by_default": "warn",
        "basis": "Для работников – статьи 331 и 351.1 Трудового кодекса; для наставников решает школа",
        "position": 20,
    },
    {
        "code": "enterprise-letter",
        "title": "письмо предприятия или учебной организации",
        "asked_of": ["enterprise", "student"],
        "usual_months": 12,
        "by_default": "warn",
        "basis": "Решает школа",
        "position": 30,
    },
    {
        "code": "medical-book",
        "title": "медицинская книжка",
        "asked_of": _EVERYBODY,
        "usual_months": 12,
        "by_default": "off",
        "basis": "Решает школа",
        "position": 40,
    },
]
