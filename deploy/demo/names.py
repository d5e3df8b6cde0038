"""Invented people: names combined at random from common ones, and СНИЛС with a right check number."""

from dataclasses import dataclass
from random import Random

# fmt: off
SURNAMES = (
    "Иванов", "Смирнов", "Кузнецов", "Попов", "Васильев", "Петров", "Соколов", "Михайлов", "Новиков",
    "Фёдоров", "Морозов", "Волков", "Алексеев", "Лебедев", "Семёнов", "Егоров", "Павлов", "Козлов",
    "Степанов", "Николаев", "Орлов", "Андреев", "Макаров", "Никитин", "Захаров", "Зайцев", "Соловьёв",
    "Борисов", "Яковлев", "Григорьев", "Романов", "Воробьёв", "Сергеев", "Кузьмин", "Фролов",
    "Александров", "Дмитриев", "Королёв", "Гусев", "Киселёв", "Ильин", "Максимов", "Поляков", "Сорокин",
    "Виноградов", "Ковалёв", "Белов", "Медведев", "Антонов", "Тарасов", "Жуков", "Баранов", "Филиппов",
    "Комаров", "Давыдов", "Беляев", "Герасимов", "Богданов", "Осипов", "Сидоров", "Матвеев", "Титов",
    "Марков", "Миронов", "Крылов", "Куликов", "Карпов", "Власов", "Мельников", "Денисов", "Гаврилов",
    "Тихонов", "Казаков", "Афанасьев", "Данилов", "Савельев", "Тимофеев", "Фомин", "Чернов", "Абрамов",
    "Мартынов", "Ефимов", "Федотов", "Щербаков", "Назаров", "Калинин", "Исаев", "Чернышёв", "Быков",
    "Маслов", "Родионов", "Коновалов", "Лазарев", "Римский-Корсаков", "Петров-Водкин",
)
UNCHANGING = (
    "Шевчук", "Коваленко", "Цой", "Черных", "Дурново", "Мороз", "Ткаченко", "Седых", "Ким",
    "Литвиненко",
)
MALE = (
    "Александр", "Дмитрий", "Максим", "Сергей", "Андрей", "Алексей", "Артём", "Илья", "Кирилл",
    "Михаил", "Никита", "Матвей", "Роман", "Егор", "Арсений", "Иван", "Денис", "Евгений", "Тимофей",
    "Владислав", "Игорь", "Владимир", "Павел", "Руслан", "Марк", "Константин", "Тимур", "Олег",
    "Ярослав", "Антон", "Николай", "Глеб", "Данил", "Савелий", "Вадим", "Степан", "Юрий", "Богдан",
    "Артур", "Семён", "Макар", "Лев", "Виктор", "Пётр", "Фёдор",
)
FEMALE = (
    "София", "Анна", "Мария", "Полина", "Виктория", "Елизавета", "Екатерина", "Ксения", "Валерия",
    "Варвара", "Александра", "Вероника", "Арина", "Алиса", "Алина", "Милана", "Маргарита", "Диана",
    "Ульяна", "Алёна", "Ангелина", "Анастасия", "Дарья", "Ольга", "Татьяна", "Ирина", "Елена",
    "Наталья", "Светлана", "Юлия", "Евгения", "Кира", "Надежда", "Любовь", "Вера", "Людмила", "Галина",
    "Нина", "Таисия", "Злата",
)
FATHERS = (
    "Александр", "Дмитрий", "Максим", "Андрей", "Алексей", "Артём", "Кирилл", "Михаил", "Роман", "Иван",
    "Денис", "Евгений", "Владислав", "Владимир", "Павел", "Руслан", "Константин", "Тимур", "Олег",
    "Антон", "Николай", "Вадим", "Степан", "Юрий", "Богдан", "Виктор", "Борис", "Семён", "Сергей",
)
# fmt: on
STEMS = {"Дмитрий": "Дмитри", "Евгений": "Евгень", "Юрий": "Юрь", "Павел": "Павл", "Михаил": "Михайл"}
"""Fathers' names whose patronymic is not formed by adding to the name without its last letter й."""


@dataclass(frozen=True)
class Name:
    """A full name in its parts; the patronymic may be empty."""

    surname: str
    given: str
    patronymic: str
    is_female: bool = False

    def __str__(self) -> str:
        return " ".join(part for part in (self.surname, self.given, self.patronymic) if part)


def _patronymic(father: str, *, of_woman: bool) -> str:
    """Form the patronymic of one of the fathers' names above."""
    stem = STEMS.get(father, father.removesuffix("й"))
    ending = "на" if of_woman else "ич"
    joint = "ев" if stem[-1] in "еаиь" else "ов"
    return f"{stem}{joint}{ending}"


def _surname(root: str, *, of_woman: bool) -> str:
    if not of_woman or root in UNCHANGING:
        return root
    return "-".join(f"{part[:-2]}ая" if part.endswith("ий") else f"{part}а" for part in root.split("-"))


def random_name(random: Random, *, of_woman: bool | None = None) -> Name:
    """Combine a name; one in forty has no patronymic, one in twenty a surname that does not change."""
    female = random.random() < 0.5 if of_woman is None else of_woman
    root = random.choice(UNCHANGING if random.random() < 0.05 else SURNAMES)
    patronymic = "" if random.random() < 0.025 else _patronymic(random.choice(FATHERS), of_woman=female)
    given = random.choice(FEMALE if female else MALE)
    return Name(_surname(root, of_woman=female), given, patronymic, female)


def random_snils(random: Random) -> str:
    """Invent a СНИЛС as it is printed, with a right check number."""
    digits = [random.randint(1, 9), *(random.randint(0, 9) for _ in range(8))]
    check = sum(digit * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True)) % 101 % 100
    bare = "".join(map(str, digits))
    return f"{bare[:3]}-{bare[3:6]}-{bare[6:]} {check:02d}"
