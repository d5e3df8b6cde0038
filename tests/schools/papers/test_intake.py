"""What is kept of a file: pages and dots; everything else that a file can hold is left behind or refused."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from schools.papers import intake
from schools.papers.intake import NotTakenError, taken
from tests.schools.papers.files import ACTING, ACTING_CATALOG, PLACE, pdf, photograph, png

SCRIPT = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_drawn_anew_upright_and_tells_nothing(kind: str):
    content = photograph(40, 20, kind)
    assert PLACE in content
    kept = taken(content)
    assert kept.media == "image/jpeg"
    assert PLACE not in kept.content
    picture = Image.open(BytesIO(kept.content))
    assert (picture.size, picture.format, dict(picture.getexif())) == ((20, 40), "JPEG", {})


def test_what_stands_behind_a_picture_stays_behind():
    kept = taken(photograph() + SCRIPT)
    assert b"script" not in kept.content
    assert taken(png(2, 2, b"\0\0\0" * 2) + SCRIPT).media == "image/jpeg"


def test_a_large_picture_is_made_smaller(monkeypatch):
    monkeypatch.setattr(intake, "_SHOWN_PIXELS", 10)
    assert Image.open(BytesIO(taken(photograph(80, 40)).content)).size == (5, 10)


def test_of_a_pdf_the_pages_alone_go_over():
    content = pdf(*ACTING, catalog=ACTING_CATALOG)
    left_behind = (
        b"app.alert", b"MZMALWARE", b"SECRETNOTE", b"SECRETAUTHOR", b"JavaScript", b"OpenAction", b"XFAFORM",
    )  # fmt: skip
    assert all(each in content for each in left_behind)
    kept = taken(content)
    assert kept.media == "application/pdf"
    assert not any(each in kept.content for each in left_behind)
    (page,) = PdfReader(BytesIO(kept.content)).pages
    assert page.get_contents().get_data().strip() == b"0 0 9 9 re f"


def _locked() -> bytes:
    writer, buffer = PdfWriter(), BytesIO()
    writer.add_blank_page(9, 9)
    writer.encrypt("x", algorithm="RC4-40")
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff" + b"\0" * intake.MOST_BYTES, "too_large"),
        (SCRIPT, "unknown_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "unknown_type"),
        (b"GIF89a" + b"\0" * 50, "unknown_type"),
        (b"PK\x03\x04 a workbook", "unknown_type"),
        (b"\n" + photograph(), "unknown_type"),
        (SCRIPT + b"%PDF-1.4", "unknown_type"),
        (b"\xff\xd8\xff" + SCRIPT, "broken"),
        (photograph()[:-40], "broken"),
        (png(60_000, 60_000, b""), "too_many_pixels"),
        (png(8_000, 8_000, b"\0" * 100), "too_many_pixels"),
        (png(100, 100, b"\0" * 50), "broken"),
        (b"%PDF-1.7\n" + SCRIPT, "broken"),
        (pdf(*ACTING)[:150], "broken"),
        (pdf(*ACTING, pages=b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), "broken"),
        (pdf(*ACTING, pages=b"<</Type/Pages/Kids[]/Count 0>>"), "broken"),
        (pdf(*ACTING, pages=b"<</Type/Pages/Kids[" + b"3 0 R " * 60 + b"]/Count 1>>"), "too_many_pages"),
        (_locked(), "locked"),
    ],
)
def test_what_is_refused(content: bytes, why: str):
    with pytest.raises(NotTakenError) as refusal:
        taken(content)
    assert refusal.value.why == why


@pytest.mark.nightly
def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(NotTakenError):
        taken(png(30_000, 30_000, b"\0" * 30_000 * 300))
    many = b"<</Type/Pages/Kids[" + b"3 0 R " * 100_000 + b"]/Count 1>>"
    with pytest.raises(NotTakenError):
        taken(pdf(*ACTING, pages=many))
