"""PerkinElmer Pyris exports: ASCII reports and csv, of DSC and TGA.

Neither has units: Pyris writes min, °C, mW and mg. `Unsubtracted` is the signal, `Baseline` what is to be taken from
it (0 where no baseline was set); their difference is the signal here. The ASCII report heads its columns in two lines,
each row begins with a tab, and a line such as "2) DSC 8500 Temperature Scan" stands between two steps of the method.
The csv has nothing but columns, so that mass and sign are not known from it. Seen from Pyris 13.4, latin-1.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from characterization.thermal.recording import (
    HEAT,
    MASS,
    Format,
    lines_of,
    number,
    recording,
    started,
    stated_mass_mg,
    whole_lines,
)
from labdb.ingest.reader import FileHead, ReaderError, Reading

SIGNALS = {"Unsubtracted Heat Flow": ("heat_flow_milliwatt", HEAT), "Unsubtracted Weight": ("mass_milligram", MASS)}
BASELINES = {"heat_flow_milliwatt": "Baseline Heat Flow", "mass_milligram": "Baseline Weight"}
TEMPERATURE = "Sample Temperature"
STEP = re.compile(r"^\d+\) ")


def _csv_heads(line: str) -> list[str]:
    return [field.strip() for field in line.split(",")]


def _report_heads(lines: list[str], at: int) -> list[str]:
    """The two lines of heads of a report as one: `Unsubtracted` above `Heat Flow`."""
    upper, lower = lines[at].split("\t"), lines[at + 1].split("\t")
    lower += [""] * (len(upper) - len(lower))
    return [f"{above.strip()} {below.strip()}".strip() for above, below in zip(upper, lower, strict=False)]


def _report_at(lines: list[str]) -> int | None:
    return next((at for at, line in enumerate(lines[:-1]) if re.match(r"\tTime\s+\tUnsubtracted", line)), None)


def _signals(heads: list[str]) -> frozenset[str]:
    if TEMPERATURE not in heads or "Time" not in heads:
        return frozenset()
    return frozenset(signal for head, (_, signal) in SIGNALS.items() if head in heads)


def csv_signals(head: FileHead) -> frozenset[str]:
    return _signals(_csv_heads(head.lines[0])) if head.lines else frozenset()


def report_signals(head: FileHead) -> frozenset[str]:
    at = _report_at(head.lines)
    return _signals(_report_heads(head.lines, at)) if at is not None else frozenset()


def read_csv(path: Path, name: str) -> Reading:
    loaded = whole_lines(path, name)
    lines = lines_of(loaded)
    rows = [(at, line.split(",")) for at, line in enumerate(lines[1:], start=2) if line.strip(" ,\t")]
    return _reading(_csv_heads(lines[0]), rows, name, {}, list(loaded.warnings))


def read_report(path: Path, name: str) -> Reading:
    loaded = whole_lines(path, name)
    lines = lines_of(loaded)
    at = _report_at(lines)
    if at is None:
        raise ReaderError(f"{name}: the heads of the columns are missing; export it from Pyris again.")
    header: dict[str, str] = {}
    for line in lines[:at]:
        key, colon, words = line.partition(":")
        if colon:
            header.setdefault(key.strip(), words.strip())
    rows, steps, end = [], [lines[at - 1].strip()] if at else [], None
    for number_, line in enumerate(lines[at + 2 :], start=at + 3):
        if re.match(r"\t\s*[-+.\d]", line):
            rows.append((number_, line.split("\t")))
        elif STEP.match(line):
            steps.append(line.strip())
        elif line.strip():
            end = line
            break
    warnings = list(loaded.warnings)
    expected = header.get("Total Points in Run", "")
    if expected.isdecimal() and int(expected) > len(rows):
        warnings.append(f"the header states {expected} points, the file has {len(rows)}: it is cut off")
    elif end is None:
        warnings.append("the end of the report is missing: the file may be cut off")
    return _reading(_report_heads(lines, at), rows, name, header, warnings, steps)


def _reading(
    heads: list[str],
    rows: list[tuple[int, list[str]]],
    name: str,
    header: dict[str, str],
    warnings: list[str],
    steps: list[str] | None = None,
) -> Reading:
    wanted = {"Time": "time_second", TEMPERATURE: "temperature_celsius"}
    wanted |= {head: column for head, (column, _) in SIGNALS.items() if head in heads}
    wanted |= {BASELINES[column]: f"baseline of {column}" for column in list(wanted.values()) if column in BASELINES}
    wanted = {head: column for head, column in wanted.items() if head in heads}
    positions = {column: heads.index(head) for head, column in wanted.items()}
    width = max(positions.values()) + 1
    values = []
    for at, fields in rows:
        if len(fields) < width:
            raise ReaderError(f"{name}: line {at} has {len(fields)} values, not {width}; export it again.")
        values.append([number(fields[position], name, at) for position in positions.values()])
    if not values:
        raise ReaderError(f"{name}: no rows below the heads of its columns; export it again.")
    array = np.array(values)
    table = {column: array[:, at] for at, column in enumerate(positions)}
    table["time_second"] = table["time_second"] * 60
    for column in BASELINES:
        baseline = table.pop(f"baseline of {column}", None)
        if baseline is not None and baseline.any():
            table[column] = table[column] - baseline
            warnings.append("the baseline that stands beside the signal was taken from it")
    return recording(
        table,
        name,
        sample_mass_mg=stated_mass_mg(header.get("Sample Weight", "")),
        metadata={
            "sample": header.get("Sample ID"),
            "operator": header.get("Operator ID"),
            "device": header.get("Serial Number"),
            "comment": header.get("Comment"),
            "protocol": "; ".join(steps or []),
            "start_time_local": started(header.get("Data Collected", "")),
            "instrument": {key: words for key, words in header.items() if words},
        },
        warnings=warnings,
    )


CSV = Format("perkinelmer-csv", 1, "PerkinElmer Pyris csv", csv_signals, read_csv)
REPORT = Format("perkinelmer-report", 1, "PerkinElmer Pyris report", report_signals, read_report)
