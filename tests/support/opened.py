"""The text of whatever leaves the platform: pages, workbooks, documents, archives, PDFs, headers, letters."""

from __future__ import annotations

import email
import email.policy
import html
import re
from email.message import EmailMessage as Parsed
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

from django.core import mail
from pypdf import PdfReader

_TAG = re.compile(r"<[^>]*>")
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
# Of one part; what is packed tighter is a bomb, and no download of ours.
_MOST_BYTES = 64 << 20


def text_of(content: bytes) -> str:
    """Return the text of a file or a body: archives and what is in them, PDFs, or whatever encoding it is in."""
    if content.startswith(b"PK\x03\x04"):
        return _unpacked(content)
    if content.startswith(b"%PDF-"):
        return _of_pdf(content)
    try:
        return _plain(content.decode())
    except UnicodeDecodeError:
        return "\n".join(content.decode(name, "replace") for name in ("utf-8", "cp1251", "utf-16-le"))


def _plain(text: str) -> str:
    """Return a text with its letters as they are read, beside how they were written."""
    seen = [text]
    if "\\u" in text:
        seen.append(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))
    if "&#" in text:
        seen.append(html.unescape(text))
    if "%D0" in text or "%d0" in text or "%D1" in text or "%d1" in text:
        seen.append(unquote(text))
    return "\n".join(seen)


def _unpacked(content: bytes) -> str:
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = []
            for entry in archive.infolist():
                assert entry.file_size <= _MOST_BYTES, entry.filename
                text = text_of(archive.read(entry))
                # A word processor may break a name anywhere into runs of their own.
                parts += [entry.filename, text, _TAG.sub("", text) if text.lstrip()[:1] == "<" else ""]
            return "\n".join(parts)
    except BadZipFile:
        return content.decode("utf-8", "replace")


def _of_pdf(content: bytes) -> str:
    # What is no whole PDF (a test's own bytes) is searched as it is.
    if b"%%EOF" not in content:
        return content.decode("utf-8", "replace")
    reader = PdfReader(BytesIO(content))
    told = [str(value) for value in (reader.metadata or {}).values()]
    inside = [text_of(data) for held in reader.attachments.values() for data in held]
    pages = "\n".join(page.extract_text() for page in reader.pages)
    # A narrow column may break a name anywhere.
    return "\n".join([pages, pages.replace("-\n", "").replace("\n", ""), *told, *inside])


def text_of_response(response: Any) -> str:
    """Return the text of an answer with its headers; a stream is read to its end."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return text_of(content) + "\n" + _plain("\n".join(f"{name}: {value}" for name, value in response.items()))


def text_of_letters() -> str:
    """Return the text of every letter that was sent, with headers and enclosures, and empty the box."""
    letters = list(getattr(mail, "outbox", ()))
    if letters:
        mail.outbox.clear()
    return "\n".join(_of_letter(letter.message().as_bytes()) for letter in letters)


def _of_letter(raw: bytes) -> str:
    letter = email.message_from_bytes(raw, _class=Parsed, policy=email.policy.default)
    told = [f"{name}: {value}" for name, value in letter.items()]
    for part in letter.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            told += [str(part.get_filename() or ""), text_of(payload if isinstance(payload, bytes) else b"")]
    return "\n".join(told)
