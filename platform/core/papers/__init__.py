"""Papers: one model of a document, and the ways it is written. Knows no school and no order."""

from core.papers.model import Block, Heading, NewPage, Numbered, Paper, Paragraph, Signature
from core.papers.word import DOCX, write_docx

__all__ = ["DOCX", "Block", "Heading", "NewPage", "Numbered", "Paper", "Paragraph", "Signature", "write_docx"]
