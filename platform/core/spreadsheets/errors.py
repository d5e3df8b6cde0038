"""Why a file is not read, and what to do about it, in the words of the person who sent it."""


def gettext_noop(text: str) -> str:
    """Mark a sentence for the translation catalogue; it is translated where it is shown."""
    return text


# The code is stable; the sentence is a msgid with named parameters.
MESSAGES: dict[str, str] = {
    "empty_file": gettext_noop("Файл пустой. Проверьте, что вы выбрали нужный файл, и загрузите его ещё раз."),
    "file_too_big": gettext_noop(
        "Файл больше %(limit)s МБ. Удалите из него рисунки и лишние листы или разделите его на части."
    ),
    "old_excel": gettext_noop(
        "Это книга старого формата (.xls). Откройте её в Excel или LibreOffice, выберите "
        "«Сохранить как» → «Книга Excel (.xlsx)» и загрузите новый файл."
    ),
    "password": gettext_noop(
        "Книга защищена паролем. Снимите пароль (Файл → Сведения → Защита книги) и загрузите её ещё раз."
    ),
    "open_document": gettext_noop(
        "Это таблица OpenDocument (.ods). Откройте её, выберите «Сохранить как» → «Excel 2007–365 (.xlsx)» "
        "и загрузите новый файл."
    ),
    "word_document": gettext_noop(
        "Это документ Word, а не книга Excel. Скопируйте таблицу в Excel и сохраните как .xlsx."
    ),
    "binary_excel": gettext_noop(
        "Это двоичная книга (.xlsb). Выберите в Excel «Сохранить как» → «Книга Excel (.xlsx)» и загрузите новый файл."
    ),
    "macros": gettext_noop(
        "В книге есть макросы (.xlsm). Выберите «Сохранить как» → «Книга Excel (.xlsx)», без макросов, "
        "и загрузите новый файл."
    ),
    "web_page": gettext_noop(
        "Это веб-страница или XML с расширением Excel. Откройте файл в Excel, выберите «Сохранить как» → "
        "«Книга Excel (.xlsx)» и загрузите новый файл."
    ),
    "not_a_workbook": gettext_noop(
        "Это не книга Excel (.xlsx) и не таблица CSV. Откройте файл в Excel и сохраните как «Книга Excel (.xlsx)»."
    ),
    "unknown_encoding": gettext_noop(
        "Буквы в файле не читаются: это ни UTF-8, ни windows-1251, или часть файла испорчена. Откройте таблицу "
        "в Excel, выберите «Сохранить как» → «Книга Excel (.xlsx)» и загрузите новый файл."
    ),
    "bad_quotes": gettext_noop(
        "В строке %(line)s кавычки стоят так, что непонятно, где кончается ячейка. Исправьте их или сохраните таблицу "
        "как .xlsx."
    ),
    "long_cell": gettext_noop(
        "В строке %(line)s одна ячейка длиннее, чем бывает в Excel. Проверьте кавычки или сохраните таблицу как .xlsx."
    ),
    "damaged": gettext_noop("Файл повреждён. Откройте его в Excel, сохраните под новым именем и загрузите ещё раз."),
    "suspicious": gettext_noop(
        "Файл устроен необычно и не будет прочитан ради безопасности. Скопируйте таблицу в новую книгу Excel "
        "и загрузите её."
    ),
    "unpacks_too_big": gettext_noop(
        "Внутри файла слишком много данных. Скопируйте только нужные таблицы в новую книгу и загрузите её."
    ),
    "too_many_sheets": gettext_noop("В книге больше %(limit)s листов. Оставьте только нужные листы."),
    "too_many_rows": gettext_noop(
        "На листе больше %(limit)s строк. Удалите лишние строки внизу листа или разделите таблицу на несколько файлов."
    ),
    "too_many_cells": gettext_noop(
        "В книге слишком много ячеек (больше %(limit)s). Удалите лишние столбцы и строки и загрузите её ещё раз."
    ),
    "no_sheets": gettext_noop("В книге нет листов с таблицами."),
}


class SpreadsheetRefusedError(Exception):
    """The file is refused as a whole; `code` is stable, `message` is a sentence for its sender."""

    def __init__(self, code: str, **params: str | int) -> None:
        """Remember the code and the figures of the sentence."""
        self.code = code
        self.params = params
        super().__init__(self.message)

    @property
    def template(self) -> str:
        """Return the sentence as the translation catalogue knows it, to be filled in with `params`."""
        return MESSAGES[self.code]

    @property
    def message(self) -> str:
        """Return the untranslated sentence with its figures filled in."""
        return self.template % self.params
