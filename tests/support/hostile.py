"""Hostile and broken files in named classes, made by code: what a school may upload by mistake, or somebody by intent.

Each entry of ``CORPUS`` is «class: what it is» → (name of the file, a function that makes its bytes). Files of
``HEAVY`` take a second or more to make or to refuse.
"""

from __future__ import annotations

import gzip
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO

from tests.support.odd_books import (
    HEADS,
    NAMESPACE,
    PERSON,
    SHEET,
    STRINGS,
    TABLE,
    archive,
    book,
    inline,
    repacked,
    sheet_xml,
)

Maker = Callable[[], bytes]
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACRO_TYPES = b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
_OUTSIDE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    b'Target="../../../../etc/passwd"/></Relationships>'
)
CORPUS: dict[str, tuple[str, Maker]] = {}
HEAVY: set[str] = set()


def _add(kind: str, what: str, make: Maker, name: str = "список.xlsx", *, heavy: bool = False) -> None:
    key = f"{kind}: {what}"
    assert key not in CORPUS
    CORPUS[key] = (name, make)
    if heavy:
        HEAVY.add(key)


def _sheet(kind: str, what: str, xml: bytes | Callable[[], bytes], *, heavy: bool = False) -> None:
    _add(kind, what, lambda: repacked({SHEET: xml() if callable(xml) else xml}), heavy=heavy)


def _renamed() -> Iterator[tuple[str, Maker]]:
    yield "nothing", lambda: b""
    yield "one byte", lambda: b"P"
    yield "plain text", lambda: "Иванов Иван".encode()
    yield "CSV", lambda: "ФИО;Дата рождения\nИванов;1".encode("cp1251")
    yield "Excel 97", lambda: _OLE + b"\0" * 4096
    yield "password", lambda: _OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512
    yield "OpenDocument", lambda: archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})
    yield "Word", lambda: archive({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<w/>"})
    yield "binary Excel", lambda: archive({"xl/workbook.bin": b"\0" * 99})
    yield "macros", lambda: repacked({"xl/vbaProject.bin": b"Sub AutoOpen()"})
    yield "macros by type", lambda: repacked({"[Content_Types].xml": _MACRO_TYPES})
    yield "web page", lambda: b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>"
    yield "web page with blanks before", lambda: b"\xef\xbb\xbf\r\n  <HTML><table></table></HTML>"
    yield "Excel 2003 XML", lambda: b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook/>"
    yield "MHTML", lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html></html>"
    yield "PDF", lambda: b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"
    yield "PNG", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    yield "JPEG", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256))
    yield "gzip", lambda: gzip.compress(b"x" * 999)
    yield "archive of a workbook", lambda: archive({"список.xlsx": book(PERSON)})
    yield "RAR", lambda: b"Rar!\x1a\x07\x01\x00" + b"\x01" * 64
    yield "program", lambda: b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 256
    yield "database", lambda: b"SQLite format 3\x00" + b"\0" * 100


def _corrupt() -> Iterator[tuple[str, Maker]]:
    yield "first quarter", lambda: book(PERSON)[: len(book(PERSON)) // 4]
    yield "half", lambda: book(PERSON)[: len(book(PERSON)) // 2]
    yield "without the last bytes", lambda: book(PERSON)[:-9]
    yield "signature and noise", lambda: b"PK\x03\x04" + bytes(range(256)) * 40
    yield "spoilt in the middle", _flipped
    yield "wrong checksum", _wrong_checksum
    yield "no sheet part", lambda: repacked({}, without=(SHEET,))
    yield "no relations", lambda: repacked({}, without=("xl/_rels/workbook.xml.rels",))
    yield "no shared texts", lambda: repacked({}, without=(STRINGS,))
    yield "no styles", lambda: repacked({}, without=("xl/styles.xml",))
    yield "no content types", lambda: repacked({}, without=("[Content_Types].xml",))
    yield "no workbook", lambda: repacked({}, without=("xl/workbook.xml",))
    yield "workbook without sheets", lambda: repacked({"xl/workbook.xml": b"<workbook><sheets/></workbook>"})
    yield "empty workbook part", lambda: repacked({"xl/workbook.xml": b""})
    yield "empty sheet part", lambda: repacked({SHEET: b""})
    yield "torn XML", lambda: repacked({SHEET: sheet_xml(TABLE)[:-60]})
    yield "crossed tags", lambda: repacked({SHEET: sheet_xml('<row r="1"><c r="A1"><v>1</c></v></row>')})
    yield (
        "text that is not there",
        lambda: repacked({SHEET: sheet_xml('<row r="1"><c r="A1" t="s"><v>999999</v></c></row>')}),
    )
    yield (
        "text of a negative number",
        lambda: repacked({SHEET: sheet_xml('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>')}),
    )
    yield (
        "style that is not there",
        lambda: repacked({SHEET: sheet_xml('<row r="1"><c r="A1" s="4000000000"><v>1</v></c></row>')}),
    )
    yield "row zero", lambda: repacked({SHEET: sheet_xml('<row r="0"><c r="A0"><v>1</v></c></row>')})
    yield "column without a row", lambda: repacked({SHEET: sheet_xml('<row r="1"><c r="AB"><v>1</v></c></row>')})
    yield "rows backwards", lambda: repacked({SHEET: sheet_xml(inline(*PERSON, row=2) + inline(*HEADS))})
    yield "sheet outside the archive", lambda: repacked({"xl/_rels/workbook.xml.rels": _OUTSIDE})
    yield "two parts of one name", _two_parts_of_one_name
    yield "encrypted part", _encrypted_part
    yield "unknown compression", _unknown_compression


def _flipped() -> bytes:
    content = bytearray(book(PERSON))
    for place in range(len(content) // 3, len(content) // 3 + 80):
        content[place] ^= 0xA5
    return bytes(content)


def _header_of(content: bytes, part: str) -> tuple[int, int]:
    """Return where the local and the central header of a part begin."""
    with zipfile.ZipFile(BytesIO(content)) as opened:
        local = opened.getinfo(part).header_offset
    central = content.index(b"PK\x01\x02")
    while content[central + 46 : central + 46 + len(part)] != part.encode():
        central = content.index(b"PK\x01\x02", central + 4)
    return local, central


def _patched(part: str, local_at: int, central_at: int, value: bytes) -> bytes:
    content = bytearray(repacked({}))
    local, central = _header_of(bytes(content), part)
    content[local + local_at : local + local_at + len(value)] = value
    content[central + central_at : central + central_at + len(value)] = value
    return bytes(content)


def _wrong_checksum() -> bytes:
    return _patched(SHEET, 14, 16, b"\1\2\3\4")


def _encrypted_part() -> bytes:
    return _patched(SHEET, 6, 8, b"\1\0")


def _unknown_compression() -> bytes:
    return _patched(SHEET, 8, 10, struct.pack("<H", 77))


def _declared_small() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(book(PERSON))) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
        new.writestr("xl/media/big.xml", b" " * (120 << 20))
    content = bytearray(target.getvalue())
    local, central = _header_of(bytes(content), "xl/media/big.xml")
    content[local + 22 : local + 26] = content[central + 24 : central + 28] = struct.pack("<I", 100)
    return bytes(content)


def _two_parts_of_one_name() -> bytes:
    target = BytesIO(book(PERSON))
    with warnings.catch_warnings(), zipfile.ZipFile(target, "a") as made:
        warnings.simplefilter("ignore")
        made.writestr(SHEET, sheet_xml(inline("другое")))
    return target.getvalue()


def _rows(count: int, columns: int) -> str:
    cells = "<c><v>1</v></c>" * columns
    return f"<row>{cells}</row>" * count


def _long_text_everywhere() -> bytes:
    text = "я" * 32_000
    strings = f'<sst xmlns="{NAMESPACE}" count="1" uniqueCount="1"><si><t>{text}</t></si></sst>'.encode()
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_001))
    return repacked({STRINGS: strings, SHEET: sheet_xml(cells)})


def _merged(count: int) -> str:
    ranges = "".join(f'<mergeCell ref="A{n}:A{n + 1}"/>' for n in range(1, 2 * count, 2))
    return f"<mergeCells>{ranges}</mergeCells>"


def _bombs() -> None:
    kind = "bomb"
    _add(kind, "unpacks to 200 MB", lambda: repacked({"xl/media/big.xml": b" " * (200 << 20)}), heavy=True)
    _add(kind, "a sheet of 100 MB of blanks", lambda: repacked({SHEET: sheet_xml(" " * (100 << 20))}), heavy=True)
    _add(kind, "declares a small size", _declared_small, heavy=True)
    _add(kind, "five thousand parts", lambda: repacked({f"x/{n}": b"" for n in range(5_000)}), heavy=True)
    _add(
        kind,
        "archives in archives",
        lambda: repacked({"xl/media/a.zip": archive({"b.zip": archive({"c": b"0" * 10**6})})}),
    )
    _sheet(kind, "a million cells", lambda: sheet_xml(_rows(1_000, 1_000)), heavy=True)
    _sheet(kind, "a million rows", lambda: sheet_xml(_rows(1_000_000, 1)), heavy=True)
    _sheet(
        kind,
        "far corner",
        sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    )
    _sheet(kind, "far corner without a reference", sheet_xml('<row r="1048570"><c><v>1</v></c></row>'))
    _sheet(kind, "corner beyond Excel", sheet_xml('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'))
    _sheet(kind, "corner in small letters", sheet_xml('<row r="1"><c r="xfd1048576"><v>1</v></c></row>'))
    _sheet(
        kind,
        "corner behind another prefix",
        sheet_xml('<row r="1"><x:c xmlns:x="u" r="XFD1048576"><v>1</v></x:c></row>'),
    )
    _sheet(kind, "a row of all columns", sheet_xml(f"<row>{'<c><v>1</v></c>' * 16_384}</row>" * 40), heavy=True)
    _add(kind, "one long text in all cells", _long_text_everywhere, heavy=True)
    _add(kind, "a hundred sheets", lambda: book(PERSON, sheets=100))
    _sheet(
        kind,
        "everything merged",
        lambda: sheet_xml(TABLE, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    )
    _sheet(kind, "twenty thousand merged blocks", lambda: sheet_xml(TABLE, after=_merged(20_000)), heavy=True)
    _sheet(kind, "merged backwards", sheet_xml(TABLE, after='<mergeCells><mergeCell ref="D9:A1"/></mergeCells>'))
    _sheet(kind, "deep XML", lambda: sheet_xml(TABLE + "<a>" * 200_000 + "</a>" * 200_000), heavy=True)
    _sheet(
        kind, "an endless attribute", lambda: sheet_xml(f'<row r="1"><c r="A1" x="{"y" * 10**6}"><v>1</v></c></row>')
    )
    _add(kind, "a sheet name of a thousand letters", lambda: _sheet_named("я" * 1_000))
    _add(kind, "eleven megabytes", lambda: b"PK\x03\x04" + b"x" * (11 << 20))


def _sheet_named(name: str) -> bytes:
    content = book(("Иванов", "", "5А", "01.09.2026"), PERSON)
    with zipfile.ZipFile(BytesIO(content)) as opened:
        xml = opened.read("xl/workbook.xml").replace("Обучающиеся".encode(), name.encode())
    return repacked({"xl/workbook.xml": xml}, content=content)


def _entities() -> None:
    kind = "entities"
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    _sheet(kind, "document type", sheet_xml(TABLE, before="<!DOCTYPE worksheet>"))
    _sheet(kind, "billion laughs", sheet_xml(inline("&l9;"), before=f'<!DOCTYPE w [<!ENTITY l0 "ха">{laughs}]>'))
    _sheet(
        kind,
        "a file of the server",
        sheet_xml(inline("&f;"), before='<!DOCTYPE w [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
    )
    _sheet(
        kind, "an address", sheet_xml(inline("&f;"), before='<!DOCTYPE w [<!ENTITY f SYSTEM "http://127.0.0.1:1/">]>')
    )
    _sheet(
        kind,
        "parameter entity",
        sheet_xml(TABLE, before='<!DOCTYPE w [<!ENTITY % p SYSTEM "http://127.0.0.1:1/">%p;]>'),
    )
    _sheet(
        kind,
        "in UTF-16",
        sheet_xml(inline("&f;"), before='<!DOCTYPE w [<!ENTITY f "x">]>', encoding="UTF-16").decode().encode("utf-16"),
    )
    _sheet(kind, "in UTF-7", sheet_xml("+ADwAIQ-DOCTYPE", encoding="UTF-7"))
    _sheet(kind, "unknown entity", sheet_xml(inline("&unknown;")))
    _sheet(
        kind,
        "XInclude",
        sheet_xml('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>' + TABLE),
    )
    _sheet(kind, "stylesheet instruction", sheet_xml(TABLE, before='<?xml-stylesheet href="http://127.0.0.1:1/"?>'))
    _add(
        kind,
        "in the shared texts",
        lambda: repacked({STRINGS: b'<!DOCTYPE s [<!ENTITY a "b">]><sst><si><t>&a;</t></si></sst>'}),
    )
    _add(
        kind,
        "in the workbook part",
        lambda: repacked({"xl/workbook.xml": b'<!DOCTYPE s [<!ENTITY a "b">]><workbook/>'}),
    )


def _values() -> None:
    kind = "values"

    def people(*names: str, born: object = "01.02.2014", since: object = "01.09.2026", room: object = "5А") -> Maker:
        return lambda: book(*[(name, born, room, since) for name in names])

    _add(kind, "formulas as names", people("=cmd|'/C calc'!A0 Иван", "+7 Иван", "-1 Иван", "@SUM(A1) Иван"))
    _add(kind, "markup as names", people("<script>alert(1)</script> Иван", "{{ 7*7 }} Иван", "{% debug %} Иван"))
    _add(kind, "SQL as names", people("'; DROP TABLE people_person; -- Иван", "%s%(x)s Иван", "\\'); Иван"))
    _add(
        kind,
        "bare control characters",
        lambda: repacked({SHEET: sheet_xml(inline(*HEADS) + inline("Ив\x01ан", "x", row=2))}),
    )
    _add(
        kind,
        "escaped control characters",
        people("Иванов_x0000_ Иван_x0008_", "_x000D_Иванов Иван", "Иванов_xD800_ Иван"),
    )
    _add(kind, "direction marks", people("\u202eвонавИ Иван", "\u200bИванов\u2066 Иван\ufeff", "Ива\u0301нов Иван"))
    _add(kind, "the longest texts", people("я" * 32_767, "Иванов " + "и" * 32_000))
    _add(kind, "signs beyond the first plane", people("Иванов😀 Иван", "𝕀ванов Иван"))
    _add(kind, "very large numbers as dates", people("Иванов Иван", born=1e300, since=-1e300))
    _add(kind, "negative and zero dates", people("Иванов Иван", born=-5, since=0))
    _add(kind, "yes and no as dates", people("Иванов Иван", born=True, since=False))
    _add(kind, "numbers as names", people("12345", "0", room=7.5))
    _sheet(
        kind,
        "errors of formulas",
        sheet_xml(inline(*HEADS) + '<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2" t="e"><v>#N/A</v></c></row>'),
    )
    _sheet(
        kind,
        "not a number",
        sheet_xml(
            inline(*HEADS)
            + '<row r="2"><c r="A2"><v>NaN</v></c><c r="B2"><v>Infinity</v></c><c r="D2"><v>1e999</v></c></row>'
        ),
    )
    _sheet(
        kind,
        "date cells beyond the calendar",
        sheet_xml(
            inline(*HEADS) + '<row r="2"><c r="A2" t="d"><v>9999-99-99</v></c><c r="B2" t="d"><v>-1</v></c></row>'
        ),
    )
    _add(
        kind,
        "links and external data",
        lambda: repacked(
            {"xl/externalLinks/externalLink1.xml": b'<externalLink><ddeLink ddeService="cmd"/></externalLink>'}
        ),
    )
    _add(kind, "header too low", lambda: book(PERSON, header_at=40))
    _add(kind, "headings only", lambda: book())


def _text(kind: str, what: str, make: Maker, *, heavy: bool = False) -> None:
    _add(kind, what, make, "список.csv", heavy=heavy)


def _csv() -> None:
    kind = "csv"
    line = ";".join(PERSON) + "\r\n"
    good = ";".join(HEADS) + "\r\n" + line
    _text(kind, "nothing", lambda: b"")
    _text(kind, "a byte order mark alone", lambda: b"\xef\xbb\xbf")
    _text(kind, "zero bytes", lambda: good.encode().replace(b";", b"\0"))
    _text(kind, "noise", lambda: zlib.compress(b"x" * 10_000)[2:] + bytes(range(256)) * 8)
    _text(kind, "one endless line", lambda: ("Иванов " * 600_000).encode("cp1251"), heavy=True)
    _text(kind, "nothing but separators", lambda: b";" * 2_000_000, heavy=True)
    _text(kind, "a million rows", lambda: b"a;b\n" * 1_000_000, heavy=True)
    _text(kind, "one wide row among many", lambda: b"a\n" * 20_000 + b";" * 10_000)
    _text(kind, "a quote never closed", lambda: (good + '"Иванов;1\n' + line * 500).encode())
    _text(kind, "nothing but quotes", lambda: b'"' * 3_000_001, heavy=True)
    _text(kind, "quotes inside words", lambda: (good + '"ООО "Ромашка"";1\n').encode())
    _text(kind, "UTF-8 with a broken end", lambda: good.encode()[:-30] + b"\xd0")
    _text(kind, "two encodings", lambda: good.encode() + line.encode("cp1251"))
    _text(kind, "cp866", lambda: good.encode("cp866"))
    _text(kind, "KOI8-R", lambda: good.encode("koi8-r"))
    _text(kind, "UTF-16 without a mark", lambda: good.encode("utf-16-le"))
    _text(kind, "UTF-32", lambda: good.encode("utf-32"))
    _text(kind, "UTF-16 torn", lambda: good.encode("utf-16")[:-1])
    _text(kind, "a separator nobody uses", lambda: ('sep="\n' + good).encode())
    _text(kind, "formulas", lambda: (good + "=1+1;@a;+b;-c\n").encode())
    _text(kind, "surrogates", lambda: good.encode("utf-16-le").join([b"\xff\xfe", b"\x00\xd8"]))
    _text(kind, "a very long cell", lambda: (good + "я" * 200_000 + ";1\n").encode())
    _text(kind, "eleven megabytes", lambda: b"a;b\n" * (11 << 18))
    _text(kind, "a web page", lambda: b"<html><body><table></table></body></html>")
    _text(kind, "an archive", lambda: archive({"a": b"b"}))


for _what, _make in _renamed():
    _add("renamed", _what, _make)
for _what, _make in _corrupt():
    _add("corrupt", _what, _make)
_bombs()
_entities()
_values()
_csv()
