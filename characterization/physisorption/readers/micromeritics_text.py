"""Micromeritics reports as text (`.TXT`, UTF-16): see `micromeritics_report`.

The pages stand one below the other, in columns of fixed width; the names of the columns go over three lines with the
units in the third, a line of dashes ends them, an empty line ends the points. Other pages repeat the points for their
plots. `-1.#IND` is a number that the program could not compute.
Seen: MicroActive 3.00 (Gemini VII 2390 1.03).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from characterization.physisorption.readers.micromeritics_report import NAMES, TITLE, Column, product, report
from characterization.physisorption.readers.points import lines_of
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

PAIR = re.compile(r"(\S[^:]*?:)\s+(.*?)(?:\s{3,}|$)")
WORDS = re.compile(r"\S+(?: \S+)*")


def recognises(head: FileHead) -> bool:
    return any("Micromeritics" in line for line in head.lines[:10]) and any(
        "nalysis adsorptive:" in line for line in head.lines[:60]
    )


def read(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    lines = found.whole
    titles = [number for number, line in enumerate(lines) if line.strip() == TITLE]
    if not titles:
        raise ReaderError(f"{name}: has no page “{TITLE}”; print the report with it, or copy the file again")
    said: dict[str, str] = {}
    for line in lines[: titles[0]]:
        for label, value in PAIR.findall(line.strip()):
            for key, names in NAMES.items():
                if label.lower() in names and value.strip():
                    said.setdefault(key, value.strip())
    page = next((line.strip() for line in lines if re.search(r"\bPage\s+\d+\s*$", line)), "")
    said["device"] = product(re.split(r"\s{3,}", page))
    areas = [line.partition(":")[2] for line in lines if re.match(r"\s*BET surface area:", line, re.IGNORECASE)]
    said["area"] = areas[0].strip() if areas else ""
    columns, ended = _columns(lines, titles[0], name)
    for title in titles[1:]:  # a long table goes on on the next page
        more, ended = _columns(lines, title, name)
        if [column.label for column in more] != [column.label for column in columns]:
            raise ReaderError(f"{name}: its pages “{TITLE}” have different columns; save each isotherm as a file")
        columns = [Column(one.label, [*one.fields, *two.fields]) for one, two in zip(columns, more, strict=True)]
    warnings = [*found.warnings]
    if not ended:
        warnings.append("the table ends with the file, which is cut off: points may be missing")
    return report(columns, said, name, warnings)


def _columns(lines: Sequence[str], title: int, name: str) -> tuple[list[Column], bool]:
    """The columns of one page, and whether its table has its end.

    Raises:
        ReaderError: it ends within its head.
    """
    rule = next((n for n in range(title + 1, len(lines)) if set(lines[n].strip()) == {"-"}), None)
    heads = [line for line in lines[title + 1 : rule] if line.strip()]
    if rule is None or not heads:
        raise ReaderError(f"{name}: the page “{TITLE}” is cut off; copy the file again")
    starts = _starts(heads)
    labels = [" ".join(_slices(line, starts)[at] for line in heads) for at in range(len(starts))]
    end = next((n for n in range(rule + 1, len(lines)) if not lines[n].strip()), None)
    rows = [_slices(line, starts) for line in lines[rule + 1 : end]]
    return [Column(" ".join(label.split()), [row[at] for row in rows]) for at, label in enumerate(labels)], (
        end is not None and any(line.strip() for line in lines[end:])
    )


def _starts(heads: Sequence[str]) -> list[int]:
    """Where the columns begin: after every gap that goes through all lines of their names."""
    filled = [any(len(line) > at and line[at] != " " for line in heads) for at in range(max(map(len, heads)))]
    return [at for at, there in enumerate(filled) if there and (at == 0 or not filled[at - 1])]


def _slices(line: str, starts: Sequence[int]) -> list[str]:
    """The fields of a line, each put to the column that it lies over: numbers are set to the right of their width."""
    fields = [""] * len(starts)
    ends = [*starts[1:], max(len(line), starts[-1] + 1)]
    for match in WORDS.finditer(line):
        middle = (match.start() + match.end()) / 2
        at = min(range(len(starts)), key=lambda n: abs((starts[n] + ends[n]) / 2 - middle))
        fields[at] = f"{fields[at]} {match.group()}".strip()
    return fields


READER = Reader("micromeritics-text", version=1, label="Micromeritics report, text", recognises=recognises, read=read)
