"""Which letters reach paper: those of all languages of Russia, in both ways of writing and both weights."""

from __future__ import annotations

import unicodedata
from io import BytesIO

import pytest
from docx import Document
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics

from core.papers import Heading, Paper, Paragraph, Way, written
from core.papers.model import printable

# Tatar, Bashkir, Chuvash, Yakut, Buryat, Tuvan, Kalmyk, Mari, Udmurt, Komi, Ossetian, the Caucasus, the North.
LETTERS = "ӘәҒғҚқҢңӨөҮүҺһӐӑӖӗҪҫӲӳҘҙҠҡҔҕҤҥҖҗӔӕӒӓӦӧӰӱӸӹӜӝӞӟӤӥӴӵІіӀӏӃӄӇӈҶҷӋӌӢӣӮӯ"
SIGNS = "ЁёЪъ«»№—–“”„’…§\u0301"
NAMES = (
    "Хәсәнова Гөлнара Рәшит ҡыҙы",
    "Ҡунаҡбаев Һиҙиәт Ғүмәр улы",
    "Ҫӗнтӗр Ӑшшӑ Ӳкеҫӗ",
    "Оҥоо Дьөҕүөр Үөрэҕэ",
    "Алёшина № 5 «Ёж» — Ива́нова",
)


def test_every_letter_is_in_the_fonts_of_papers():
    written(Paper("", (Heading("А"), Paragraph("А"))), "pdf")
    drawn = {name: pdfmetrics.getFont(name).face.charToGlyph for name in ("Paper", "Paper-Bold")}
    assert {name: [sign for sign in LETTERS + SIGNS if ord(sign) not in glyphs] for name, glyphs in drawn.items()} == {
        "Paper": [],
        "Paper-Bold": [],
    }


@pytest.mark.parametrize("way", ["docx", "pdf"])
def test_names_are_read_back_as_they_were_typed(way: Way):
    paper = Paper("Имена", tuple(block(name) for name in NAMES for block in (Heading, Paragraph)))
    data = BytesIO(written(paper, way))
    if way == "pdf":
        lines = PdfReader(data).pages[0].extract_text().split("\n")
    else:
        lines = [line.text for line in Document(data).paragraphs]
    assert [line.strip() for line in lines if line] == [name for name in NAMES for _ in range(2)]


def test_a_letter_typed_in_two_signs_is_one_on_paper():
    apart = unicodedata.normalize("NFD", "Ӑшшӑ Ёлкий")
    assert len(apart) == len("Ӑшшӑ Ёлкий") + 4
    assert printable(apart) == "Ӑшшӑ Ёлкий"
