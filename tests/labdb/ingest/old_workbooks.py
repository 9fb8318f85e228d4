"""Workbooks of before 2007, written for tests: BIFF8 records in an OLE2 container."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

Cells = Mapping[tuple[int, int], "float | str | bool"]
SECTOR = 512
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def begin(kind: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 2007, 0, 6))


def characters(text: str) -> bytes:
    """Flags and letters: one byte each where that is enough."""
    try:
        return b"\x00" + text.encode("latin-1")
    except UnicodeEncodeError:
        return b"\x01" + text.encode("utf-16-le")


def strings(texts: Sequence[str], cut: int | None = None) -> bytes:
    """The texts that all sheets share; with `cut`, the last goes on in a second record after so many letters."""
    whole = [struct.pack("<H", len(text)) + characters(text) for text in texts]
    head = struct.pack("<II", len(texts), len(texts))
    if cut is None:
        return record(0x00FC, head + b"".join(whole))
    first, rest = texts[-1][:cut], texts[-1][cut:]
    part = struct.pack("<H", len(texts[-1])) + characters(first)
    return record(0x00FC, head + b"".join(whole[:-1]) + part) + record(0x003C, characters(rest))


def cell(row: int, column: int, value: float | str | bool, texts: list[str]) -> bytes:
    at = struct.pack("<HHH", row, column, 0)
    if isinstance(value, bool):
        return record(0x0205, at + bytes([value, 0]))
    if isinstance(value, str):
        if value not in texts:
            texts.append(value)
        return record(0x00FD, at + struct.pack("<I", texts.index(value)))
    return record(0x0203, at + struct.pack("<d", value))


def stream(sheets: Mapping[str, Cells], extra: bytes = b"", cut: int | None = None) -> bytes:
    """The records of a workbook.

    Args:
        extra: records put before the cells of the first sheet.
        cut: see `strings`.
    """
    texts: list[str] = []
    bodies = []
    for number, cells in enumerate(sheets.values()):
        body = b"".join(cell(row, column, value, texts) for (row, column), value in sorted(cells.items()))
        bodies.append(begin(0x0010) + (extra if number == 0 else b"") + body + record(0x000A))
    shared = strings(texts, cut) if texts else b""
    bounds = [record(0x0085, struct.pack("<IHB", 0, 0, len(name)) + characters(name)) for name in sheets]
    start = len(begin(5)) + sum(map(len, bounds)) + len(shared) + 4
    globals_ = begin(5)
    for name, body in zip(sheets, bodies, strict=True):
        globals_ += record(0x0085, struct.pack("<IHB", start, 0, len(name)) + characters(name))
        start += len(body)
    return globals_ + shared + record(0x000A) + b"".join(bodies)


def container(content: bytes, *, short: bool = False) -> bytes:
    """An OLE2 file with one stream, "Workbook"; a short one lies in the stream of short sectors."""

    def sectors(data: bytes, size: int = SECTOR) -> bytes:
        return data + b"\x00" * (-len(data) % size)

    def entry(name: str, kind: int, first: int, length: int, child: int = -1) -> bytes:
        title = (name + "\x00").encode("utf-16-le")
        links = struct.pack("<iii", -1, -1, child)
        return (
            title.ljust(64, b"\x00")
            + struct.pack("<HBB", len(title), kind, 1)
            + links
            + bytes(36)
            + struct.pack("<III", first, length, 0)
        )

    length = len(content) if short else max(len(content), 4096)
    body = sectors(content if short else content.ljust(4096, b"\x00"))
    chains = [len(body) // SECTOR]
    parts = [body]
    if short:
        count = -(-len(content) // 64)
        minis = b"".join(struct.pack("<I", n + 1 if n + 1 < count else END) for n in range(count))
        parts.append(minis.ljust(SECTOR, b"\xff"))
        chains.append(1)
    root = entry("Root Entry", 5, 0 if short else END, len(content) if short else 0, child=1)
    parts.append(sectors(root + entry("Workbook", 2, 0, length)))
    chains.append(len(parts[-1]) // SECTOR)
    table = b""
    for chain in chains:
        start = len(table) // 4
        table += b"".join(struct.pack("<I", start + n + 1 if n + 1 < chain else END) for n in range(chain))
    number = len(table) // 4
    table = (table + struct.pack("<I", TABLE)).ljust(SECTOR, b"\xff")
    assert len(table) == SECTOR, "a small workbook has one sector of table"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    directory = number - chains[-1]
    head += struct.pack(
        "<IIIIIIIIII", 0, 1, directory, 0, 4096, chains[0] if short else END, int(short), END, 0, number
    )
    return head.ljust(SECTOR, b"\xff") + b"".join(parts) + table


def write(path: Path, sheets: Mapping[str, Cells], **more: object) -> Path:
    path.write_bytes(container(stream(sheets, **more)))  # type: ignore[arg-type]
    return path
