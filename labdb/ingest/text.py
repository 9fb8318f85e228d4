"""Tables in text files: encoding, damage, where the header is, what separates the fields. Pure.

Every value stays text here; what it means is decided where the column is known (`labdb.ingest.numbers`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

BLANK_LINES_AT_END = b"\r\n \t,;\x1a"
DELIMITERS = "\t;,|"
SEARCHED_BYTES = 262_144

# Words that Chinese cycler software writes; without one of them, bytes that are no UTF-8 are Western text.
CHINESE = re.compile("[循环工步电流压容量时间日期温度记录序号能恒充放搁置状态绝对测试]{2}")
GIT_LFS = b"version https://git-lfs"
BEYOND = "beyond the header"  # where the fields of a line go for which the header has no column
READ_LIMIT_BYTES = 2 * 1024**3


class TextError(ValueError):
    """The file is not a text table; the sentence says why, and begins after the file's name."""


def decode(data: bytes) -> str:
    """Decode instrument text: UTF-16, UTF-8, GB18030 (by its words) or Windows Latin; binary gives an empty string."""
    encoding = encoding_of(data)
    return data.decode(encoding, errors="ignore").removeprefix("\ufeff") if encoding else ""


def encoding_of(data: bytes) -> str:
    """The encoding of instrument text, or an empty string for binary."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = data[:1024]
    if b"\x00" in start:
        pairs = len(start) // 2
        if pairs > 8 and start[1 : 2 * pairs : 2].count(0) > 0.8 * pairs and start[0 : 2 * pairs : 2].count(0) == 0:
            return "utf-16-le"
        if pairs > 8 and start[0 : 2 * pairs : 2].count(0) > 0.8 * pairs and start[1 : 2 * pairs : 2].count(0) == 0:
            return "utf-16-be"
        return ""
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4:  # the bytes were cut inside a character
            return "utf-8"
    if CHINESE.search(data[:SEARCHED_BYTES].decode("gb18030", errors="ignore")):
        return "gb18030"
    return "latin-1"


@dataclass(frozen=True)
class TextFile:
    """A whole text file as UTF-8 bytes, with what was wrong with it.

    Attributes:
        data: UTF-8 without a byte-order mark, up to the first NUL byte.
        warnings: sentences about what was left out.
    """

    data: bytes
    warnings: tuple[str, ...] = ()

    @property
    def head(self) -> list[str]:
        """The first lines, in which headers are searched."""
        # Split as bytes: str.splitlines also ends lines at characters that comments hold.
        return [line.decode("utf-8", errors="ignore") for line in self.data[:SEARCHED_BYTES].splitlines()]

    def line_offset(self, index: int) -> int:
        """The byte at which a line (counted from 0) begins."""
        offset = 0
        for line in self.data[:SEARCHED_BYTES].splitlines(keepends=True)[:index]:
            offset += len(line)
        return offset


def load(path: Path) -> TextFile:
    """Read a text file whole.

    Raises:
        TextError: it is empty, too large or binary.
    """
    if path.stat().st_size > READ_LIMIT_BYTES:
        raise TextError(f"is larger than {READ_LIMIT_BYTES // 1024**3} GiB; export it in parts")
    return from_bytes(path.read_bytes())


def from_bytes(raw: bytes) -> TextFile:
    """The same of bytes that are already read."""
    if not raw.strip(b"\x00 \r\n\t"):
        raise TextError("holds nothing; export it again")
    if raw.startswith(GIT_LFS):
        raise TextError("is a Git LFS pointer, not the data; fetch the file itself (git lfs pull)")
    encoding = encoding_of(raw)
    if not encoding:
        raise TextError("is not text; choose the original export")
    warnings: tuple[str, ...] = ()
    if encoding == "utf-8":
        data = raw
    elif encoding == "utf-8-sig":
        data = raw[3:]
    else:
        data = raw.decode(encoding, errors="ignore").removeprefix("\ufeff").encode()
    nul = data.find(b"\x00")
    if nul >= 0:
        lost = len(data) - nul
        data = data[:nul]
        data = data[: data.rfind(b"\n") + 1] or data
        warnings = (
            f"{lost} bytes from the first NUL on were left out, with the line they begin in: the file is damaged",
        )
    if b"\r" in data[:SEARCHED_BYTES] and b"\n" not in data[:SEARCHED_BYTES]:
        data = data.replace(b"\r", b"\n")  # line ends of old Macs
    return TextFile(data, warnings)


@dataclass(frozen=True)
class TextTable:
    """A table whose values are still text.

    Attributes:
        preamble: the lines above the header.
        frame: one text column a field, named by its header (a repeated header gets ` (2)`); blank is null.
        first_line: line number of the first row, counted from 1.
        delimiter: between the fields.
        warnings: what was left out.
    """

    preamble: tuple[str, ...]
    frame: pl.DataFrame
    first_line: int
    delimiter: str
    warnings: tuple[str, ...] = ()

    @property
    def headers(self) -> list[str]:
        return self.frame.columns


def split(line: str, delimiter: str) -> list[str]:
    """The fields of one line, without quotes and outer blanks."""
    try:
        fields = next(csv.reader([line.strip("\r\n")], delimiter=delimiter), [])
    except csv.Error:  # a stray line end or quote inside
        fields = line.split(delimiter)
    return [field.strip() for field in fields]


def delimiter_of(line: str) -> str:
    """The character that splits a header line into most fields."""
    return max(DELIMITERS, key=lambda delimiter: (len(split(line, delimiter)), -DELIMITERS.index(delimiter)))


def find_header(lines: Sequence[str], is_header: Callable[[list[str]], bool]) -> tuple[int, str] | None:
    """The first line whose fields are a header, and its delimiter."""
    for index, line in enumerate(lines):
        for delimiter in DELIMITERS:
            if delimiter in line and is_header(split(line, delimiter)):
                return index, delimiter
    return None


def table(
    text: TextFile,
    header_index: int,
    delimiter: str,
    headers: Sequence[str] | None = None,
    fields: int | None = None,
    wanted: Callable[[str], bool] | None = None,
) -> TextTable:
    """Read the rows below a header line.

    Args:
        text: the file.
        header_index: of the header line, from 0.
        delimiter: between the fields.
        headers: other names than those of the header line.
        fields: how many a whole line has; as many as there are headers.
        wanted: which headers are needed; the columns of the others are not read, which saves time and memory.

    Raises:
        TextError: the rows cannot be split into fields.
    """
    lines = text.head
    names = unique(list(headers) if headers is not None else split(lines[header_index], delimiter))
    body = text.data[text.line_offset(header_index + 1) :]
    warnings = list(text.warnings)
    body, cut = without_cut_line(body, delimiter, fields or len([name for name in names if name]))
    if cut:
        warnings.append(cut)
    kept = [name for name in names if wanted is None or wanted(name)]
    schema = dict.fromkeys([*names, BEYOND], pl.String)
    if not body.strip(BLANK_LINES_AT_END):
        frame = pl.DataFrame(schema=dict.fromkeys([*kept, BEYOND], pl.String))
    else:
        try:
            frame = pl.read_csv(
                body,
                has_header=False,
                schema=schema,
                columns=[*(index for index, name in enumerate(names) if name in kept), len(names)],
                separator=delimiter,
                truncate_ragged_lines=True,
                missing_columns="insert",
                encoding="utf8-lossy",
            )
        except pl.exceptions.PolarsError as error:
            raise TextError(f"cannot be split into columns ({str(error).splitlines()[0]}); export it again") from error
    frame = frame.with_columns(pl.all().str.strip_chars())
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    beyond = frame.drop_in_place(BEYOND)
    if beyond.null_count() < len(beyond):
        line = header_index + 2 + int(beyond.is_not_null().arg_true()[0])
        raise TextError(
            f"has more fields in line {line} than columns in its header (a separator inside a number or a text?);"
            " export it again with another separator"
        )
    # Row by row of blanks is kept until here so that line numbers stay right.
    return TextTable(tuple(lines[:header_index]), frame, header_index + 2, delimiter, tuple(warnings))


def without_cut_line(body: bytes, delimiter: str, fields: int) -> tuple[bytes, str]:
    """Leave out a last line that ends before its fields do: the mark of a file cut off in transfer."""
    if body.endswith((b"\n", b"\r")) or b"\n" not in body:
        return body, ""
    start = body.rfind(b"\n") + 1
    last = body[start:].decode("utf-8", errors="ignore")
    if not last.strip() or len(split(last, delimiter)) >= fields:
        return body, ""
    return body[:start], "the last line is cut off and was left out: the file is incomplete"


def unique(headers: Sequence[str]) -> list[str]:
    """Headers made different from each other: a second `Units` becomes `Units (2)`."""
    seen: dict[str, int] = {}
    names = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        names.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return names
