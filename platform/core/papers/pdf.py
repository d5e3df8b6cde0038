"""Documents as PDF, to be printed or sent as they are.

Written with reportlab (BSD) from the same model as the DOCX, with no library of the system. Letters are those of the
screens: PT Sans (OFL), unpacked once for a process from the vendored web fonts by fontTools (MIT).
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.platypus import KeepTogether, PageBreak, SimpleDocTemplate, Spacer, Table
from reportlab.platypus import Paragraph as Lines

import core.ui
from core.papers.model import Block, Heading, NewPage, Numbered, Paper, Paragraph, Signature, printable

_FONTS: Final = Path(core.ui.__file__).parent / "static" / "ui" / "fonts"
_PLAIN, _BOLD = "Paper", "Paper-Bold"
# «cyrillic-ext» holds the letters of Russia's other languages: Ғ, Ә, Ӗ and so on stand in people's names.
_PARTS: Final = ("latin", "cyrillic", "cyrillic-ext", "latin-ext")
_ALIGN: Final = {"left": TA_LEFT, "centre": TA_CENTER, "right": TA_RIGHT}
# The same margins as in the DOCX.
_LEFT, _RIGHT, _EDGE = 3 * cm, 1.5 * cm, 2 * cm
_PADDING: Final = 6  # points that the library itself leaves inside the margins


def write_pdf(paper: Paper) -> bytes:
    """Return the document as a file. What people typed is text, never markup; unprintable characters are left out."""
    _register_fonts()
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=_LEFT - _PADDING,
        rightMargin=_RIGHT - _PADDING,
        topMargin=_EDGE - _PADDING,
        bottomMargin=_EDGE - _PADDING,
        title=printable(paper.title),
        author="",
        lang="ru-RU",
    )
    document.build([_flowable(block) for block in paper.blocks] or [Spacer(0, 0)])
    return buffer.getvalue()


def _flowable(block: Block) -> Any:
    match block:
        case NewPage():
            return PageBreak()
        case Heading():
            return _lines(block.text, fontName=_BOLD, alignment=TA_CENTER, keepWithNext=1)
        case Paragraph():
            return _lines(block.text, alignment=_ALIGN[block.align])
        case Numbered():
            indent = 0.75 * cm * block.depth
            return _lines(f"{block.number} {block.text}", leftIndent=indent, keepWithNext=int(block.leads))
        case Signature():
            return _signature(block)


def _signature(block: Signature) -> Any:
    """Return post, room for the hand and name on one line; long posts and names take more."""
    width = A4[0] - _LEFT - _RIGHT
    cells = [_lines(block.post), _lines("____________"), _lines(block.name, alignment=TA_RIGHT)]
    row = Table([cells], colWidths=[width * 0.45, width * 0.25, width * 0.3])
    row.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            ("LEFTPADDING", (0, 0), (0, 0), 0),
            ("RIGHTPADDING", (2, 0), (2, 0), 0),
        ]
    )
    return KeepTogether([Spacer(0, 14), row])


def _lines(text: str, **style: Any) -> Any:
    return Lines(
        escape(printable(text)),
        ParagraphStyle("line", **{"fontName": _PLAIN, "fontSize": 11, "leading": 13.5, "spaceAfter": 4, **style}),
    )


@cache
def _register_fonts() -> None:
    """Unpack the web fonts and put their parts together: each alphabet is a file of its own."""
    for name, weight in ((_PLAIN, 400), (_BOLD, 700)):
        merged = BytesIO()
        Merger().merge([_unpacked(part, weight) for part in _PARTS]).save(merged)
        merged.seek(0)
        pdfmetrics.registerFont(ttfonts.TTFont(name, merged))


def _unpacked(part: str, weight: int) -> BytesIO:
    font = TTFont(_FONTS / f"pt-sans-{part}-{weight}-normal.woff2")
    font.flavor = None
    plain = BytesIO()
    font.save(plain)
    plain.seek(0)
    return plain
