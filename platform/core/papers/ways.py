"""The ways a document is written."""

from __future__ import annotations

from typing import Final, Literal

from core.papers.model import Paper

Way = Literal["docx", "pdf"]
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF: Final = "application/pdf"
MEDIA: Final[dict[Way, str]] = {"docx": DOCX, "pdf": PDF}


def written(paper: Paper, way: Way) -> bytes:
    """Return the document as a file, the same text in either way."""
    # The libraries are loaded by the process that writes its first document: most never do.
    if way == "pdf":
        from core.papers.pdf import write_pdf

        return write_pdf(paper)
    from core.papers.word import write_docx

    return write_docx(paper)
