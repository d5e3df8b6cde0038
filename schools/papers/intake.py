"""What is kept of a scan that somebody brings: its pages or its picture, and nothing else that a file can hold.

What a file is, its content says, never its name. A picture is drawn anew (Pillow, MIT-CMU), which leaves behind where
and when it was taken; of a PDF only the pages go over into a new one (pypdf, BSD), without scripts, actions, embedded
files, forms and notes. What cannot be read as one of the two is refused. Needs no database.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Literal

from core.papers.ways import PDF

MOST_BYTES: Final = 10 * 1024**2
MOST_PAGES: Final = 50
MOST_PIXELS: Final = 40_000_000
"""What a phone's camera makes, and A4 at 600 dots an inch; a picture is unpacked only up to this."""
_SHOWN_PIXELS: Final = 2500  # of the longer side: A4 at 210 dots an inch, where small print is still read
_JPEG_QUALITY: Final = 80
# Of a page: whatever acts, is attached, or tells of something outside the page.
_NOT_KEPT: Final = ("/Annots", "/AA", "/AF", "/Metadata", "/PieceInfo", "/Thumb", "/B", "/StructParents", "/Tabs")

Media = Literal["application/pdf", "image/jpeg"]
JPEG: Final = "image/jpeg"
ENDINGS: Final[dict[str, str]] = {PDF: "pdf", JPEG: "jpg"}
Why = Literal["empty", "too_large", "unknown_type", "too_many_pixels", "too_many_pages", "locked", "broken"]


class NotTakenError(Exception):
    """A file that is not kept; ``why`` says what is wrong with it."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


@dataclass(frozen=True, slots=True)
class Taken:
    """What is kept of a file: always made by us, of one of two kinds."""

    media: str
    content: bytes


def taken(content: bytes) -> Taken:
    """Return what is kept of a PDF, a JPEG or a PNG.

    :raises NotTakenError: it is none of them, cannot be read, is locked by a password or is too large.
    """
    if not content:
        raise NotTakenError("empty")
    if len(content) > MOST_BYTES:
        raise NotTakenError("too_large")
    try:
        if content.startswith(b"%PDF-"):
            return Taken(PDF, _pages_alone(content))
        if content.startswith(b"\xff\xd8\xff"):
            return Taken(JPEG, _drawn_anew(content, "JPEG"))
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return Taken(JPEG, _drawn_anew(content, "PNG"))
    except NotTakenError:
        raise
    except (Exception, RecursionError) as fault:
        # The libraries raise whatever a broken file makes them stumble over.
        raise NotTakenError("broken") from fault
    raise NotTakenError("unknown_type")


def _drawn_anew(content: bytes, kind: str) -> bytes:
    """Return a picture as a JPEG made of its dots alone, upright, its longer side at most ``_SHOWN_PIXELS``."""
    # Loaded by the process that takes its first picture: most never do.
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # measured below, more strictly
        try:
            picture: Any = Image.open(BytesIO(content), formats=(kind,))
        except Image.DecompressionBombError as fault:
            raise NotTakenError("too_many_pixels") from fault
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise NotTakenError("too_many_pixels")
    size = (_SHOWN_PIXELS, _SHOWN_PIXELS)
    picture.draft("RGB", size)
    picture = ImageOps.exif_transpose(picture)
    if picture.mode == "P":
        picture = picture.convert("RGBA")
    picture.thumbnail(size)
    if picture.mode in ("RGBA", "LA", "PA"):
        dots = picture.convert("RGBA")
        picture = Image.new("RGB", dots.size, "white")
        picture.paste(dots, mask=dots.getchannel("A"))
    clean = Image.new("RGB", picture.size)
    clean.paste(picture.convert("RGB"))
    buffer = BytesIO()
    clean.save(buffer, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return buffer.getvalue()


def _pages_alone(content: bytes) -> bytes:
    """Return a PDF with the pages of another and nothing else."""
    from pypdf import PdfReader, PdfWriter

    # Its complaints may quote the file.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise NotTakenError("locked")
    count = len(reader.pages)
    if count > MOST_PAGES:
        raise NotTakenError("too_many_pages")
    if not count:
        raise NotTakenError("broken")
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page, excluded_keys=_NOT_KEPT)
    writer.metadata = None
    buffer = BytesIO()
    writer.write(buffer)
    made = buffer.getvalue()
    if len(made) > 2 * MOST_BYTES:
        raise NotTakenError("too_large")
    return made
