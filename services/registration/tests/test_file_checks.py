"""Uploads: honest files of each kind are accepted, and each hostile one is refused with its reason."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from common.errors import Invalid
from openpyxl import Workbook
from PIL import Image
from registration.files import ALLOWED, check, clean_name
from sample_files import pdf

MOST = 20 * 1024 * 1024
WORD, EXCEL, SLIDES = (ALLOWED[suffix] for suffix in (".docx", ".xlsx", ".pptx"))
MAIN = {WORD: "word/document.xml", EXCEL: "xl/workbook.xml", SLIDES: "ppt/presentation.xml"}


def package(kind: str = WORD, *, suffix: str = ".main+xml", **parts: bytes) -> bytes:
    """Return a package whose main part is of this kind, with more parts; `__` in a part's name stands for a slash."""
    main = MAIN[kind]
    types = f'<Override PartName="/{main}" ContentType="{kind}{suffix}"/>'
    listed = f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{types}</Types>'
    content = {"[Content_Types].xml": listed.encode(), main: b"<document/>"}
    content |= {name.replace("__", "/"): part for name, part in parts.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in content.items():
            made.writestr(name, part)
    return packed.getvalue()


def workbook() -> bytes:
    written = io.BytesIO()
    book = Workbook()
    book.active["A1"] = "Sáng kiến"
    book.save(written)
    return written.getvalue()


def picture(kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    Image.effect_noise((320, 200), 60).convert("RGB").save(written, kind, **options)
    return written.getvalue()


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that declares this size and holds nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def written_pdf(change: Callable[[pikepdf.Pdf], None] = lambda _: None, **options: Any) -> bytes:
    made, written = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    change(made)
    made.save(written, **options)
    return written.getvalue()


def run_on_opening(action: dict[str, Any]) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = pikepdf.Dictionary(action)

    return change


def run_on_closing(document: pikepdf.Pdf) -> None:
    document.Root.AA = pikepdf.Dictionary(WC=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))


def encrypted_entry() -> bytes:
    """Return a package whose entries say that they are encrypted."""
    content = bytearray(package())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def broken(content: bytes) -> bytes:
    """Return the same package with one byte of its main part changed, which its checksum does not fit any more."""
    at = content.index(b"word/document.xml") + len(b"word/document.xml")
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def twice(content: bytes) -> bytes:
    packed = io.BytesIO(content)
    with zipfile.ZipFile(packed, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("word/document.xml", b"<another/>")
    return packed.getvalue()


JAVASCRIPT = {"/S": pikepdf.Name.JavaScript, "/JS": "app.alert(1)"}
LAUNCH = {"/S": pikepdf.Name.Launch, "/F": "cmd.exe"}
PLAIN_ZIP = io.BytesIO()
with zipfile.ZipFile(PLAIN_ZIP, "w") as archive:
    archive.writestr("ghi-chu.txt", "Chỉ là tệp nén")

HONEST: dict[str, tuple[str, bytes]] = {
    "a PDF without a table of its objects": ("a.pdf", pdf()),
    "a PDF": ("a.PDF", written_pdf()),
    "a PDF that opens at a page": ("a.pdf", written_pdf(run_on_opening({"/S": pikepdf.Name.GoTo}))),
    "a PDF that only its owner may change": (
        "a.pdf", written_pdf(encryption=pikepdf.Encryption(owner="chủ", user="")),
    ),
    "a Word file": ("a.docx", package(WORD)),
    "a Word file with a table in it": ("a.docx", package(WORD, **{"word__embeddings__bang.xlsx": workbook()})),
    "a workbook as a library writes it": ("a.xlsx", workbook()),
    "slides": ("a.pptx", package(SLIDES)),
    "a PNG": ("a.png", picture("PNG")),
    "a JPEG": ("a.jpeg", picture("JPEG")),
    "a progressive JPEG": ("a.JPG", picture("JPEG", progressive=True)),
}  # fmt: skip
HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "nothing": ("a.pdf", b"", "empty"),
    "a program": ("a.exe", b"MZ" + bytes(200), "type_not_allowed"),
    "a program called PDF": ("a.pdf", b"MZ" + bytes(200), "type_not_allowed"),
    "no ending": ("tep", pdf(), "type_not_allowed"),
    "five bytes of a PDF": ("a.pdf", b"%PDF-", "damaged"),
    "a PDF of two lines": ("a.pdf", b"%PDF-1.4\n%%EOF\n", "damaged"),
    "half a PDF": ("a.pdf", written_pdf()[:300], "damaged"),
    "a PDF without pages": ("a.pdf", pdf().replace(b"[3 0 R]/Count 1", b"[]/Count 0"), "damaged"),
    "a PDF with a password": ("a.pdf", written_pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "encrypted"),
    "a PDF that runs a script": ("a.pdf", written_pdf(run_on_opening(JAVASCRIPT)), "active_content"),
    "a PDF that starts a program": ("a.pdf", written_pdf(run_on_opening(LAUNCH)), "active_content"),
    "a PDF that runs a script at its end": ("a.pdf", written_pdf(run_on_closing), "active_content"),
    "any ZIP as Word": ("a.docx", PLAIN_ZIP.getvalue(), "type_not_allowed"),
    "any ZIP as Excel": ("a.xlsx", PLAIN_ZIP.getvalue(), "type_not_allowed"),
    "Word called Excel": ("a.xlsx", package(WORD), "type_not_allowed"),
    "Excel called slides": ("a.pptx", workbook(), "type_not_allowed"),
    "a PDF called Word": ("a.docx", pdf(), "type_not_allowed"),
    "Word with a macro": ("a.docx", package(WORD, **{"word__vbaProject.bin": b"x"}), "macros"),
    "Word that declares macros": (
        "a.docx", package(WORD, suffix=".macroEnabled.main+xml"), "macros",
    ),
    "an encrypted workbook": ("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2048), "encrypted"),
    "Word with encrypted entries": ("a.docx", encrypted_entry(), "encrypted"),
    "half of Word": ("a.docx", package(WORD)[:200], "type_not_allowed"),
    "Word with a changed byte": ("a.docx", broken(package(WORD)), "damaged"),
    "Word with one part twice": ("a.docx", twice(package(WORD)), "damaged"),
    "Word with an entity": (
        "a.docx",
        package(WORD, **{"[Content_Types].xml": b'<!DOCTYPE a [<!ENTITY b "c">]><Types>&b;</Types>'}),
        "damaged",
    ),
    "a bomb": ("a.docx", package(WORD, word__media__a=bytes(40 * 1024 * 1024)), "unpacks_to_too_much"),
    "very many parts": (
        "a.docx", package(WORD, **{f"word__{number}": b"" for number in range(5_001)}), "unpacks_to_too_much",
    ),
    "a script called PNG": ("a.png", b"<script>alert(1)</script>", "type_not_allowed"),
    "a JPEG called PNG": ("a.png", picture("JPEG"), "type_not_allowed"),
    "half a PNG": ("a.png", picture("PNG")[:2000], "damaged"),
    "half a JPEG": ("a.jpg", picture("JPEG")[:2000], "damaged"),
    "a PNG of 10,000 million pixels": ("a.png", png_of(100_000, 100_000), "too_many_pixels"),
    "a PNG of 70 million pixels": ("a.png", png_of(10_000, 7_000), "too_many_pixels"),
    "more than is allowed": ("a.pdf", pdf() + bytes(MOST), "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HONEST)
def test_an_honest_file_is_accepted_as_what_it_is(kind: str) -> None:
    name, content = HONEST[kind]
    assert check(content, name, MOST).content_type == ALLOWED[Path(name).suffix.lower()]


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(kind: str) -> None:
    name, content, reason = HOSTILE[kind]
    with pytest.raises(Invalid) as refusal:
        check(content, name, MOST)
    assert (refusal.value.code, refusal.value.pointer) == (f"attachment.{reason}", "/file")


def test_a_refused_file_is_told_in_both_languages_and_not_stored(province: Any, app: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-hostile-files")
    initiative_id = officer.post("/v1/initiatives", province.draft()).json["id"]
    path, known = f"/v1/initiatives/{initiative_id}/attachments", set[str]()
    for name, content, reason in HOSTILE.values():
        if reason == "too_large":
            continue  # The application's own limit decides, not this test's.
        data = {"file": (io.BytesIO(content), name)}
        answer = officer.post(path, data=data, content_type="multipart/form-data")
        assert (answer.status_code, answer.json["code"]) == (422, f"attachment.{reason}")
        assert "attachment." not in answer.json["messages"]["vi"] + answer.json["messages"]["en"]
        known.add(reason)
    assert len(known) == 8
    assert officer.get(path).json["items"] == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Minh chứng.pdf", "Minh chứng.pdf"),
        ("C:\\tep\\anh\u202efdp.exe", "anhfdp.exe"),
        ("../../etc/so-lieu.pdf", "so-lieu.pdf"),
        ("dòng\r\n1\x01.pdf", "dòng 1.pdf"),
        ("ă" * 300 + ".pdf", "ă" * 251 + ".pdf"),
    ],
)
def test_a_file_has_a_name_that_can_be_shown(name: str, kept: str) -> None:
    assert clean_name(name) == kept


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "a\0.pdf", ".", "thu-muc/"])
def test_a_file_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_name(name)
    assert refusal.value.code == "attachment.name"


def test_a_file_of_a_hostile_name_comes_back(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-hostile-names")
    path = f"/v1/initiatives/{officer.post('/v1/initiatives', province.draft()).json['id']}/attachments"
    data = {"file": (io.BytesIO(pdf("tên")), "số\x07 liệu\u202efdp.pdf")}
    made = officer.post(path, data=data, content_type="multipart/form-data")
    assert made.json["filename"] == "số liệufdp.pdf"
    assert officer.get(f"{path}/{made.json['id']}").data == pdf("tên")
