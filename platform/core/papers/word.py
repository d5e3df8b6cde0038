"""Documents as DOCX, to be edited further.

Written with python-docx (MIT) from the model, not from a template: nothing that people typed is ever read as markup.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from core.papers.model import Heading, NewPage, Numbered, Paper, Paragraph, Signature, printable

_FONT: Final = "Times New Roman"
_ALIGN: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
# ГОСТ Р 7.0.97: 2 cm above and below, at least 2 cm on the left and 1 cm on the right of A4.
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _EDGE = Cm(21), Cm(29.7), Cm(3), Cm(1.5), Cm(2)


def write_docx(paper: Paper) -> bytes:
    """Return the document as a file. Characters that XML cannot hold are left out."""
    document = Document()
    _set_up(document, paper.title)
    begins_page = False
    for block in paper.blocks:
        if isinstance(block, NewPage):
            begins_page = True
            continue
        line = _added(document, block)
        if begins_page:
            line.paragraph_format.page_break_before = True
            begins_page = False
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_up(document: Any, title: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = _WIDTH, _HEIGHT
    section.left_margin, section.right_margin = _LEFT, _RIGHT
    section.top_margin = section.bottom_margin = _EDGE
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(12)
    fonts = style.element.rPr.rFonts
    for name in ("w:cs", "w:eastAsia"):
        fonts.set(qn(name), _FONT)
    style.paragraph_format.space_after = Pt(6)
    document.core_properties.title = printable(title)
    document.core_properties.author = ""
    document.core_properties.language = "ru-RU"


def _added(document: Any, block: Heading | Paragraph | Numbered | Signature) -> Any:
    """Add a block and return its paragraph."""
    match block:
        case Heading():
            line = document.add_paragraph()
            line.add_run(printable(block.text)).bold = True
            line.alignment = _ALIGN["centre"]
            line.paragraph_format.keep_with_next = True
        case Paragraph():
            line = document.add_paragraph(printable(block.text))
            line.alignment = _ALIGN[block.align]
        case Numbered():
            line = document.add_paragraph(f"{block.number} {printable(block.text)}")
            line.paragraph_format.left_indent = Cm(0.75 * block.depth)
            line.paragraph_format.keep_with_next = block.leads
        case Signature():
            line = document.add_paragraph(f"{printable(block.post)}\t____________\t{printable(block.name)}")
            line.paragraph_format.space_before = Pt(24)
            line.paragraph_format.keep_together = True
            line.paragraph_format.tab_stops.add_tab_stop(Cm(9))
            line.paragraph_format.tab_stops.add_tab_stop(_WIDTH - _LEFT - _RIGHT, WD_TAB_ALIGNMENT.RIGHT)
    return line
