"""Sample workbooks to fill in, made from the same table of fields by which files are read.

Their headings are the titles of the fields, so that a sample can never say anything that the import would not take;
the people in them are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from core.spreadsheets import Column, Table, write_workbook
from core.spreadsheets.writing import Value
from schools.imports.domain.fields import FIELDS, KIND_TITLES, SheetKind
from schools.imports.domain.reference import Reference

# The name under which a workbook is downloaded, and its sheets.
SAMPLES: Final[dict[str, tuple[SheetKind, ...]]] = {
    "kontingent": (SheetKind.PUPILS, SheetKind.TEACHERS),
    "pary": (SheetKind.PAIRS,),
    "soglasiya": (SheetKind.CONSENTS,),
}

# One column holds a whole name; three would say the same again.
_NAME_PARTS: Final = ("surname", "first_name", "patronymic")
_PUPIL: Final[Mapping[str, Value]] = {"full_name": "Образцова Анна Петровна", "birth_date": date(2013, 5, 14)}
_TEACHER: Final[Mapping[str, Value]] = {"full_name": "Примеров Пётр Ильич", "birth_date": date(1980, 11, 2)}
_SEPTEMBER: Final = date(2026, 9, 1)

EXAMPLES: Final[dict[SheetKind, Mapping[str, Value]]] = {
    SheetKind.PUPILS: {
        **_PUPIL, "sex": "ж", "snils": "112-233-445 95", "class_name": "7А", "admitted_on": _SEPTEMBER, "left_on": None,
    },
    SheetKind.TEACHERS: {
        **_TEACHER, "sex": "м", "snils": None, "post": "учитель математики", "experience_years": 20,
        "admitted_on": date(2010, 8, 25), "left_on": None,
    },
    SheetKind.PAIRS: {
        "mentor_full_name": _TEACHER["full_name"], "mentor_birth_date": _TEACHER["birth_date"],
        "mentor_occupation": "учитель математики",
        "mentee_full_name": _PUPIL["full_name"], "mentee_birth_date": _PUPIL["birth_date"], "mentee_occupation": "7А",
        "form": None, "variant": None, "order_number": "44-а", "order_date": date(2026, 9, 5),
        "starts_on": date(2026, 9, 8), "ends_on": date(2027, 5, 25),
    },
    SheetKind.CONSENTS: {
        **_PUPIL, "kind": None, "signer": "представитель", "number": "12",
        "given_on": date(2026, 9, 2), "valid_until": None, "withdrawn_on": None,
    },
}  # fmt: skip


def sample_workbook(name: str, reference: Reference) -> bytes:
    """Return a sample as an xlsx file: every column that is read, and one row to overwrite.

    :param reference: where the words for the form and the kind of consent come from.
    :raises KeyError: no such sample.
    """
    return write_workbook([_table(kind, reference) for kind in SAMPLES[name]])


def _table(kind: SheetKind, reference: Reference) -> Table:
    suits = (form for form in reference.forms if "teacher" in form.mentor_kinds and "pupil" in form.mentee_kinds)
    words = {
        SheetKind.PAIRS: {"form": next((form.title for form in suits), None)},
        SheetKind.CONSENTS: {
            "kind": next((k.title for k in reference.consent_kinds if k.id == reference.main_consent_kind), None)
        },
    }
    example = {**EXAMPLES[kind], **words.get(kind, {})}
    shown = [field for field in FIELDS[kind] if not field.id.endswith(_NAME_PARTS)]
    columns = [Column(_(field.title), 30 if field.id.endswith("full_name") else 20) for field in shown]
    return Table(_(KIND_TITLES[kind]), columns, [[example.get(field.id) for field in shown]])
