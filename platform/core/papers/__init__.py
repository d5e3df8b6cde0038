"""Papers: one model of a document, and the ways it is written. Knows no school and no order."""

from core.papers.model import Block, Heading, NewPage, Numbered, Paper, Paragraph, Signature
from core.papers.ways import DOCX, MEDIA, PDF, Way, written

__all__ = [
    "DOCX",
    "MEDIA",
    "PDF",
    "Block",
    "Heading",
    "NewPage",
    "Numbered",
    "Paper",
    "Paragraph",
    "Signature",
    "Way",
    "written",
]
