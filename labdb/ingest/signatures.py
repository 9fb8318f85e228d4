"""What a file is that no reader recognises, in words for its owner. Pure.

Looked at from the first bytes and, of a zip container, its member names; an extension says nothing.
"""

from __future__ import annotations

from labdb.ingest.reader import FileHead

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "a Git LFS pointer, not the data: fetch the file itself (git lfs pull)"),
    (b"%PDF", "a PDF: upload the instrument's own file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\xd0\xcf\x11\xe0", "an Office file of before 2007 (.xls, .doc): save it as .xlsx or .csv"),
    (b"\x1f\x8b", "a gzip archive: unpack it and upload what is inside"),
    (b"7z\xbc\xaf", "a 7-Zip archive: unpack it and upload what is inside"),
    (b"Rar!", "a RAR archive: unpack it and upload what is inside"),
    (b"\x00\x01\x00\x00Standard ", "an Access database, but not one of Arbin's"),
    (b"RAW4.00", "a Bruker diffraction pattern (RAW4)"),
    (b"BIO-LOGIC MODULAR FILE", "a BioLogic file that is not of galvanostatic cycling"),
    (b"PAR1", "a Parquet file, but not in the Battery Data Format"),
)
MEMBERS: tuple[tuple[str, str], ...] = (
    ("xl/workbook.xml", "a workbook without a table that labdb knows"),
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a presentation"),
    ("Data0/Profile0.txt", "a Rigaku diffraction pattern (.rasx)"),
    ("Experiment0/", "a Bruker diffraction pattern (.brml)"),
)
WORDS: tuple[tuple[str, str], ...] = (
    ("<!doctype html", "a web page, as is saved in place of a file when a log-in has run out: download it again"),
    ("<html", "a web page, as is saved in place of a file when a log-in has run out: download it again"),
    ("<xrdmeasurement", "a PANalytical diffraction pattern (XRDML)"),
    ("explain\n", "a Gamry file"),
    ("explain\r\n", "a Gamry file"),
)
# Lines that say what a file is, wherever they begin in its head.
LINES: tuple[tuple[str, str], ...] = (
    (
        "\nins   bank",
        "a GSAS instrument parameter file, which holds no pattern: enter its wavelength at the pattern",
    ),
    (
        "#gsas-ii instrument parameter file",
        "a GSAS-II instrument parameter file, which holds no pattern: enter its wavelength at the pattern",
    ),
)


def looks_like(head: FileHead) -> str:
    """In words, what the file is; an empty string where nobody can tell."""
    if not head.data.strip(b"\x00"):
        return "nothing but NUL bytes: it was not copied fully, copy it again"
    for magic, words in MAGIC:
        if head.data.startswith(magic):
            return words
    if head.is_zip:
        for member, words in MEMBERS:
            if any(name.startswith(member) for name in head.members):
                return words
        return "an archive: unpack it and upload what is inside"
    start = head.text[:4096].lower().lstrip()
    for beginning, words in WORDS:
        if start.startswith(beginning) or (beginning.startswith("<x") and beginning in start):
            return words
    for line, words in LINES:
        if line in f"\n{start}":
            return words
    return "" if start else "binary data of a kind that labdb does not know"
