"""The invented region on paper: its districts, forty schools with their sizes, and what each has to show."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

REGION = "Кедровский край"
DISTRICTS = (
    "Лесогорский муниципальный район",
    "Светлоярский муниципальный округ",
    "Городской округ Кедровск",
)


class Situation(StrEnum):
    """What a visitor finds in a school."""

    ORDINARY = "ordinary"
    NOTHING_YET = "nothing_yet"
    NO_CONSENTS = "no_consents"
    UNSIGNED_ORDER = "unsigned_order"
    ENDED_PAIRS = "ended_pairs"
    REFUSED_ROWS = "refused_rows"
    ABOVE_TARGET = "above_target"


@dataclass(frozen=True)
class SchoolPlan:
    """One school: `share` is the part of its pupils of 10–19 years whom it means to engage by the day."""

    code: str
    name: str
    district: str | None
    pupils: int
    grades: int
    situation: Situation
    share: float


# Code, name, pupils, grades; a school of nine grades is an «основная» one.
_LESOGORSK = (
    ("lesogorsk-1", "МБОУ «Лесогорская СОШ № 1»", 465, 11),
    ("lesogorsk-2", "МБОУ «Лесогорская СОШ № 2»", 320, 11),
    ("berezovka", "МБОУ «Берёзовская СОШ»", 168, 11),
    ("klyuchi", "МБОУ «Ключевская ООШ»", 46, 9),
    ("sosnovka", "МБОУ «Сосновская СОШ»", 131, 11),
    ("zarechnoe", "МКОУ «Зареченская ООШ»", 38, 9),
    ("talitsa", "МБОУ «Талицкая СОШ»", 152, 11),
    ("verhniy-log", "МКОУ «Верхнеложская ООШ»", 24, 9),
    ("pokrovka", "МБОУ «Покровская СОШ»", 112, 11),
    ("yasnaya-polyana", "МБОУ «Яснополянская СОШ»", 178, 11),
    ("krasny-bor", "МБОУ «Красноборская СОШ»", 140, 11),
    ("gornoe", "МКОУ «Горновская ООШ»", 63, 9),
    ("stepnoe", "МБОУ «Степновская СОШ»", 95, 11),
)
_SVETLOYAR = (
    ("svetloyar-1", "МБОУ «СОШ № 1 г. Светлояра»", 610, 11),
    ("svetloyar-3", "МБОУ «СОШ № 3 г. Светлояра»", 420, 11),
    ("svetloyar-gimnaziya", "МАОУ «Гимназия г. Светлояра»", 380, 11),
    ("ozernoe", "МБОУ «Озёрновская СОШ»", 172, 11),
    ("lugovoe", "МБОУ «Луговская СОШ»", 158, 11),
    ("rodniki", "МКОУ «Родниковская ООШ»", 58, 9),
    ("mirny", "МБОУ «СОШ п. Мирный»", 224, 11),
    ("voskresenskoe", "МБОУ «Воскресенская СОШ»", 186, 11),
    ("polevoe", "МКОУ «Полевская ООШ»", 72, 9),
    ("dubrava", "МБОУ «Дубравинская СОШ»", 126, 11),
    ("chistye-prudy", "МБОУ «Чистопрудненская СОШ»", 104, 11),
    ("alekseevka", "МБОУ «Алексеевская СОШ»", 148, 11),
    ("novoselki", "МКОУ «Новосёлковская ООШ»", 85, 9),
)
_KEDROVSK = (
    ("kedrovsk-1", "МАОУ «Лицей № 1 г. Кедровска»", 860, 11),
    ("kedrovsk-2", "МБОУ «СОШ № 2 г. Кедровска»", 540, 11),
    ("kedrovsk-3", "МБОУ «СОШ № 3 г. Кедровска»", 350, 11),
    ("kedrovsk-4", "МБОУ «СОШ № 4 г. Кедровска»", 295, 11),
    ("kedrovsk-5", "МАОУ «Гимназия № 5 г. Кедровска»", 720, 11),
    ("kedrovsk-7", "МБОУ «СОШ № 7 г. Кедровска»", 1500, 11),
    ("kedrovsk-8", "МБОУ «ООШ № 8 г. Кедровска»", 164, 9),
    ("kedrovsk-9", "МБОУ «СОШ № 9 г. Кедровска»", 255, 11),
    ("kedrovsk-10", "МБОУ «СОШ № 10 г. Кедровска»", 238, 11),
    ("kedrovsk-11", "МБОУ «ООШ № 11 г. Кедровска»", 118, 9),
    ("kedrovsk-vechernyaya", "МБОУ «Центр образования г. Кедровска»", 195, 11),
    ("prigorodnoe", "МБОУ «Пригородная СОШ»", 210, 11),
    ("rechnoy", "МБОУ «ООШ п. Речной»", 88, 9),
)
_OF_THE_REGION = (("kray-internat", "ГБОУ «Краевой лицей-интернат»", 270, 11),)

_SITUATIONS = {
    "novoselki": Situation.NOTHING_YET,
    "stepnoe": Situation.NO_CONSENTS,
    "berezovka": Situation.UNSIGNED_ORDER,
    "ozernoe": Situation.UNSIGNED_ORDER,
    "kedrovsk-3": Situation.UNSIGNED_ORDER,
    "dubrava": Situation.ENDED_PAIRS,
    "kedrovsk-11": Situation.ENDED_PAIRS,
    "pokrovka": Situation.REFUSED_ROWS,
    "mirny": Situation.REFUSED_ROWS,
    "kedrovsk-9": Situation.REFUSED_ROWS,
    "talitsa": Situation.ABOVE_TARGET,
    "rodniki": Situation.ABOVE_TARGET,
    "svetloyar-gimnaziya": Situation.ABOVE_TARGET,
    "kedrovsk-1": Situation.ABOVE_TARGET,
    "kedrovsk-5": Situation.ABOVE_TARGET,
    "kedrovsk-8": Situation.ABOVE_TARGET,
    "kray-internat": Situation.ABOVE_TARGET,
}


def plan_schools(random: Random) -> list[SchoolPlan]:
    """List the forty schools, each with its situation and a share drawn by chance for it."""
    by_district = ((*DISTRICTS, None), (_LESOGORSK, _SVETLOYAR, _KEDROVSK, _OF_THE_REGION))
    plans = []
    for district, schools in zip(*by_district, strict=True):
        for code, name, pupils, grades in schools:
            situation = _SITUATIONS.get(code, Situation.ORDINARY)
            share = random.triangular(0.2, 0.78, 0.55)
            if situation is Situation.ABOVE_TARGET:
                share = random.uniform(0.86, 0.95)
            plans.append(SchoolPlan(code, name, district, pupils, grades, situation, share))
    return plans
