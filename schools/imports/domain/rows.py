"""What one row of a workbook says, where it stands, and why it was refused or remarked upon."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from core.text import FullName
from schools.imports.domain.fields import SheetKind, gettext_noop


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A row as a person finds it again: file name, sheet name, Excel's row number."""

    file: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not imported: a stable code and, where it helps, what exactly is wrong or was typed."""

    place: Place
    why: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to check in a row that is imported nevertheless."""

    place: Place
    code: str
    detail: str = ""


@dataclass(slots=True)
class PersonRow:
    """A pupil or a teacher. `experience_years` are full years, `sex` is "m", "f" or empty."""

    place: Place
    kind: SheetKind
    name: FullName
    name_key: str
    birth_date: date
    admitted_on: date
    snils: str | None = None
    sex: str = ""
    class_name: str = ""
    post: str = ""
    left_on: date | None = None
    experience_years: int | None = None


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair as typed: people by folded name and birth date, the form by its id in the reference data."""

    place: Place
    mentor: FullName
    mentor_key: tuple[str, date | None]
    mentee: FullName
    mentee_key: tuple[str, date | None]
    mentor_occupation: str
    form_id: str
    variant: str
    starts_on: date
    ends_on: date | None
    order_number: str
    order_date: date | None


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent as typed. `signer` is "self", "representative" or empty; `signer_text` keeps the words."""

    place: Place
    person_key: tuple[str, date | None]
    kind_id: str
    kind_text: str
    signer: str
    signer_text: str
    number: str
    given_on: date
    valid_until: date | None
    withdrawn_on: date | None


@dataclass(slots=True)
class ReadImport:
    """Everything that the workbooks of one import say, in the order of reading."""

    people: list[PersonRow] = field(default_factory=list)
    pairs: list[PairRow] = field(default_factory=list)
    consents: list[ConsentRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


REFUSALS: Final[dict[str, str]] = {
    "total_line_ignored": gettext_noop("Итоговая строка, людей в ней нет"),
    "no_surname": gettext_noop("Нет фамилии"),
    "no_name": gettext_noop("Нет имени"),
    "no_birth_date": gettext_noop("Нет даты рождения"),
    "bad_date": gettext_noop("Нет такой даты или она не читается"),
    "duplicate": gettext_noop("Повтор: этот человек с той же датой уже есть выше в этой книге"),
    "unknown_form": gettext_noop("Неизвестная форма наставничества"),
    "bad_period": gettext_noop("Дата окончания раньше даты начала"),
    "person_not_found": gettext_noop("Человек не найден среди людей школы по ФИО и дате рождения"),
    "person_ambiguous": gettext_noop("Подходят несколько человек, выбрать одного по этой строке нельзя"),
    "own_child": gettext_noop("Родитель (законный представитель) не может быть наставником своего ребёнка"),
}

REMARKS: Final[dict[str, str]] = {
    "snils_check_digit": gettext_noop("Контрольное число СНИЛС не сходится, проверьте номер"),
    "snils_unreadable": gettext_noop("СНИЛС не из 11 цифр, номер не записан"),
    "snils_of_another": gettext_noop("Такой же СНИЛС указан у другого человека"),
    "experience_unreadable": gettext_noop("Стаж не читается, не записан"),
    "left_before_admitted": gettext_noop("Дата выбытия раньше даты зачисления: проверьте даты"),
    "leaving_date_kept": gettext_noop("В файле нет даты выбытия, в школе она записана: оставлена"),
    "class_of_last_year": gettext_noop("В файле класс до перевода на новый учебный год: оставлен нынешний"),
    "still_enrolled": gettext_noop("Второе зачисление, а у прежнего нет даты выбытия: проверьте, не забыта ли она"),
    "minor_signed_himself": gettext_noop("Несовершеннолетний подписал сам: нужно согласие законного представителя"),
    "adult_signed_by_other": gettext_noop("За совершеннолетнего подписал другой: нужна его собственная подпись"),
    "no_signer": gettext_noop("Не указано, кто подписал: определено по возрасту"),
    "unknown_consent_kind": gettext_noop("Вид согласия не из справочника: записан как есть"),
    "withdrawn_before_given": gettext_noop("Согласие отозвано раньше, чем дано: проверьте даты"),
    "order_incomplete": gettext_noop("У приказа нет номера или даты: пара не считается утверждённой"),
    "no_order": gettext_noop("Пара без приказа"),
    "order_cancelled": gettext_noop("Этот приказ в школе отменён: пара по нему не действует"),
    "end_decided": gettext_noop("Пара в школе уже завершена (например, сменили наставника): последний день не изменён"),
    "outside_mentor_created": gettext_noop("Наставник не из школы: добавлен как внешний участник"),
    "side_mismatch": gettext_noop("Участник не подходит к стороне этой формы: проверьте форму"),
    "own_child": gettext_noop("Наставник – законный представитель наставляемого: эту пару нужно завершить"),
    "no_consent": gettext_noop("Нет согласия на обработку персональных данных, действующего в первый день пары"),
    "repeated_pair": gettext_noop("Эта пара уже есть выше: действует эта строка"),
    "repeated_consent": gettext_noop("Это согласие уже есть выше: действует эта строка"),
}

DETAILS: Final[dict[str, str]] = {
    "no_admission_date": gettext_noop("нет даты зачисления или приёма"),
    "no_first_day": gettext_noop("нет даты начала"),
    "mentor_side": gettext_noop("у наставника"),
    "mentee_side": gettext_noop("у наставляемого"),
    "both_sides": gettext_noop("у обоих"),
    "no_consent_date": gettext_noop("нет даты согласия"),
}
