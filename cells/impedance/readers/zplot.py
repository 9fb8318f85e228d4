"""ZPlot and ZView (.z), and what Autolab's FRA writes in the same layout (.txt, .z).

    "ZPlotW Data File: Version 3.2c"      or  "Z60W Data File: Version 1.1"  (Autolab)  or  ZPLOT2 ASCII
    ...
    0,3,0,1,300000,0.005                                     kind of sweep, first and last frequency
    79                                                       number of points
    "  Freq(Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range"
    3.000000E+05, 1.0000E-02, 0.0000E+00, 2.58, 6.4262E+02, -8.5821E+01, 0.0000E+00, 0, 5

ZPLOT2 has `key: value` lines, the heads, "End Comments", then rows separated by tabs. Z'' has its sign. The bias is a
voltage or a current, by the kind of control, and is not taken for either. Seen from ZPlot 3.2c.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cells.impedance.readers.rows import Lines, columns_of, lines_of
from cells.impedance.readers.spectrum import ended_early, number, reading, started
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

ZPLOT = re.compile(r'^\s*(?:"ZPlotW? Data File|ZPLOT2 ASCII)', re.IGNORECASE)
AUTOLAB = re.compile(r'^\s*"Z60W? Data File', re.IGNORECASE)
HEADS = re.compile(r"^\W*Freq\s*\(Hz\)\W+Ampl\W+Bias\W+Time\s*\(Sec\)\W+Z'\(a\)\W+Z''\(b\)", re.IGNORECASE)
FIELDS = re.compile(r"\s*[,\t]\s*")
AT = {"frequency_hertz": 0, "test_time_second": 3, "real_impedance_ohm": 4, "imaginary_impedance_ohm": 5}
DATE = re.compile(r"Date:\s*(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})(?:\s+Time:\s*(\d{1,2}:\d{2}(?::\d{2})?))?", re.IGNORECASE)
ZPLOT2_LINE = re.compile(r"^\s{1,8}([A-Za-z][^:]*):\s*(.*)$")


def recognises_zplot(head: FileHead) -> bool:
    return bool(ZPLOT.match(head.text))


def recognises_autolab(head: FileHead) -> bool:
    return bool(AUTOLAB.match(head.text))


def read(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    opening = found.lines[0] if found.lines else ""
    if not ZPLOT.match(opening) and not AUTOLAB.match(opening):
        raise ReaderError(f"{name}: does not begin as a ZPlot file does; upload the .z as the program wrote it")
    heads = next((index for index, line in enumerate(found.lines) if HEADS.match(line)), None)
    if heads is None:
        raise ReaderError(f"{name}: no line of column heads (Freq(Hz), Ampl, Bias …), it is cut off; export it again")
    first = heads + 1
    if first < len(found.lines) and found.lines[first].strip().lower() == "end comments":
        first += 1
    columns, said = columns_of(found, first, None, FIELDS.split, AT, name, commas=False)
    preamble = found.lines[:heads]
    about = about_zplot2(preamble) if opening.strip().upper().startswith("ZPLOT2") else {}
    final, points = (about.get("vs Freq-Final"), about.get("Data Points")) if about else counted(found, heads)
    rows = len(columns["frequency_hertz"])
    if points and points.isdecimal() and len(points) < 7 and int(points) != rows:
        said.append(f"the header counts {int(points)} points, and there are {rows}: the file is incomplete or edited")
    else:
        said += ended_early(columns, number(final))
    date = next((match for line in preamble if (match := DATE.search(line))), None)
    time = date and (date[2] or about.get("Time"))
    metadata: dict[str, Any] = {
        "start_time_local": started(date[1], time or "") if date else None,
        "software": opening.strip().strip('"')
        if not about
        else f"ZPlot {about.get('Measured Data, ZPlot', '')}".strip(),
        "protocol": about.get("Experiment Type"),
        "comment": "" if about else comment_of(preamble),
        "instrument": {
            key: about[key]
            for key in ("Open Circuit Potential (V)", "Potential-DC", "Potential-AC", "Surface Area")
            if about.get(key)
        },
    }
    return reading(columns, name, metadata, said)


def about_zplot2(lines: Sequence[str]) -> dict[str, str]:
    """The `key: value` lines of a ZPLOT2 file, the first of each key."""
    about: dict[str, str] = {}
    for line in lines:
        if match := ZPLOT2_LINE.match(line):
            about.setdefault(match[1].strip(), match[2].strip())
    return about


def counted(found: Lines, heads: int) -> tuple[str | None, str | None]:
    """The last frequency and the number of points, of the two lines above the heads."""
    if heads < 2:
        return None, None
    sweep = found.lines[heads - 2].split(",")
    return sweep[5].strip() if len(sweep) == 6 else None, found.lines[heads - 1].strip()


def comment_of(lines: Sequence[str]) -> str:
    """The free line below the date."""
    free = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith('"')]
    return "\n".join(line for line in free if not DATE.search(line) and not re.fullmatch(r"[\d.,\s+-]+", line))


ZPLOT_READER = Reader("zplot", version=1, label="ZPlot, ZView (.z)", recognises=recognises_zplot, read=read)
AUTOLAB_READER = Reader("autolab-fra", version=1, label="Autolab FRA (.txt)", recognises=recognises_autolab, read=read)
