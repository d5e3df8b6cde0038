"""The workbook that both sides read: pupils as a school's register has them."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from itertools import islice, product

SURNAMES = ("Иванов", "Петров", "Сидоров", "Кузнецов", "Ёлкин", "Смирнов", "Попов", "Соколов", "Лебедев", "Козлов")
NAMES = ("Иван", "Пётр", "Семён", "Олег", "Юрий", "Лев", "Марк", "Глеб", "Тихон", "Артём")
PATRONYMICS = ("Иванович", "Петрович", "Олегович", "Юрьевич", "Львович", "Маркович", "Глебович", "Артёмович")
HEADS = ("Фамилия", "Имя", "Отчество", "Дата рождения", "Класс", "СНИЛС", "Дата зачисления")
FIRST_BIRTH = date(2009, 1, 1)
ADMITTED = date(2026, 9, 1)
# Not a multiple of anything in a name: each row is another person.
_STEP = 37


def snils_of(number: int) -> str:
    """Return a СНИЛС with its right check digits, as registers write it."""
    digits = f"{100_000_000 + number * 7919 % 899_999_999:09}"
    check = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True)) % 101 % 100
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {check:02}"


def rows(count: int) -> list[tuple[str, str, str, date, str, str, date]]:
    """Return so many pupils; three in ten have no СНИЛС."""
    names = islice(product(NAMES, PATRONYMICS, SURNAMES, range(100)), count)
    found = []
    for number, (name, patronymic, surname, _again) in enumerate(names):
        born = FIRST_BIRTH + timedelta(days=number * _STEP % 3000)
        room = f"{5 + number % 7}{'АБВГ'[number % 4]}"
        found.append((surname, name, patronymic, born, room, snils_of(number) if number % 10 < 7 else "", ADMITTED))
    return found


def workbook(count: int) -> bytes:
    """Return the bytes of the xlsx, written by openpyxl as many registers' exports are."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Обучающиеся"
    sheet.append(HEADS)
    for row in rows(count):
        sheet.append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()
