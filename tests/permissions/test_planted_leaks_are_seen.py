"""The matrix can see: a canary of the other school is found in whatever it may leave by."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import SimpleCookie
from io import BytesIO
from types import SimpleNamespace
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse, StreamingHttpResponse

from core.authz.registry import World
from core.papers.model import Paper, Paragraph
from core.papers.ways import written
from core.spreadsheets import Column, Table, write_workbook
from tests.permissions.asking import Asker
from tests.support.world import SCHOOL_A, SCHOOL_B


def workbook(text: str) -> bytes:
    return write_workbook([Table("Лист", [Column("ФИО")], [(f"{text} Иван",)])])


def document(text: str) -> bytes:
    return written(Paper("Приказ", (Paragraph(f"Назначить {text} наставником"),)), "docx")


def split_over_runs(text: str) -> bytes:
    """Return a document in which a word processor has broken a name into two pieces."""
    return packed("word/document.xml", f"<w:r>{text[:4]}</w:r><w:r>{text[4:]}</w:r>".encode())


def printed(text: str) -> bytes:
    return written(Paper("Приказ", (Paragraph(f"Назначить {text} наставником"),)), "pdf")


def packed(name: str, content: bytes) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return made.getvalue()


def letter(text: str, *, enclosed: bool = False) -> None:
    made = EmailMultiAlternatives("Новости", "Есть новости", "a@mail.test", ["b@mail.test"])
    if enclosed:
        made.attach("список.xlsx", workbook(text), "application/octet-stream")
    else:
        made.attach_alternative(f"<p>{text}</p>", "text/html")
    mail.outbox.append(made)


WAYS: dict[str, Callable[[str], HttpResponse | StreamingHttpResponse]] = {
    "page": lambda text: HttpResponse(f"<p>{text}</p>"),
    "streamed": lambda text: StreamingHttpResponse([text[:5].encode(), text[5:].encode()]),
    "escaped json": lambda text: HttpResponse("".join(f"\\u{ord(sign):04x}" for sign in text)),
    "cp1251": lambda text: HttpResponse(text.encode("cp1251")),
    "name of a file": lambda text: HttpResponse(headers={"Content-Disposition": f"filename*=UTF-8''{quote(text)}"}),
    "xlsx": lambda text: HttpResponse(workbook(text)),
    "docx": lambda text: HttpResponse(document(text)),
    "docx in runs": lambda text: HttpResponse(split_over_runs(text)),
    "pdf": lambda text: HttpResponse(printed(text)),
    "pdf in an archive": lambda text: HttpResponse(packed("приказ.pdf", printed(text))),
    "name in an archive": lambda text: HttpResponse(packed(f"{text}.txt", b"-")),
    "letter": lambda text: HttpResponse(str(letter(text) or "")),
    "file in a letter": lambda text: HttpResponse(str(letter(text, enclosed=True) or "")),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_planted_leak_is_seen(way: str, mailoutbox: list[object]):
    client = SimpleNamespace(generic=lambda method, path: WAYS[way](text), cookies=SimpleCookie())
    asker = Asker(client, World.SCHOOL, "director", SimpleCookie())  # type: ignore[arg-type]
    text = SCHOOL_B.surname
    with pytest.raises(AssertionError, match=f"GET /: {SCHOOL_B.canary}"):
        asker.send("GET", "/")
    text = SCHOOL_A.canary
    assert asker.send("GET", "/").status_code == 200
    assert mailoutbox == []
    assert asker.letters == (2 if "letter" in way else 0)
