"""Reading spreadsheets of before 2007 (.xls, BIFF5 and BIFF8 in an OLE2 container) without trusting them. Pure.

Only values are taken: numbers, texts, truth values and the stored results of formulas; formats, names, macros and
formulas themselves are passed over unread. Every length in such a file is a claim: chains of sectors are followed once
around at most, records end where the stream ends, and nothing is allocated for what the bytes do not hold.

Sources: Microsoft, [MS-CFB] Compound File Binary File Format; [MS-XLS] Excel Binary File Format Structure.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from labdb.ingest.reader import FileHead, ReaderError

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LIMIT_BYTES = 16 * 1024**2
LIMIT_SHEETS = 64
LIMIT_RECORDS = 4_000_000  # over all sheets; sheets may claim the same bytes
STREAMS = ("workbook", "book")
SHORT_STREAM_BYTES = 4096
SHORT_SECTOR_BYTES = 64
NO_SECTOR = 0xFFFFFFFA  # this and above: free, end of chain, part of the table itself

BOF, EOF, CONTINUE, FILEPASS, CODEPAGE = 0x0809, 0x000A, 0x003C, 0x002F, 0x0042
BOUNDSHEET, SST = 0x0085, 0x00FC
NUMBER, RK, MULRK, LABELSST, LABEL, RSTRING = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x00D6
FORMULA, STRING, BOOLERR = 0x0006, 0x0207, 0x0205
BIFF8 = 0x0600

Value = float | str | bool


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet that hold something.

    Attributes:
        cells: (row, column), both from 0 → value.
    """

    name: str
    cells: Mapping[tuple[int, int], Value]

    def text(self, row: int, column: int) -> str:
        """A cell as text without outer blanks; an empty string where it holds nothing."""
        value = self.cells.get((row, column), "")
        return value.strip() if isinstance(value, str) else f"{value:g}"

    def number(self, row: int, column: int) -> float | None:
        """A cell that is a number; None for all else."""
        value = self.cells.get((row, column))
        return value if isinstance(value, float) else None

    def find(self, text: str) -> tuple[int, int] | None:
        """The first cell, row by row, that holds just this text."""
        found = (at for at, value in self.cells.items() if isinstance(value, str) and value.strip() == text)
        return min(found, default=None)


class _DamagedError(Exception):
    """What is wrong, as the middle of a sentence."""


def contains(head: FileHead, *texts: str) -> bool:
    """Whether a file is such a container and all texts stand in it; the workbook is not opened."""
    if not head.data.startswith(SIGNATURE) or head.path.stat().st_size > LIMIT_BYTES:
        return False
    data = head.path.read_bytes()
    return all(text.encode("latin-1") in data or text.encode("utf-16-le") in data for text in texts)


def sheets(path: Path, name: str) -> list[Sheet]:
    """The worksheets of a workbook.

    Raises:
        ReaderError: it is none, too large, locked, damaged or cut off.
    """
    if path.stat().st_size > LIMIT_BYTES:
        raise ReaderError(f"{name}: is larger than {LIMIT_BYTES // 1024**2} MiB; save it as .xlsx")
    data = path.read_bytes()
    if not data.startswith(SIGNATURE):
        raise ReaderError(f"{name}: is no workbook of before 2007; choose the original export")
    try:
        return _worksheets(_workbook_stream(data))
    except _DamagedError as error:
        raise ReaderError(f"{name}: the workbook {error}; copy it again from the instrument's computer") from error
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ReaderError(
            f"{name}: the workbook is damaged; copy it again from the instrument's computer, or save it as .xlsx"
        ) from error


# The container: a small file system whose files are chains of sectors.


def _workbook_stream(data: bytes) -> bytes:
    shift, short_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or 1 << short_shift != SHORT_SECTOR_BYTES:
        raise _DamagedError("is damaged (its sectors have no size)")
    size = 1 << shift
    table = _sector_table(data, size)
    directory = _chain(data, size, table, struct.unpack_from("<I", data, 48)[0], size)
    root = stream = None
    for start in range(0, len(directory) - 127, 128):
        entry = directory[start : start + 128]
        kind = entry[66]
        title = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace").lower()
        if kind == 5:
            root = entry
        elif kind == 2 and title in STREAMS and (stream is None or title == STREAMS[0]):
            stream = entry
    if stream is None or root is None:
        raise _DamagedError("holds no sheets (it may be a document of another program)")
    first, length = struct.unpack_from("<II", stream, 116)
    if length >= SHORT_STREAM_BYTES:
        return _stream(data[size:], size, table, first, length)
    minis = _chain(data, size, table, struct.unpack_from("<I", data, 60)[0], size)
    short_table = list(struct.unpack(f"<{len(minis) // 4}I", minis))
    root_first, root_length = struct.unpack_from("<II", root, 116)
    shorts = _stream(data[size:], size, table, root_first, root_length)
    return _stream(shorts, SHORT_SECTOR_BYTES, short_table, first, length)


def _sector_table(data: bytes, size: int) -> list[int]:
    """For every sector the one that follows it."""
    numbers = list(struct.unpack_from("<109I", data, 76))
    more, seen = struct.unpack_from("<I", data, 68)[0], set()
    while more < NO_SECTOR:
        if more in seen:
            raise _DamagedError("is damaged (its sectors run in a circle)")
        seen.add(more)
        extension = struct.unpack_from(f"<{size // 4}I", data, size + more * size)
        numbers += extension[:-1]
        more = extension[-1]
    table: list[int] = []
    used: set[int] = set()
    for number in numbers:
        if number >= NO_SECTOR:
            continue
        if number in used:
            raise _DamagedError("is damaged (its sectors run in a circle)")
        used.add(number)
        at = size + number * size
        if at + size > len(data):
            raise _DamagedError("is cut off")
        table += struct.unpack_from(f"<{size // 4}I", data, at)
    return table


def _chain(data: bytes, size: int, table: list[int], first: int, offset: int) -> bytes:
    """The sectors of a chain one after another."""
    found, seen, sector = [], set(), first
    while sector < NO_SECTOR:
        if sector in seen:
            raise _DamagedError("is damaged (its sectors run in a circle)")
        if sector >= len(table) or offset + sector * size >= len(data):
            raise _DamagedError("is cut off")
        seen.add(sector)
        found.append(data[offset + sector * size : offset + (sector + 1) * size])
        sector = table[sector]
    return b"".join(found)


def _stream(data: bytes, size: int, table: list[int], first: int, length: int) -> bytes:
    found = _chain(data, size, table, first, 0)
    if len(found) < length:
        raise _DamagedError("is cut off")
    return found[:length]


# The workbook: records of a type, a length, and as many bytes.


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Types and contents, up to the end of a substream; those nested in it are passed over."""
    at, depth = start, 0
    if struct.unpack_from("<H", stream, start)[0] != BOF:
        raise _DamagedError("is damaged (a sheet does not begin where it should)")
    while True:
        if at + 4 > len(stream):
            raise _DamagedError("is cut off")
        kind, length = struct.unpack_from("<HH", stream, at)
        content, at = stream[at + 4 : at + 4 + length], at + 4 + length
        if len(content) < length:
            raise _DamagedError("is cut off")
        depth += (kind == BOF) - (kind == EOF)
        if depth == 0 and kind == EOF:
            return
        if depth == 1 or kind == BOF:
            yield kind, content


@dataclass
class _Globals:
    """What all sheets share; `left` counts down what may still be read."""

    biff8: bool = True
    encoding: str = "latin-1"
    strings: list[str] = field(default_factory=list)
    sheets: list[tuple[str, int]] = field(default_factory=list)
    left: int = field(default_factory=lambda: LIMIT_RECORDS)

    def count(self, records: int) -> None:
        self.left -= records
        if self.left < 0:
            raise _DamagedError(f"has more than {LIMIT_RECORDS} records, too many for an instrument's report")


def _worksheets(stream: bytes) -> list[Sheet]:
    found = _globals(stream)
    if len(found.sheets) > LIMIT_SHEETS:
        raise _DamagedError(f"has {len(found.sheets)} sheets, too many for an instrument's report")
    return [Sheet(name, _cells(stream, start, found)) for name, start in found.sheets]


def _globals(stream: bytes) -> _Globals:
    found = _Globals()
    shared: list[bytes] = []
    last = 0
    for kind, content in _records(stream, 0):
        if kind == BOF:
            found.biff8 = struct.unpack_from("<H", content)[0] == BIFF8
        elif kind == FILEPASS:
            raise _DamagedError("is locked with a password, save it without")
        elif kind == CODEPAGE:
            page = struct.unpack_from("<H", content)[0]
            found.encoding = f"cp{page}" if page in (932, 936, 949, 950, *range(1250, 1259)) else "latin-1"
        elif kind == BOUNDSHEET:
            start = struct.unpack_from("<I", content)[0]
            if found.biff8:
                title, _ = _characters(content, 8, content[6], content[7] & 1)
            else:
                title = content[7 : 7 + content[6]].decode(found.encoding, "replace")
            if content[5] == 0:  # a worksheet, no chart or macro sheet
                found.sheets.append((title, start))
        elif kind == SST or (kind == CONTINUE and last == SST):
            shared.append(content)
            kind = SST
        last = kind
    if shared:
        found.strings = _shared_strings(shared)
    return found


def _characters(content: bytes, at: int, count: int, wide: int) -> tuple[str, int]:
    """So many characters, of one byte each or two, and where they end."""
    end = at + count * (2 if wide else 1)
    if end > len(content):
        raise _DamagedError("is damaged (a text ends before its length)")
    return content[at:end].decode("utf-16-le" if wide else "latin-1", "replace"), end


def _shared_strings(parts: list[bytes]) -> list[str]:
    """The texts that all sheets share. One that crosses the end of a record begins anew there with its width."""
    declared = struct.unpack_from("<I", parts[0], 4)[0]
    strings: list[str] = []
    part, at = 0, 8

    while len(strings) < declared:
        if at >= len(parts[part]):
            part, at = part + 1, at - len(parts[part])
            if part == len(parts):
                raise _DamagedError("is cut off")
            continue
        count, flags = struct.unpack_from("<HB", parts[part], at)
        at += 3
        runs = extra = 0
        if flags & 8:
            runs, at = struct.unpack_from("<H", parts[part], at)[0], at + 2
        if flags & 4:
            extra, at = struct.unpack_from("<I", parts[part], at)[0], at + 4
        text, wide = "", flags & 1
        while True:
            left = (len(parts[part]) - at) // (2 if wide else 1)
            here = min(left, count - len(text))
            piece, at = _characters(parts[part], at, here, wide)
            text += piece
            if len(text) >= count:
                break
            part += 1
            if part == len(parts):
                raise _DamagedError("is cut off")
            wide, at = parts[part][0] & 1, 1
        strings.append(text)
        at += 4 * runs + extra
        while at > len(parts[part]) and part + 1 < len(parts):
            part, at = part + 1, at - len(parts[part])
    return strings


def _cells(stream: bytes, start: int, book: _Globals) -> dict[tuple[int, int], Value]:
    """The cells of a sheet."""
    cells: dict[tuple[int, int], Value] = {}
    awaiting: tuple[int, int] | None = None  # the cell of a formula whose text comes in the next record
    for kind, content in _records(stream, start):
        book.count(1)
        if kind == NUMBER:
            row, column, _, number = struct.unpack_from("<HHHd", content)
            cells[row, column] = number
        elif kind == RK:
            row, column, _, packed = struct.unpack_from("<HHHI", content)
            cells[row, column] = _unpacked(packed)
        elif kind == MULRK:
            row, column = struct.unpack_from("<HH", content)
            book.count(len(content) // 6)
            for number, offset in enumerate(range(4, len(content) - 7, 6)):
                cells[row, column + number] = _unpacked(struct.unpack_from("<I", content, offset + 2)[0])
        elif kind == LABELSST:
            row, column, _, index = struct.unpack_from("<HHHI", content)
            cells[row, column] = book.strings[index]
        elif kind in (LABEL, RSTRING):
            row, column = struct.unpack_from("<HH", content)
            cells[row, column] = _text(content, 6, book)
        elif kind == FORMULA:
            row, column = struct.unpack_from("<HH", content)
            result = content[6:14]
            if result[6:8] != b"\xff\xff":
                cells[row, column] = struct.unpack("<d", result)[0]
            elif result[0] == 0:
                awaiting = (row, column)
            elif result[0] == 1:
                cells[row, column] = bool(result[2])
        elif kind == STRING and awaiting is not None:
            cells[awaiting] = _text(content, 0, book)
            awaiting = None
        elif kind == BOOLERR:
            row, column, _, value, wrong = struct.unpack_from("<HHHBB", content)
            if not wrong:
                cells[row, column] = bool(value)
    return cells


def _text(content: bytes, at: int, book: _Globals) -> str:
    count = struct.unpack_from("<H", content, at)[0]
    if book.biff8:
        return _characters(content, at + 3, count, content[at + 2] & 1)[0]
    return content[at + 2 : at + 2 + count].decode(book.encoding, "replace")


def _unpacked(packed: int) -> float:
    """A number in four bytes: an integer or the upper half of a double, either in hundredths."""
    if packed & 2:
        number = float(struct.unpack("<i", struct.pack("<I", packed & 0xFFFFFFFC))[0] >> 2)
    else:
        number = float(struct.unpack("<d", struct.pack("<II", 0, packed & 0xFFFFFFFC))[0])
    return number / 100 if packed & 1 else number
