"""The columns that the three workbooks of a school may have, and the words by which people head them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


def gettext_noop(text: str) -> str:
    """Mark a title for the translation catalogue; it is translated where it is shown."""
    return text


class SheetKind(StrEnum):
    """What the rows of a sheet are."""

    PUPILS = "pupils"
    TEACHERS = "teachers"
    PAIRS = "pairs"
    CONSENTS = "consents"


PEOPLE_KINDS: Final = (SheetKind.PUPILS, SheetKind.TEACHERS)

KIND_TITLES: Final[dict[SheetKind, str]] = {
    SheetKind.PUPILS: gettext_noop("Обучающиеся"),
    SheetKind.TEACHERS: gettext_noop("Педагоги"),
    SheetKind.PAIRS: gettext_noop("Пары"),
    SheetKind.CONSENTS: gettext_noop("Согласия"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a row may say. `words` are tried in order on the folded heading, `never` rules a heading out."""

    id: str
    title: str
    words: tuple[re.Pattern[str], ...]
    never: re.Pattern[str] | None = None
    side: str = ""


def _field(field_id: str, title: str, *words: str, never: str = "", side: str = "") -> Field:
    return Field(field_id, title, tuple(re.compile(word) for word in words), re.compile(never) if never else None, side)


# Somebody else's name in a list of pupils is not the pupil's.
_OTHERS = r"родител|представител|руководител|куратор|матер|отца|опекун|подпис|кем |кто "
_SURNAME = (r"^фамилия$", r"^фамилия(?! имя| и имя| и о)")
_FULL_NAME = (r"^фио", r"фамилия (?:и )?имя", r"фамилия и о", r"\bфио\b")
_BIRTH = (r"^дата рожд", r"рожд", r"родил", r"^д ?р$")
_NOT_BIRTH = r"место|свидет|серия|документ|возраст"

_PERSON_FIELDS: Final = (
    _field("surname", gettext_noop("Фамилия"), *_SURNAME, never=_OTHERS),
    _field("first_name", gettext_noop("Имя"), r"^имя$", r"^имя(?! отчество| и отчество)", never=_OTHERS),
    _field("patronymic", gettext_noop("Отчество"), r"^отчество", never=_OTHERS),
    _field("birth_date", gettext_noop("Дата рождения"), *_BIRTH, never=_NOT_BIRTH),
    _field("sex", gettext_noop("Пол"), r"^пол$", r"^пол "),
    _field("snils", gettext_noop("СНИЛС"), r"снилс", r"страхов\w* (?:номер|свид)"),
)
_PUPIL_FIELDS: Final = (
    _field(
        "full_name", gettext_noop("ФИО"), *_FULL_NAME, r"^(?:обучающ|учащ|ученик|ученица|воспитан|ребен)", never=_OTHERS
    ),
    *_PERSON_FIELDS,
    _field(
        "class_name",
        gettext_noop("Класс"),
        r"^класс$",
        r"^класс",
        r"класс",
        r"^группа$",
        r"группа",
        never=r"руковод|здоров|риск|физкульт|кровь|крови",
    ),
    _field(
        "admitted_on",
        gettext_noop("Дата зачисления"),
        r"дата (?:зачисл|приема|приёма|прибыт|поступл)",
        r"зачисл",
        r"прибыт|прибыл|поступ|прием|принят",
        never=r"^№|^номер|приказ",
    ),
    _field(
        "left_on",
        gettext_noop("Дата выбытия"),
        r"дата (?:выбыт|отчисл|оконч|выпуск)",
        r"выбыт|выбыл|отчисл|выпуск|оконч",
        never=r"^№|^номер|приказ|причин|куда",
    ),
)
_TEACHER_FIELDS: Final = (
    _field(
        "full_name", gettext_noop("ФИО"), *_FULL_NAME, r"^(?:педагог|учител|сотрудник|работник|преподав)", never=_OTHERS
    ),
    *_PERSON_FIELDS,
    _field("post", gettext_noop("Должность"), r"^должност", r"должност", r"предмет", r"специальност"),
    _field("experience_years", gettext_noop("Стаж, лет"), r"педагогич\w* стаж|стаж педагогич", r"стаж"),
    _field(
        "admitted_on",
        gettext_noop("Дата приёма"),
        r"дата (?:прием|принят|трудоустр|начала)",
        r"прием|принят|трудоустр|начало работы|зачисл",
        never=r"^№|^номер|приказ",
    ),
    _field(
        "left_on",
        gettext_noop("Дата увольнения"),
        r"дата (?:увольн|выбыт|оконч)",
        r"увольн|уволен|выбыт|выбыл",
        never=r"^№|^номер|приказ|причин",
    ),
)


def _side_fields(side: str, alone: str, titles: tuple[str, str, str, str, str, str]) -> tuple[Field, ...]:
    """Return the six fields of one member of a pair; `alone` matches a heading that only names the member."""
    others = _OTHERS.replace("куратор|", "")
    whole, surname, first, patronymic, birth, occupation = titles
    return (
        _field(f"{side}_full_name", whole, *_FULL_NAME, alone, never=others, side=side),
        _field(f"{side}_surname", surname, *_SURNAME, never=others, side=side),
        _field(f"{side}_first_name", first, r"^имя(?! отчество| и отчество)", never=others, side=side),
        _field(f"{side}_patronymic", patronymic, r"^отчество", never=others, side=side),
        _field(f"{side}_birth_date", birth, *_BIRTH, never=_NOT_BIRTH, side=side),
        _field(f"{side}_occupation", occupation, r"класс|должност|место работы|группа", never=r"руковод", side=side),
    )


_PAIR_FIELDS: Final = (
    *_side_fields(
        "mentor",
        r"^(?:педагог )?наставник(?:а|и)?$",
        (
            gettext_noop("ФИО наставника"),
            gettext_noop("Фамилия наставника"),
            gettext_noop("Имя наставника"),
            gettext_noop("Отчество наставника"),
            gettext_noop("Дата рождения наставника"),
            gettext_noop("Класс или должность наставника"),
        ),
    ),
    *_side_fields(
        "mentee",
        r"^наставляем\w*$|^подопечн\w*$",
        (
            gettext_noop("ФИО наставляемого"),
            gettext_noop("Фамилия наставляемого"),
            gettext_noop("Имя наставляемого"),
            gettext_noop("Отчество наставляемого"),
            gettext_noop("Дата рождения наставляемого"),
            gettext_noop("Класс или должность наставляемого"),
        ),
    ),
    _field("form", gettext_noop("Форма наставничества"), r"^форма", r"форма"),
    _field("variant", gettext_noop("Ролевая модель"), r"ролев", r"вариант|модель|^вид"),
    _field(
        "order_number",
        gettext_noop("№ приказа"),
        r"(?:№|номер|n)\D*приказ|приказ\D*(?:№|номер)",
        r"реквизит\w* приказ|приказ",
        never=r"^дата(?! и)",
    ),
    _field("order_date", gettext_noop("Дата приказа"), r"^дата приказ|приказ\D*(?:дата|от$)", never=r"№|номер"),
    _field(
        "starts_on",
        gettext_noop("Дата начала"),
        r"дата (?:начала|старта|формир|создан)",
        r"начал|старт",
        r"^с$",
        r"период с$|действует с$",
        never=r"приказ",
    ),
    _field(
        "ends_on",
        gettext_noop("Дата завершения"),
        r"дата (?:заверш|оконч|конца)",
        r"заверш|оконч|конец",
        r"^по$",
        r"действует (?:до|по)|период по|срок",
        never=r"приказ",
    ),
)
_CONSENT_FIELDS: Final = (
    _field(
        "full_name",
        gettext_noop("ФИО участника"),
        *_FULL_NAME,
        r"^(?:участник|обучающ|учащ|ученик|ребен|субъект|наставник|педагог)",
        never=_OTHERS,
    ),
    *_PERSON_FIELDS[:4],
    _field(
        "signer",
        gettext_noop("Кто подписал"),
        r"кто (?:дал|подпис)|кем (?:дан|подпис)",
        r"подпис(?!ан)",
        r"представител",
    ),
    _field(
        "kind", gettext_noop("Вид согласия"), r"вид соглас", r"^вид|тип соглас|цель|назначение", r"^согласие(?: на)?$"
    ),
    _field("number", gettext_noop("№ согласия"), r"(?:№|номер)\D*(?:соглас|докум)", r"^рег\w* (?:№|номер)|^номер$"),
    _field("withdrawn_on", gettext_noop("Дата отзыва"), r"отзыв|отозван"),
    _field(
        "valid_until",
        gettext_noop("Действует до"),
        r"действ\w* (?:до|по)",
        r"срок|годен|оконч\w* действ",
        never=r"отзыв",
    ),
    _field(
        "given_on",
        gettext_noop("Дата согласия"),
        r"^дата(?: дачи| подачи)? соглас|дата (?:подпис|получ|выдач|оформ|дачи)",
        r"^дата$",
        r"когда (?:дан|подпис|получ)",
        r"^дата(?! рожд| отз)",
        never=r"рожд|отзыв|до$|оконч",
    ),
)

FIELDS: Final[dict[SheetKind, tuple[Field, ...]]] = {
    SheetKind.PUPILS: _PUPIL_FIELDS,
    SheetKind.TEACHERS: _TEACHER_FIELDS,
    SheetKind.PAIRS: _PAIR_FIELDS,
    SheetKind.CONSENTS: _CONSENT_FIELDS,
}

# What a sheet cannot be read without; a tuple inside means "one of these".
REQUIRED: Final[dict[SheetKind, tuple[tuple[str, ...], ...]]] = {
    SheetKind.PUPILS: (("full_name", "surname"), ("birth_date",), ("admitted_on",)),
    SheetKind.TEACHERS: (("full_name", "surname"), ("birth_date",), ("admitted_on",)),
    SheetKind.PAIRS: (
        ("mentor_full_name", "mentor_surname"),
        ("mentor_birth_date",),
        ("mentee_full_name", "mentee_surname"),
        ("mentee_birth_date",),
        ("form",),
        ("starts_on",),
    ),
    SheetKind.CONSENTS: (("full_name", "surname"), ("birth_date",), ("given_on",)),
}
