"""Files that people bring, and files that nobody should: made here, so that no binary lies in the repository."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

PLACE = b"SECRETPLACE"


def photograph(width: int = 40, height: int = 20, kind: str = "JPEG") -> bytes:
    """Return a picture that tells where it was taken."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x010E] = PLACE.decode()  # ImageDescription
    exif[0x0112] = 6  # Orientation: turned by 90 degrees
    buffer = BytesIO()
    Image.new("RGB", (width, height), "red").save(buffer, kind, exif=exif)
    return buffer.getvalue()


def png(width: int, height: int, rows: bytes) -> bytes:
    """Return a PNG that claims these dimensions."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def pdf(*objects: bytes, pages: bytes = b"<</Type/Pages/Kids[3 0 R]/Count 1>>", catalog: bytes = b"") -> bytes:
    """Return a PDF of one page; further objects are numbered from 5."""
    every = [
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        pages,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Annots[6 0 R]/AA<</O 5 0 R>>>>",
        b"<</Length 11>>stream\n0 0 9 9 re f\nendstream",
        *objects,
    ]
    body = b"".join(b"%d 0 obj%sendobj\n" % (number, each) for number, each in enumerate(every, 1))
    info = b"<</Root 1 0 R/Info<</Author(SECRETAUTHOR)>>>>"
    return b"%PDF-1.4\n" + body + b"trailer" + info + b"\nstartxref\n0\n%%EOF"


ACTING = (
    b"<</S/JavaScript/JS(app.alert)>>",
    b"<</Type/Annot/Subtype/Text/Contents(SECRETNOTE)/A 5 0 R/Rect[0 0 9 9]>>",
    b"<</Type/Filespec/F(x.exe)/EF<</F 8 0 R>>>>",
    b"<</Type/EmbeddedFile/Length 9>>stream\nMZMALWARE\nendstream",
)
ACTING_CATALOG = (
    b"/OpenAction 5 0 R/Names<</JavaScript<</Names[(a) 5 0 R]>>/EmbeddedFiles<</Names[(x) 7 0 R]>>>>"
    b"/AcroForm<</Fields[]/XFA(XFAFORM)>>"
)
